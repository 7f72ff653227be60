import { readFileSync } from 'node:fs';

export interface Message {
  readonly author: string;
  readonly text: string;
}

/** A conversation with what it establishes. */
export interface Dialogue {
  readonly turns: readonly Message[];
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly slot: string;
  /** Any of them will do. */
  readonly values: readonly string[];
}

/** One dialogue a line, `{turns: [{author, text}], facts: [{slot, values}]}`. */
export function readServiceDialogues(file: string): Dialogue[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/**
 * An array of `{turns: [{author, text}], personal: {}, order: {}}`; turns by ACTION are clicks, not messages. Facts are the
 * personal details and, of the order's, those that the customer states.
 */
export function readSupportChats(file: string): Dialogue[] {
  const chats: { turns: Message[]; personal: Record<string, string>; order: Record<string, string> }[] =
    JSON.parse(readFileSync(file, 'utf8'));
  return chats.map(({ turns, personal, order }) => {
    const messages = turns.filter(({ author }) => author !== 'ACTION');
    const stated = normalise(textOf(messages, isCustomer));
    const facts = Object.entries({ ...personal, ...order })
      .map(([slot, value]) => ({ slot, values: [value] }))
      .filter(({ values: [value = ''] }) => stated.includes(normalise(value)));
    return { turns: messages, facts };
  });
}

export function isCustomer({ author }: Message): boolean {
  return author === 'CUSTOMER';
}

export function textOf(messages: readonly Message[], counts: (message: Message) => boolean): string {
  return messages
    .filter(counts)
    .map(({ text }) => text)
    .join(' ');
}

/** Whether the text says the fact, in one of the ways that count. */
export function states(text: string, { values }: Fact): boolean {
  const said = normalise(text);
  return values.some((value) => said.includes(normalise(value)));
}

/** Whole words in lower case, so that "2" is not found in "12". */
function normalise(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
