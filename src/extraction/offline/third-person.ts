import { oneOf } from './patterns.ts';
import { capitalise, uncapitalise } from './text.ts';

/** First words of a verb phrase after "I", as "the customer" goes on. */
const verbForms: Readonly<Record<string, string>> = {
  am: 'is',
  have: 'has',
  do: 'does',
  go: 'goes',
  "don't": "doesn't",
  dont: "doesn't",
  "haven't": "hasn't",
  havent: "hasn't",
  wanna: 'wants to',
  gotta: 'has to',
  try: 'tries',
  carry: 'carries',
  study: 'studies',
  apply: 'applies',
  worry: 'worries',
  rely: 'relies',
};

/** Verb forms that a third person shares with the first: modals, and pasts that do not end in -ed. */
const unchanged = new Set(
  (
    "was wasn't were had hadn't did didn't got bought went came made said told thought took paid sent lost found left kept gave saw " +
    'knew heard felt met wrote read ran began broke brought built caught chose drank drove ate fell flew forgot forgave grew held ' +
    'hurt led lent let meant put quit rode rose sang sat shot slept sold spent spoke stood stole swam taught threw understood woke ' +
    'wore won cut hit set shut cost became signed can could may might must shall should will would cannot ' +
    "can't cant couldn't shouldn't won't wont wouldn't mustn't mightn't needn't ought used"
  ).split(' '),
);

const adverbs =
  /^(?:also|just|really|still|only|already|never|always|often|now|even|kindly|simply|once|then|first|too|not|sometimes|ever|soon|almost|\p{L}+ly)$/iu;

/**
 * What the customer said of themselves, told by someone else: "I need two tickets" → "needs two tickets". Undefined when
 * the sentence does not start with the speaker.
 */
export function predicateOf(sentence: string): string | undefined {
  const text = spellOut(sentence);
  const spoken = ownWords.exec(text)?.[1] ?? impliedSpeaker(text);
  if (spoken === undefined) return undefined;
  return aboutSpeaker(
    spoken
      .split(/(?<=\b(?:and|but),?) I /)
      .map(inflect)
      .join(' '),
  );
}

/** A "we" counts where it is the customer who wants or has something, whoever else does too. */
const ownWords =
  /^(?:I|We(?= (?:need|want|would|will|have|had|plan|prefer|ordered|bought|booked|got)\b)) (.+)$/;

const impliedVerbs = oneOf('wanted want need needed wondering would got bought received ordered prefer wish');
const impliedProgress = oneOf(`
  looking trying hoping planning going leaving flying traveling travelling coming calling writing moving living staying thinking waiting
`);
const implied = new RegExp(`^(?:(?:just|also|only|really|still) )?${impliedVerbs}\\b`, 'i');
const progress = new RegExp(`^(?:(?:just|also|only|really|still) )?${impliedProgress}\\b`, 'i');

/** "just wanted to check" and "looking for a jacket" leave the speaker out. */
function impliedSpeaker(text: string): string | undefined {
  if (implied.test(text)) return uncapitalise(text);
  return progress.test(text) ? `am ${text.charAt(0).toLowerCase()}${text.slice(1)}` : undefined;
}

