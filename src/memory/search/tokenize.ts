import { detectLanguage, isStopWord, type Language } from './language.ts';
import { stem } from './stem.ts';

/** Longest term that is indexed; longer ones are cut, so that a pasted blob cannot fill the index. */
const termLengthMax = 64;
/** Scripts that set no spaces between words, and Korean, whose words take on endings: they are read in pairs of letters. */
const pairedScripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Scripts without spaces whose words a dictionary finds. */
const segmentedScripts = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const latin = /\p{Script=Latin}/u;
const cyrillic = /\p{Script=Cyrillic}/u;
const arabic = /\p{Script=Arabic}/u;
const runs =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+|[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const arabicMarks = /[\u0640\u064b-\u065f\u0670]/g;
const marks = /\p{M}/gu;
const outsideAscii = /[^\0-\x7f]/;

let segmenter: Intl.Segmenter | undefined;

/** The terms of a text in one language, with the language that its words in Latin letters were taken for. */
export interface Tokens {
  readonly terms: string[];
  readonly language: Language;
}

/** Terms of a text in order: see `tokenizeText`. */
export function tokenize(text: string): string[] {
  return tokenizeText(text).terms;
}

/**
 * Terms of a text in order: letters and digits, in lower case and compatibility form, without the stop words of its language,
 * stemmed and without accents. Chinese, Japanese and Korean are read in pairs of letters.
 */
export function tokenizeText(text: string): Tokens {
  const words = splitWords(text);
  const language = detectLanguage(words);
  return {
    terms: words.filter((word) => !isStopWord(word, language)).map((word) => toTerm(word, language)),
    language,
  };
}

/** The words of a text in lower case and compatibility form. */
export function splitWords(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      // The dot of a Turkish capital I.
      .replaceAll('\u0307', '')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => (outsideAscii.test(word) ? splitFurther(word) : [word]));
}

/** The term that a word of a text in this language is found by. */
export function toTerm(word: string, language: Language): string {
  return formOf(word, language).slice(0, termLengthMax);
}

function formOf(word: string, language: Language): string {
  if (!outsideAscii.test(word)) return stem(word, language);
  if (cyrillic.test(word)) return stem(word.replaceAll('ё', 'е'), 'russian');
  if (arabic.test(word)) return stem(word, 'arabic');
  return latin.test(word) ? withoutAccents(stem(word, language)) : word;
}

function withoutAccents(word: string): string {
  return word.normalize('NFD').replace(marks, '').replaceAll('ß', 'ss').replaceAll('ı', 'i');
}

function splitFurther(word: string): string[] {
  if (arabic.test(word)) return [normalizeArabic(word)];
  if (!pairedScripts.test(word) && !segmentedScripts.test(word)) return [word];
  return (word.match(runs) ?? []).flatMap((run) => {
    if (pairedScripts.test(run)) return toPairs(run);
    return segmentedScripts.test(run) ? segment(run) : [run];
  });
}

/** `退款单` as `退款` and `款单`; a letter alone stays alone. */
function toPairs(run: string): string[] {
  const letters = [...run];
  if (letters.length === 1) return letters;
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

function segment(run: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(run)].map((part) => part.segment);
}

/** Without vowel marks, lengthening and what is written before the article, and with one form for each letter. */
function normalizeArabic(word: string): string {
  return word
    .replace(arabicMarks, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/^[وفبك](?=ال)/, '')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه');
}

/** How often each term stands in the text. */
export function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
