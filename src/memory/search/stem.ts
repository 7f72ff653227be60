import { createRequire } from 'node:module';
import { stemmer as porter } from 'stemmer';
import type { Language } from './language.ts';

type Stemmer = (word: string) => string;

/** Stems that are remembered for each language; past it all of them are worked out anew. */
const rememberedMax = 50_000;
const require = createRequire(import.meta.url);
const stemmers = new Map<string, Stemmer>();

/** The stem of a word, as the language of that name forms it. */
export function stem(word: string, language: Language | 'russian' | 'arabic'): string {
  let known = stemmers.get(language);
  if (!known) {
    known = remembering(language === 'english' ? porter : loadSnowball(language));
    stemmers.set(language, known);
  }
  return known(word);
}

/** Loaded with the first word of another language than English. */
function loadSnowball(language: string): Stemmer {
  const { newStemmer } = require('snowball-stemmers') as typeof import('snowball-stemmers');
  const stemmer = newStemmer(language);
  return (word) => stemmer.stem(word);
}

function remembering(form: Stemmer): Stemmer {
  const stems = new Map<string, string>();
  return (word) => {
    let found = stems.get(word);
    if (found === undefined) {
      found = form(word);
      if (stems.size >= rememberedMax) stems.clear();
      stems.set(word, found);
    }
    return found;
  };
}
