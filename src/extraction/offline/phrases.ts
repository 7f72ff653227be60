import { being, oneOf } from './patterns.ts';
import { isInformative } from './terms.ts';

/** Words that begin a phrase of their own. */
const prepositions = being(
  oneOf(
    'from to at in on for with by near around before after until since between via without under over into',
  ),
);
/** Words that only hold a phrase together: they stay between two words that say something. */
const links = being(oneOf("of and or the a an their them's per vs vs. & no not any these those as than"));
const determiners = being(oneOf('the a an their some any'));
/** Said in passing: what is around them belongs together. */
const objects = being(oneOf('them him her me us you'));
/** Words whose capital says no more than that a sentence begins. */
const sentenceStarts = being(
  oneOf(
    'i the a an it they you we there this that its their my is are was do does did can could will would what when where how which who please tell yes no ok and but so',
  ),
);
const contracted = /^(?:it|there|here|what|how|that|who|where|let|they|you|we|i|he|she)['’]/i;
/** What makes a bare "this" or "next" part of a date. */
const timeWords =
  /^(?:week|weekend|month|year|morning|afternoon|evening|night|day|mon|tues|wednes|thurs|fri|satur|sun|january|february|march|april|may|june|july|august|september|october|november|december)/i;
const pointers = being(oneOf('this next last coming following'));
const always = being(
  oneOf('one two today tomorrow tonight way am pm a.m p.m a.m. p.m. morning afternoon evening noon midnight'),
);

/**
 * The phrases of a text that say something, each with its preposition: "will be flying from Porto, on the 3rd" →
 * "flying from Porto", "on the 3rd". Words of asking, helping and connecting are gone.
 */
export function phrasesOf(text: string): string[] {
  const reader = new PhraseReader();
  const words = text.split(/\s+/);
  for (const [at, written] of words.entries()) reader.read(written, bare(words[at + 1] ?? ''));
  return reader.finish();
}

class PhraseReader {
  readonly #phrases: string[] = [];
  #phrase: string[] = [];
  /** Read, and kept only when a word that says something follows. */
  #between: string[] = [];

  read(written: string, next: string): void {
    const word = bare(written);
    if (prepositions.test(word) && !this.#goesOnWith(word)) {
      if (!this.#isVerb()) this.#end();
      this.#between = [word];
    } else if (links.test(word)) this.#between.push(word);
    else if (isKept(word, next)) this.#take(word);
    else if (!objects.test(word)) this.#end();
    if (/[,;:.!?)]$/.test(written) && !isInitial(written)) this.#end();
  }

  finish(): string[] {
    this.#end();
    return this.#phrases;
  }

  /** "the day after tomorrow" is one phrase. */
  #goesOnWith(word: string): boolean {
    return /^(?:after|before)$/i.test(word) && /^day$/i.test(this.#phrase.at(-1) ?? '');
  }

  /** "returning on the 9th" means something else than "arriving on the 9th". */
  #isVerb(): boolean {
    return this.#phrase.length === 1 && movement.test(this.#phrase[0] ?? '');
  }

  #take(word: string): void {
    if (movement.test(word) && this.#between.length > 0) this.#end();
    this.#phrase.push(...(this.#phrase.length > 0 ? this.#between : opening(this.#between)), word);
    this.#between = [];
  }

  #end(): void {
    if (this.#phrase.length > 0) this.#phrases.push(this.#phrase.join(' '));
    this.#phrase = [];
    this.#between = [];
  }
}

const movement =
  /^(?:arriv|return|leav|depart|com|check|mov|start|end|pick|drop|go)(?:e|ing|s|es|ing back)?$|^(?:back|until|flying|travell?ing)$/i;

/** Links before the first word of a phrase go, but its preposition with what follows it stays. */
function opening(between: readonly string[]): readonly string[] {
  if (prepositions.test(between[0] ?? '')) return between;
  const no = between.filter((word) => /^(?:no|not)$/i.test(word));
  return no.length > 0 ? no : between.filter((word) => determiners.test(word)).slice(-1);
}

/** "Christina M. Walker", "Dr. Nangia": no end of a phrase. */
function isInitial(written: string): boolean {
  return /^(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|vs)\.$/u.test(written);
}

function bare(written: string): string {
  return written
    .replace(/^[("'[]+/, '')
    .replace(/[,;:!?)"'\]]+$/, '')
    .replace(/(?<![ap]\.m|vs|st|Dr|Mrs?|Ms|\b\p{Lu})\.$/u, '');
}

function isKept(word: string, next: string): boolean {
  if (word === '' || contracted.test(word)) return false;
  if (/^day$/i.test(word)) return /^(?:after|before)$/i.test(next);
  if (pointers.test(word)) return timeWords.test(next);
  return (
    always.test(word) ||
    timeWords.test(word) ||
    isInformative(word) ||
    (/^\p{Lu}/u.test(word) && !sentenceStarts.test(word))
  );
}
