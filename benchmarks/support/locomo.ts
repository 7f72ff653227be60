import { readFileSync } from 'node:fs';

/** A dialogue of the LoCoMo format: dated sessions of turns, and questions with the turns that answer them. */
export interface LocomoDialogue {
  readonly id: string;
  readonly sessions: readonly {
    readonly number: number;
    readonly date: Date;
    readonly turns: readonly LocomoTurn[];
  }[];
  readonly questions: readonly LocomoQuestion[];
}

export interface LocomoTurn {
  /** `D<session>:<turn>`. */
  readonly id: string;
  /** `Speaker: text`, with the caption when a picture was shared. */
  readonly text: string;
}

export interface LocomoQuestion {
  readonly text: string;
  readonly category: number;
  readonly evidence: readonly string[];
}

export const categoryNames: Readonly<Record<number, string>> = {
  1: 'multi-hop',
  2: 'temporal',
  3: 'open-domain',
  4: 'single-hop',
  5: 'adversarial',
};

interface RawTurn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text: string;
  readonly blip_caption?: string;
}

interface RawDialogue {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, string | readonly RawTurn[]>>;
  readonly qa: readonly {
    readonly question: string;
    readonly category: number;
    readonly evidence: readonly string[];
  }[];
}

export function readLocomo(file: string): LocomoDialogue[] {
  const dialogues = JSON.parse(readFileSync(file, 'utf8')) as RawDialogue[];
  return dialogues.map(({ sample_id, conversation, qa }) => ({
    id: sample_id,
    sessions: toSessions(conversation),
    questions: qa.map(({ question, category, evidence }) => ({
      text: question,
      category,
      // A few entries name several turns in one string.
      evidence: evidence.flatMap((entry) => entry.split(/[;,\s]+/)).filter((entry) => entry !== ''),
    })),
  }));
}

function toSessions(conversation: RawDialogue['conversation']): LocomoDialogue['sessions'] {
  return Object.entries(conversation)
    .flatMap(([name, turns]) => {
      const number = Number(name.match(/^session_(\d+)$/)?.[1]);
      if (!Number.isInteger(number) || typeof turns === 'string') return [];
      return [
        { number, date: parseDate(String(conversation[`${name}_date_time`])), turns: turns.map(toTurn) },
      ];
    })
    .sort((a, b) => a.number - b.number);
}

function toTurn({ speaker, dia_id, text, blip_caption }: RawTurn): LocomoTurn {
  return { id: dia_id, text: `${speaker}: ${text}${blip_caption ? ` (shares ${blip_caption})` : ''}` };
}

/** `1:56 pm on 8 May, 2023`, taken as UTC. */
function parseDate(text: string): Date {
  const [, time, half, date] = text.match(/^(\d+:\d+) (am|pm) on (.+)$/) ?? [];
  return new Date(`${date} ${time} ${half} UTC`);
}
