import { containing, oneOf } from './patterns.ts';

const soFar = '(?:now |already |all |just |successfully |also |not |gone ahead and )*';
/** What ends like a past participle. */
const participle = '\\w+(?:ed|ade|ent|ut|old|eld|one|aid|et)';
const done = oneOf(`
  (?:un)?successful booked made reserved confirmed completed? cancell?ed refunded placed processed updated done approved denied declined
  shipped sent escalated waived verified extended resolved fixed purchased registered activated credited replaced
`);
const someone = '(?:they|someone|he|she|a \\w+|the \\w+|my \\w+|our \\w+|i|we)';

const outcomes = containing(
  // Done.
  `(?:has|have) ${soFar}been(?![\\p{L}]).*[^\\p{L}]${participle}`,
  `(?:is|was|are|were) ${soFar}${done}`,
  `(?:i|we)(?:'ve| have) ${soFar}(?!found|located|got|searched|discovered|seen)(?:${participle}|let)`,
  'i was able to(?! find| locate)',
  "you(?:'re| are) (?:all )?(?:set|booked|confirmed)",
  'you got (?:it|the)',
  // Not to be done.
  "could(?:n't| not)|unable|failed|cannot|can't",
  "(?:was|were|am|are|is)(?:n't| not) able",
  "won't be able|will not be able|unfortunately",
  // Under way, or promised.
  '(?:will|should) (?:arrive|be (?:delivered|shipped|sent|there|ready)|reach you)',
  'on (?:its|the|their|his|her) way',
  'is (?:currently )?in (?:progress|transit|process)',
  `${someone}(?:'ll| will) (?:call|contact|reach|email|be in touch|get back|refund|send|ship|credit|replace|escalate|look into|follow)`,
  "you(?:'ll| will) (?:get|receive|be (?:refunded|charged|credited|contacted|called))",
  'expir(?:es?|ed)',
);

/** Whether an agent says what was done, could not be done, or will be. */
export function isOutcome(sentence: string): boolean {
  return outcomes.test(sentence);
}

const routine = containing(
  '(?:confirmation|confirm) (?:e-?mail|mail|message|text)',
  'e-?mail (?:confirmation|shortly|soon)',
  "sorry (?:i|we) (?:couldn't|could not) (?:be|help)",
  "can't wait",
  'help(?:ed)? you',
);

const recollection = containing(
  '(?:according to|as per) (?:our|my|your) (?:records?|notes?|files?|history)',
  '(?:our|my|the) (?:records?|notes?|files?) (?:shows?|says?|tells?)',
  "i(?: can)? see (?:here )?(?:that )?you(?:'re|'ve| are| have| had)? (?:a |an )?(?:live|like|love|prefer|ordered|bought|booked|called|contacted|mentioned|asked|told|living|member|customer)\\p{L}*",
  '(?:last|the other) time (?:you|we)',
  'you (?:previously|already|earlier|last) (?:told|mentioned|said|asked|called|wrote)',
  'as you (?:mentioned|said|told|wrote)|i remember|welcome back|on file',
  '(?:we|i) have you (?:down|listed|registered) (?:as|with|under|for)',
);

/** Whether an agent reads out what was known before: noting it again would feed memories with themselves. */
export function isRecollection(sentence: string): boolean {
  return recollection.test(sentence);
}

/** Whether it is what agents say every time. */
export function isRoutine(sentence: string): boolean {
  return routine.test(sentence);
}
