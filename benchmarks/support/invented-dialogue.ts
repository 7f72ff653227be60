/** Words of nobody's language, spread as words are: few of them often, most of them seldom. The same on every machine. */

const vocabularySize = 8000;
const syllables = 'ba ke li mo nu ra se ti vo wu da fe gi ho ju pa re si to lu'.split(' ');
const smallWords =
  'the a to and of i it in that was is my for you we on with had at so have but this they be'.split(' ');
const speakers = ['Dana', 'Robin'];
const askedWords = ['what', 'when', 'where', 'who', 'how'];
const months = ['January', 'March', 'May', 'July', 'September', 'November'];

/** Numbers from 0 to 1 that are the same for the same seed. */
export type Chance = () => number;

export function seededChance(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A turn of a dialogue: 8 to 30 words, two in five of them small. */
export function inventTurn(chance: Chance, number: number): string {
  const length = 8 + Math.floor(chance() * 23);
  const words = Array.from({ length }, () =>
    chance() < 0.4 ? pick(chance, smallWords) : seldomWord(chance),
  );
  const end = chance() < 0.2 ? '?' : '.';
  return `${speakers[number % speakers.length]}: ${words.join(' ')}${end}`;
}

/** A question after three to six words; one in ten names a month, and in one in ten a word is misspelt. */
export function inventQuestion(chance: Chance): string {
  const length = 3 + Math.floor(chance() * 4);
  const words = Array.from({ length }, () => seldomWord(chance));
  if (chance() < 0.1) words[0] = `${words[0]?.slice(0, -1)}x`;
  const time = chance() < 0.1 ? ` in ${pick(chance, months)} 2025` : '';
  return `${pick(chance, askedWords)} did ${pick(chance, speakers)} ${words.join(' the ')}${time}?`;
}

function pick(chance: Chance, list: readonly string[]): string {
  return list[Math.floor(chance() * list.length)] ?? '';
}

/** The word of a rank is as frequent as one through its rank (Zipf). */
function seldomWord(chance: Chance): string {
  const rank = Math.floor(vocabularySize ** chance());
  const parts = [rank % 20, Math.floor(rank / 20) % 20, Math.floor(rank / 400)];
  return parts.map((part) => syllables[part] ?? '').join('');
}
