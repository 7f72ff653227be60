import { type FindOptions, SendFailure, type SentMessage } from './sender.ts';

/** A message that the provider shows and that says the same. */
interface Candidate {
  readonly sid: string;
  readonly status: string;
  readonly createdMs: number;
}

/** The provider's clock may be behind ours by this, and counts in whole seconds. */
const clockSkewMaxMs = 30_000;

/** Of candidates, newest first, the oldest that an attempt since then can have made and that is no other message of ours. */
export async function oldestMatch(
  candidates: readonly Candidate[],
  { sinceMs, isTaken }: Omit<FindOptions, 'signal'>,
): Promise<SentMessage | undefined> {
  const inTime = candidates.filter(({ createdMs }) => createdMs >= sinceMs - clockSkewMaxMs);
  const taken = await isTaken(inTime.map(({ sid }) => sid));
  const [oldest] = inTime
    .filter(({ sid }) => !taken.has(sid))
    .reverse()
    .sort((one, other) => one.createdMs - other.createdMs);
  return oldest && assertSent(oldest);
}

/** The answer, if it has what an answer has to have; one that has not leaves open what was done. */
export function assertSent({ sid, status }: { sid: unknown; status: unknown }): SentMessage {
  if (typeof sid !== 'string' || sid === '') throw new SendFailure('unknown', 'the answer names no message');
  return { messageSid: sid, status: typeof status === 'string' ? status : 'queued' };
}
