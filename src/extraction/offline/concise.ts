import type { Clause } from './clause.ts';
import { shortOutcome } from './completion.ts';
import { isSpecific } from './proposal.ts';
import { capitalise, inFigures, sentencesOf, uncapitalise } from './text.ts';

type Rewording = readonly (readonly [RegExp, string])[];

/** The clause in fewer words and with its counts in figures; nothing of its substance is gone. */
export function concise(clause: Clause): Clause {
  const short = inFewerWords(clause);
  return short.form === 'detail' ? short : { ...short, text: inFigures(short.text) };
}

function inFewerWords(clause: Clause): Clause {
  switch (clause.form) {
    case 'detail':
      return clause;
    case 'label':
      return { ...clause, text: shortLabel(clause.text) };
    case 'predicate':
      return shortPredicate(clause);
    case 'outcome':
      return { ...clause, text: shortOutcome(clause.text) };
    default:
      return { ...clause, text: shortResult(clause.text) };
  }
}

const adverbs = '(?:(?:now|also|just|really|still|only|actually|then|kindly|definitely) )*';
const looking =
  '(?:(?:find|search(?:ing)?(?: for)?|look(?:ing)?(?: for| up)?|locate|show|suggest|recommend|get)(?: (?:me|them|out|up|for))* )';
const thing = "(?=(?:an?|the|some|any|their|one|two|three|\\d+|\\p{Lu})\\b|(?:\\p{L}|')+ )";
const noThing =
  '(?!(?:out|if|whether|how|when|what|where|why|who|to|from|in|on|at|back|off|rid|by|with|help|for)\\b)';

/** "would like to find a court" and "asked to look for a court" are both "wants a court". */
const seeking = new RegExp(
  `^${adverbs}(?:asked (?:to|for help with|for help to|for help)|would ${adverbs}(?:like|love)(?: to)?|wants?(?: to)?|wish(?:es)?(?: to)?|plans to|hopes to|is ${adverbs}(?:hoping|trying|wanting|planning) to) ${looking}+${noThing}${thing}`,
  'iu',
);
const needing = new RegExp(`^${adverbs}needs? to ${looking}+${noThing}${thing}`, 'iu');
const predicates: Rewording = [
  [seeking, 'wants '],
  [needing, 'needs '],
  [new RegExp(`^${adverbs}is ${adverbs}(?:looking|searching) for `, 'iu'), 'wants '],
  [new RegExp(`^${adverbs}(?:would ${adverbs}(?:like|love)|wish(?:es)?) `, 'iu'), 'wants '],
  [/^(?:asked|wants?) for (?:help with )?/i, 'wants '],
  [
    new RegExp(
      `^${adverbs}(?:would ${adverbs}like|wants?|wanted|needs?|wishes|is (?:wondering|trying)) to (?:know|find out|see) (?=(?:whether|if|when|what|how|where|why|which)\\b)`,
      'iu',
    ),
    'asked ',
  ],
  [/^(?:is|was) wondering (?=(?:whether|if|when|what|how|where|why|which)\b)/i, 'asked '],
  [/^asked to (?!(?!book|get|find|reserve|buy|order|make|search)\p{L}+ them\b)/iu, 'wants to '],
  [/^would prefer /i, 'prefers '],
  [/\b(book|get|find|reserve|buy|order|make|search) them (?=(?:an?|the|some|one|\d+)\b)/gi, '$1 '],
  [/,? please\b/gi, ''],
  [/ for (?:them|me)(?=$| (?:in|at|on|for|to|from)\b)/gi, ''],
];

const saidValue =
  /^says (?:the|their) ((?:\p{L}+ ){0,2}\p{L}+) (?:is|are|will be|would be|should be) ((?:on |at |in |from )?(?:the )?(?:\p{Lu}|\d).{0,60})$/u;

function shortPredicate(clause: Clause): Clause {
  const value = saidValue.exec(clause.text);
  if (value && !clause.isPersonal) return { ...clause, form: 'label', text: `${value[1]}: ${value[2]}` };
  return { ...clause, text: reworded(clause.text, predicates) };
}

/** "time to book the table for: 1 pm" → "time: 1 pm". */
function shortLabel(text: string): string {
  if (/: (?:yes|no)$/.test(text)) return text;
  const value = /^[^:]+: ((?:from|to|on|at|in|around|until|till|for|by|near|next|tomorrow|today)\b.+)$/i.exec(
    text,
  )?.[1];
  if (value !== undefined) return uncapitalise(value);
  return text.replace(
    /^((?:number of )?\p{L}+(?: \p{L}+)??) (?:to|for|they|the|that|in|on|at|of|is|are|was|leaving|headed)\b(?: [^:]*)?(?=: )/u,
    (whole, head: string) => (/^(?:where|when|what|how|which|who|number)$/i.test(head) ? whole : head),
  );
}

const money =
  /(?:,|\s)*(?:\b(?:and|it|its|the|their|which|that|with|for|at|an?|total|ticket|tickets|price|priced|prices|cost|costs|costing|fare|rate|of|is|are|be|will|would)\b\s*)+(?=[$€£]\s?\d)/giu;
const results: Rewording = [
  [money, ', '],
  [/ local time\b/gi, ''],
  [
    /,? (?:which|that|and|and it|and which|it) (?:takes? off|departs?|leaves?|is leaving|will leave|is taking off|starts?|will start|begins?) (?=at\b|on\b|from\b|in\b)/gi,
    ', ',
  ],
  [/,? (?:which|that|and it|it) (?:is|are|has|have|will be|was) /gi, ', '],
  [
    / is an? (?:(?:fantastic|great|nice|good|excellent|wonderful|popular|lovely|beautiful|highly.rated|very|really) )+/gi,
    ', ',
  ],
  [/^(?:one|another|1) (?:\p{L}+ )?(?:is|would be) /iu, ''],
  [/^(?:an?|there is an?|there is|it is an?|the) (?=\p{Lu}|\d)/u, ''],
  [/\s+,/g, ','],
  [/,\s*,/g, ','],
];

function shortResult(text: string): string {
  const sentences = sentencesOf(text);
  const telling = sentences.filter((sentence) => sentences.length === 1 || !onlyCounts(sentence));
  return (telling.length > 0 ? telling : sentences)
    .map((sentence) => reworded(sentence.replace(/[.\s]+$/, ''), results).replace(/^[,\s]+/, ''))
    .map((sentence, index) => (index > 0 ? capitalise(sentence) : sentence))
    .join('. ');
}

/** "The agent found 8 hotels for them": says that there is a choice, and the choice comes in the next sentence. */
function onlyCounts(sentence: string): boolean {
  const text = sentence.replace(/^\P{L}*\p{L}+/u, '').replace(/\b(?:\d+|several|many|some|a few)\b/i, '');
  return /\b(?:found|are|have|has|matching|available|options?)\b/i.test(sentence) && !isSpecific(`x${text}`);
}

function reworded(text: string, rewording: Rewording): string {
  return rewording.reduce((changed, [pattern, words]) => changed.replace(pattern, words), text).trim();
}
