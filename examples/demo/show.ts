import { styleText } from 'node:util';
import type { Remembered, Replayed } from './replay.ts';

const width = Math.min(110, process.stdout.columns ?? 100);
const out = (text = '') => process.stdout.write(`${text}\n`);

/** One dialogue: who it was, what was said, what is remembered, and what Recall answers. */
export function showDialogue({ dialogue, messages }: Replayed, remembered: Remembered): void {
  const { customer, turns } = dialogue;
  const who = [customer.name, customer.phone, customer.email].filter(Boolean).join(' · ');
  out();
  out(`${styleText(['bold', 'cyan'], dialogue.id)}  ${styleText('dim', `${who} · ${messages} messages`)}`);
  out(styleText('dim', '─'.repeat(width)));
  for (const turn of turns.slice(0, 4)) out(bubble(turn.author, turn.text));
  if (turns.length > 4) out(styleText('dim', `   … ${turns.length - 4} more`));
  section('Remembered');
  for (const observation of remembered.observations) out(wrapped('  • ', observation));
  if (remembered.observations.length === 0) out(styleText('dim', '  nothing worth keeping'));
  section('Summary');
  for (const summary of remembered.summaries) out(wrapped('  ', summary));
  section('Recall');
  for (const { question, memories } of remembered.answers) {
    out(`  ${styleText('yellow', '?')} ${question}`);
    for (const { content, score } of memories) out(wrapped(`    ${scoreBar(score)} `, content, 14));
    if (memories.length === 0) out(styleText('dim', '    nothing related'));
  }
}

/** How far a long replay is; overwrites itself on a terminal. */
export function showProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((30 * done) / total);
  process.stderr.write(
    `\r  ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done}/${total}${done === total ? '\n' : ''}`,
  );
}

export interface Totals {
  readonly dialogues: number;
  readonly messages: number;
  readonly customers: number;
  readonly foundAgain: number;
  readonly observations: number;
  readonly summaries: number;
  readonly seconds: number;
}

export function showTotals(totals: Totals): void {
  const row = (name: string, value: string) => out(`  ${name.padEnd(24)}${styleText('bold', value)}`);
  out();
  out(styleText('dim', '═'.repeat(width)));
  row('Conversations', `${totals.dialogues} replayed, closed and extracted`);
  row('Messages', `${totals.messages}`);
  row(
    'Customers',
    `${totals.customers}, ${totals.foundAgain} of ${totals.dialogues} conversations found theirs again`,
  );
  row(
    'Observations',
    `${totals.observations} (${(totals.observations / totals.dialogues).toFixed(1)} a conversation)`,
  );
  row('Summaries', `${totals.summaries}`);
  row('Time', `${totals.seconds.toFixed(1)} s (${Math.round(totals.messages / totals.seconds)} messages/s)`);
  out();
}

function section(title: string): void {
  out();
  out(` ${styleText('bold', title)}`);
}

function bubble(author: string, text: string): string {
  const isCustomer = author === 'CUSTOMER';
  const name = styleText(isCustomer ? 'green' : 'magenta', (isCustomer ? 'customer' : 'agent').padStart(9));
  return `${name}  ${text.length > width - 14 ? `${text.slice(0, width - 15)}…` : text}`;
}

function scoreBar(score: number): string {
  const filled = Math.round(score * 4);
  return (
    styleText('blue', '▮'.repeat(filled) + '▯'.repeat(4 - filled)) + styleText('dim', ` ${score.toFixed(2)}`)
  );
}

/** The text behind `lead`, broken between words, further lines indented to match. */
function wrapped(lead: string, text: string, indent = lead.length): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > width - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lead + lines.join(`\n${' '.repeat(indent)}`);
}
