import { type Clause, isResult } from './clause.ts';
import { clip } from './text.ts';

/** What a stretch of a conversation is about; its clauses share the object. */
export interface Topic {
  /** A few words, such as "return label"; empty when nothing was named. */
  readonly name: string;
}

export interface TopicalClause extends Clause {
  readonly topic: Topic;
}

/**
 * The clauses with what they are about: the first thing wanted, until something came of it and something else is. Another
 * flight instead of the one that was offered is still about flights.
 */
export function withTopics(clauses: readonly Clause[]): TopicalClause[] {
  let topic: Topic = { name: '' };
  let hasEnded = true;
  return clauses.map((clause) => {
    if (isResult(clause)) hasEnded = true;
    else if (clause.isRequest && (hasEnded || goesOn.test(clause.text))) {
      const name = topicOf(clause.text);
      if (name !== '' && headOf(name) !== headOf(topic.name)) topic = { name };
      if (name !== '') hasEnded = false;
    }
    return { ...clause, topic };
  });
}

/** "I also need a hotel there" opens something new before the first thing has ended. */
const goesOn = /\b(?:also|too|as well|besides|now)\b|\ban? (?:\p{L}+ ){1,3}there\b/iu;

function headOf(name: string): string {
  return /([\p{L}\p{N}'-]+?)s?$/u.exec(name.toLowerCase())?.[1] ?? '';
}

const topicLengthMax = 32;

/** "would like to book a table for two" → "table". */
function topicOf(text: string): string {
  const object =
    /\b(?:find|book|reserve|make|get|buy|order|needs?|wants?|prefers?|return|cancel|change|looking for|search(?:ing)? for|like|about|for help with|purchase|rent|schedule|exchange|see|check on|check)(?: (?:me|them|up|out|for|to|a|an|the|some|any|their|my|new|\d+|find|book|reserve|make|get|buy|order|see|go|return|cancel|change|rent|check|on|eat|use|try|taste|attend|travel|fly|visit|have|be|know|call|ask|talk|speak|look|search|pick|rent|join))* ((?:[\p{L}\p{N}'-]+ ?){1,4})/iu.exec(
      text,
    )?.[1] ?? '';
  const words = object.trim().split(' ');
  const end = words.findIndex((word) => topicEnd.test(word));
  return clip(words.slice(0, end === -1 ? words.length : end).join(' '), topicLengthMax);
}

const topicEnd =
  /^(?:for|at|on|in|from|to|with|near|around|by|that|this|it|them|which|who|and|or|of|please|as|is|are|because|so|when|if|how|what|where|whether|i|they|leaving|going|departing|departs|there|here|something|somewhere|someone|instead|out|more|together|before|after|about|whether)$/i;