const contractions: Retelling = [
  [/\bi'?m\b/gi, 'I am'],
  [/\bi'll\b/gi, 'I will'],
  [/\bi'?ve\b/gi, 'I have'],
  [/\bwe'd (?=like|love|rather|prefer)/gi, 'we would '],
  [/\bwe'll\b/gi, 'we will'],
  [/^we\b/i, 'We'],
  [/\bi'd (?=(?:\w+ly )?(?:like|love|rather|prefer|be|need|want|appreciate|also|just|really))/gi, 'I would '],
  [/\bi'd (?=\p{L})/giu, 'I had '],
  [/\bid (?=like|love|rather|prefer)/gi, 'I would '],
  [/\bi\b(?![.'])/g, 'I'],
];

/** Contractions with the speaker in full, in any case. */
function spellOut(sentence: string): string {
  return contractions.reduce((text, [pattern, words]) => text.replace(pattern, words), sentence);
}

function inflect(predicate: string): string {
  const words = predicate.split(' ');
  const at = words.findIndex((word) => !adverbs.test(word));
  const verb = words[at];
  if (verb === undefined) return predicate;
  words[at] = thirdPersonOf(verb);
  return words.join(' ');
}

function thirdPersonOf(verb: string): string {
  const lower = verb.toLowerCase();
  const [, stem = lower, punctuation = ''] = /^([\p{L}']+)(.*)$/u.exec(lower) ?? [];
  const known = verbForms[stem];
  if (known !== undefined) return known + punctuation;
  if (unchanged.has(stem) || /(?:[^e]ed|eed?ed)$/.test(stem) || !/^[\p{L}]+$/u.test(stem)) return verb;
  return stem + (/(?:s|sh|ch|x|z)$/.test(stem) ? 'es' : 's') + punctuation;
}

type Retelling = readonly (readonly [RegExp, string])[];

const bySpeaker: Retelling = [
  [/\bI am\b/g, 'they are'],
  [/\bI was\b/g, 'they were'],
  [/\bam I\b/gi, 'are they'],
  [/\bI\b/g, 'they'],
  [/\b(?:me|us)\b/gi, 'them'],
  [/\b(?:my|our)\b/gi, 'their'],
  [/\b(?:mine|ours)\b/gi, 'theirs'],
  [/\b(?:myself|ourselves)\b/gi, 'themselves'],
  [/\bwe're\b/gi, 'they are'],
  [/\bwe\b/gi, 'they'],
  [/\byour\b/gi, "the company's"],
  [/\byou're\b/gi, 'the company is'],
  [/\byou(?: guys| people| all)?\b/gi, 'the company'],
];

/** What a customer said, when someone else tells it: "my" is theirs, "you" is the company. */
export function aboutSpeaker(text: string): string {
  return retell(spellOut(text), bySpeaker);
}

const beforeSubject = oneOf(`
  and but if when that as what which where how whether because so or do did does would will are were can could should have than once
  until while then since why who
`);
const afterSubject = oneOf(`
  want need like are were have had will would can could should must may might prefer wish plan get receive requested asked ordered do did
  don't didn't also just
`);
/** "You" after a verb or preposition, unless a verb follows that needs it as its subject. */
const objectYou = new RegExp(`(?<=\\b(?!${beforeSubject}\\b)\\p{L}+ )you\\b(?! ${afterSubject}\\b)`, 'giu');

const byAgent: Retelling = [
  [/\byou're\b/gi, 'they are'],
  [/\byou'll\b/gi, 'they will'],
  [/\byou've\b/gi, 'they have'],
  [/\byou'd\b/gi, 'they would'],
  [/\byours\b/gi, 'theirs'],
  [/\byourself\b/gi, 'themselves'],
  [/\byour\b/gi, 'their'],
  [objectYou, 'them'],
  [/\byou\b/gi, 'they'],
  [/\bwe(?:'re| are)\b/gi, 'the company is'],
  [/\bwe(?:'ve| have)\b/gi, 'the company has'],
  [/\bwe'll\b/gi, 'the company will'],
  [/\bwe\b/gi, 'the company'],
  [/\bour\b/gi, "the company's"],
  [/\bI(?:'m| am)\b/gi, 'the agent is'],
  [/\bI(?:'ve| have)\b/gi, 'the agent has'],
  [/\bI'll\b/gi, 'the agent will'],
  [/\bI\b/g, 'the agent'],
  [/^my\b/i, "the agent's"],
  [/\bmy\b/gi, 'their'],
  [/\bme\b/gi, 'the agent'],
];

/** What an agent said to the customer, when someone else tells it: "you" is the customer, "I" the agent. */
export function aboutCustomer(text: string): string {
  return retell(text, byAgent);
}

/** A replaced first word keeps the capital of the one it stands for. */
function retell(text: string, retelling: Retelling): string {
  const told = retelling.reduce((changed, [pattern, words]) => changed.replace(pattern, words), text);
  return /^\p{Lu}/u.test(text) ? capitalise(told) : told;
}
