import { type CapturedMessage, callTypes, toCallTypeName } from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import { parseTimestamp } from '../http/index.ts';
import type { TranscriptionForm, TranscriptionQuery } from './transcription.wire.ts';

/**
 * The start of a call, or an utterance in it; undefined for everything else that a callback tells: fragments that are not final,
 * silence, the end, an error. 400 for an utterance without the parameters that make it one.
 */
export function toTranscription(
  form: TranscriptionForm,
  query: TranscriptionQuery,
): CapturedMessage | undefined {
  const call = toCall({ ...form, ...query });
  switch (form.TranscriptionEvent) {
    case 'transcription-started':
      return { ...call, ...(form.TranscriptionSid === undefined ? {} : { startId: form.TranscriptionSid }) };
    case 'transcription-content':
      return isFinal(form) ? toUtterance(form, call) : undefined;
    default:
      return undefined;
  }
}

function toCall(
  parameters: TranscriptionQuery & Pick<TranscriptionForm, 'CallSid'>,
): Omit<CapturedMessage, 'content'> {
  const { CallSid, From, To, conversationId, conversationConfiguration } = parameters;
  const isKnown = From !== undefined && To !== undefined;
  const ends = isKnown ? { from: { address: toNumber(From) }, to: [{ address: toNumber(To) }] } : undefined;
  return {
    channel: 'VOICE',
    ...(ends ? { ends } : {}),
    speaker: 'far',
    metadata: { callType: callTypeOf(parameters) },
    channelId: CallSid,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(conversationConfiguration === undefined ? {} : { configurationId: conversationConfiguration }),
  };
}

/** The plus of a number is a space when a URL holds it as it is. */
function toNumber(address: string): string {
  return address.replace(/^ (?=\d+$)/, '+');
}

function callTypeOf({ CallType = '', From = '', To = '' }: TranscriptionQuery): string {
  const named = toCallTypeName(CallType);
  if (callTypes.some((known) => known === named)) return named;
  const isOfEnd = (prefix: RegExp) => [From, To].some((address) => prefix.test(address));
  if (isOfEnd(/^client:/i)) return 'CLIENT';
  return isOfEnd(/^sips?:/i) ? 'PUBLIC_SIP' : 'PSTN';
}

/** Whoever sends no partial results may leave the word out. */
function isFinal({ Final = 'true' }: TranscriptionForm): boolean {
  return Final.toLowerCase() !== 'false';
}

function toUtterance(
  { TranscriptionSid, SequenceId, Timestamp = '', Track = '', TranscriptionData }: TranscriptionForm,
  call: Omit<CapturedMessage, 'content'>,
): CapturedMessage | undefined {
  if (TranscriptionSid === undefined) throw errors.invalid('TranscriptionSid', 'must not be null');
  if (SequenceId === undefined) throw errors.invalid('SequenceId', 'must not be null');
  const { transcript, confidence } = readData(TranscriptionData);
  if (transcript.trim() === '') return undefined;
  const isOutbound = Track === 'outbound_track';
  const occurredAt = parseTimestamp(Timestamp);
  const transcription = { channel: isOutbound ? 1 : 0, ...(confidence === undefined ? {} : { confidence }) };
  return {
    ...call,
    // The inbound track is what the account hears, the outbound track what it says.
    speaker: isOutbound ? 'near' : 'far',
    content: { type: 'TRANSCRIPTION', text: transcript, transcription },
    resourceId: `${TranscriptionSid}-${SequenceId}`,
    ...(occurredAt === undefined ? {} : { occurredAt }),
  };
}

/** `{"transcript": "...", "confidence": 0.9}` as text. */
function readData(text: string | undefined): { transcript: string; confidence?: number } {
  const { transcript, confidence } = parseObject(text);
  if (typeof transcript !== 'string') throw errors.invalid('TranscriptionData', 'must hold a transcript');
  const isShare = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
  return { transcript, ...(isShare ? { confidence } : {}) };
}

function parseObject(text = ''): Record<string, unknown> {
  try {
    // Spreading takes anything: what is no object has no members.
    return { ...(JSON.parse(text) as Record<string, unknown> | null) };
  } catch {
    throw errors.invalid('TranscriptionData', 'must be JSON');
  }
}
