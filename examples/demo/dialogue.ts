import { readFileSync } from 'node:fs';

/** A conversation between one customer and one agent, ready to be replayed. */
export interface Dialogue {
  readonly id: string;
  readonly customer: { readonly name?: string; readonly phone: string; readonly email?: string };
  readonly turns: readonly {
    readonly author: 'CUSTOMER' | 'AI_AGENT' | 'HUMAN_AGENT';
    readonly text: string;
  }[];
  /** What an agent might ask the memory afterwards. */
  readonly questions: readonly string[];
}

const commonQuestions = [
  'What did the customer want?',
  'How can the customer be reached?',
  'What was agreed?',
];

interface RawDialogue {
  readonly id: string;
  readonly personal?: { readonly customer_name?: string; readonly phone?: string; readonly email?: string };
  readonly turns: readonly { readonly author: string; readonly text: string }[];
  readonly questions?: readonly string[];
}

/**
 * Reads a JSON array of dialogues, or JSON lines with one dialogue each. A dialogue has `id`, `turns` (`author`, `text`) and,
 * where the customer is known, `personal`; a customer without a phone number gets one made up from the range that is reserved
 * for fiction. Turns of other authors, such as notes on what an agent clicked, are not messages and are left out.
 */
export function readDialogues(file: string): Dialogue[] {
  const text = readFileSync(file, 'utf8');
  const raw = text.trimStart().startsWith('[')
    ? (JSON.parse(text) as RawDialogue[])
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as RawDialogue);
  return raw.map(toDialogue);
}

function toDialogue(
  { id, personal = {}, turns, questions = commonQuestions }: RawDialogue,
  position: number,
): Dialogue {
  return {
    id,
    customer: {
      ...(personal.customer_name ? { name: personal.customer_name } : {}),
      ...(personal.email ? { email: personal.email } : {}),
      phone: personal.phone ?? fictionalPhone(position),
    },
    turns: turns.filter(isMessage),
    questions,
  };
}

function isMessage(turn: RawDialogue['turns'][number]): turn is Dialogue['turns'][number] {
  return ['CUSTOMER', 'AI_AGENT', 'HUMAN_AGENT'].includes(turn.author) && turn.text.trim() !== '';
}

/** 555-0100 to 555-0199 in a hundred or so area codes. */
function fictionalPhone(position: number): string {
  const area = 303 + Math.floor(position / 100);
  return `+1${area}55501${String(position % 100).padStart(2, '0')}`;
}
