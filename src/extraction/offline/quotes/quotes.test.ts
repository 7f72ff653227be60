import { describe, expect, it } from 'vitest';
import type { Turn } from '../../extractor.ts';
import { offlineExtractor } from '../offline-extractor.ts';

function turnsOf(script: string): Turn[] {
  return script
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .map((line, index) => ({
      index,
      side: line.startsWith('C:') ? 'customer' : 'agent',
      text: line.slice(2).trim(),
      occurredAt: index,
      isNew: true,
    }));
}

async function read(script: string) {
  const { observations, summary } = await offlineExtractor().extract({
    customerName: undefined,
    turns: turnsOf(script),
    wantsSummary: true,
    signal: new AbortController().signal,
  });
  return { notes: observations.map(({ content }) => content), summary };
}

describe('a conversation in another language', () => {
  it.each([
    [
      'German',
      `
        C: Guten Tag! Mein Name ist Klara Weiss und meine Bestellung 77120 ist nicht angekommen.
        A: Das tut mir leid. Wie lautet Ihre Adresse?
        C: Lindenweg 4 in Bremen.
        C: Vielen Dank!
      `,
      [
        "Customer's name: Klara Weiss",
        'Customer said: "Mein Name ist Klara Weiss und meine Bestellung 77120 ist nicht angekommen."',
        'Customer said: "Lindenweg 4 in Bremen."',
      ],
    ],
    [
      'Spanish',
      `
        C: Hola, buenos días. Quiero devolver los zapatos que compré la semana pasada.
        A: ¿Cuál es el motivo?
        C: Pequeños.
        C: Mi correo es lucia@example.com
        C: Muchas gracias.
      `,
      [
        'Customer said: "Quiero devolver los zapatos que compré la semana pasada."',
        'Customer, asked "¿Cuál es el motivo?", said: "Pequeños."',
        "Customer's email: lucia@example.com",
        'Customer said: "Mi correo es lucia@example.com"',
      ],
    ],
    [
      'Chinese',
      `
        C: 你好！
        C: 我上周买的咖啡机坏了，我想换一台新的。
        A: 请问订单号是多少？
        C: 20881
        C: 谢谢
      `,
      [
        'Customer said: "我上周买的咖啡机坏了，我想换一台新的。"',
        'Customer, asked "请问订单号是多少？", said: "20881"',
      ],
    ],
    [
      'Arabic',
      `
        C: السلام عليكم
        C: أريد تغيير عنوان التوصيل إلى شارع النخيل 12 في عمّان.
        A: تم تغيير العنوان.
        C: شكرا
      `,
      ['Customer said: "أريد تغيير عنوان التوصيل إلى شارع النخيل 12 في عمّان."'],
    ],
  ])('is kept in the customer’s words: %s', async (_language, script, expected) => {
    expect((await read(script)).notes).toEqual(expected);
  });

  it('leaves nothing when nothing but courtesies was said', async () => {
    expect((await read('C: Hola, buenos días, ¿qué tal?\nC: Muchas gracias y hasta luego.')).notes).toEqual(
      [],
    );
    expect((await read('C: 你好，谢谢！')).notes).toEqual([]);
  });

  it('leaves no answer to a question for a secret', async () => {
    const script = `
      C: Ich möchte mein Konto für den Verein entsperren.
      A: Wie lautet Ihre PIN?
      C: 4821
    `;
    expect((await read(script)).notes.join()).not.toContain('4821');
  });

  it('is summed up by what says most, and how it ended', async () => {
    const { summary } = await read(`
      C: Bonjour, je voudrais annuler ma réservation du 12 mai pour la chambre 7.
      A: Votre réservation est annulée, le remboursement arrivera sous cinq jours.
      C: Merci beaucoup !
    `);
    expect(summary).toBe(
      'The customer said: "Bonjour, je voudrais annuler ma réservation du 12 mai pour la chambre 7." The agent said last: "Votre réservation est annulée, le remboursement arrivera sous cinq jours."',
    );
  });

  it('keeps what says most of a long one', async () => {
    const long = Array.from(
      { length: 60 },
      (_, day) => `C: Ich brauche am ${day}. Mai für unseren Verein den Platz Nummer ${day}.`,
    );
    const { notes, summary } = await read(long.join('\n'));
    expect(notes.length).toBeLessThanOrEqual(10);
    expect(summary?.length).toBeLessThanOrEqual(1000);
    for (const note of notes) expect(note.length).toBeLessThanOrEqual(200);
  });
});
