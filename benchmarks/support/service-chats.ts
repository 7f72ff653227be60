import { readFileSync } from 'node:fs';

/** A dialogue as the messages of a phone number. */
export interface ServiceChat {
  readonly customer: string;
  readonly messages: readonly {
    readonly sid: string;
    readonly isFromCustomer: boolean;
    readonly text: string;
  }[];
}

/** Dialogues from a file with one in each line, `{turns: [{author, text}]}`; each is with a customer of its own. */
export function readChats(file: string): ServiceChat[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, number) => {
    const { turns } = JSON.parse(line) as { turns: { author: string; text: string }[] };
    return {
      customer: `+1${201 + Math.floor(number / 99)}55501${String(number % 99).padStart(2, '0')}`,
      messages: turns.map(({ author, text }, turn) => ({
        sid: `SM${String(number).padStart(16, '0')}${String(turn).padStart(16, '0')}`,
        isFromCustomer: author === 'CUSTOMER',
        text,
      })),
    };
  });
}
