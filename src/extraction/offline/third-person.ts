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
  const spoken =
    /^(?:I|We(?= (?:need|want|would|will|have|had|plan|prefer|ordered|bought|booked|got)\b)) (.+)$/.exec(
      text,
    )?.[1] ?? impliedSpeaker(text);
  return spoken === undefined
    ? undefined
    : aboutSpeaker(
        spoken
          .split(/(?<=\b(?:and|but),?) I /)
          .map(inflect)
          .join(' '),
      );
}

/** "just wanted to check" and "looking for a jacket" leave the speaker out. */
function impliedSpeaker(text: string): string | undefined {
  const start = /^(?:(?:just|also|only|really|still) )?(\p{L}+)/iu.exec(text)?.[1]?.toLowerCase();
  if (start === undefined) return undefined;
  if (/^(?:wanted|want|need|needed|wondering|would|got|bought|received|ordered|prefer|wish)$/.test(start))
    return uncapitalise(text);
  return /^(?:looking|trying|hoping|planning|going|leaving|flying|traveling|travelling|coming|calling|writing|moving|living|staying|thinking|waiting)$/.test(
    start,
  )
    ? `am ${text.charAt(0).toLowerCase()}${text.slice(1)}`
    : undefined;
}

/** Contractions with "I" in full, in any case and with any apostrophe. */
function spellOut(sentence: string): string {
  return sentence
    .replaceAll('’', "'")
    .replace(/\bi'?m\b/gi, 'I am')
    .replace(/\bi'll\b/gi, 'I will')
    .replace(/\bi'?ve\b/gi, 'I have')
    .replace(/\bwe'd (?=like|love|rather|prefer)/gi, 'we would ')
    .replace(/\bwe'll\b/gi, 'we will')
    .replace(/^we\b/i, 'We')
    .replace(/\bi'd (?=like|love|rather|prefer|be|need|want|appreciate|also|just|really)/gi, 'I would ')
    .replace(/\bi'd (?=\p{L})/giu, 'I had ')
    .replace(/\bid (?=like|love|rather|prefer)/gi, 'I would ')
    .replace(/\bi\b(?![.'])/g, 'I');
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

/** The customer's own "I", "my" and "we", when someone else tells it. */
export function aboutSpeaker(text: string): string {
  return keepCase(
    spellOut(text)
      .replace(/\bI am\b/g, 'they are')
      .replace(/\bI was\b/g, 'they were')
      .replace(/\b(?:am I)\b/gi, 'are they')
      .replace(/\bI\b/g, 'they')
      .replace(/\b(?:me|us)\b/gi, 'them')
      .replace(/\b(?:my|our)\b/gi, 'their')
      .replace(/\b(?:mine|ours)\b/gi, 'theirs')
      .replace(/\bmyself\b/gi, 'themselves')
      .replace(/\bourselves\b/gi, 'themselves')
      .replace(/\bwe're\b/gi, 'they are')
      .replace(/\bwe\b/gi, 'they')
      .replace(/\byour\b/gi, "the company's")
      .replace(/\byou're\b/gi, 'the company is')
      .replace(/\byou(?: guys| people| all)?\b/gi, 'the company'),
    text,
  );
}

/** "You" after a verb or preposition, unless a verb follows that needs it as its subject. */
const objectYou =
  /(?<=\b(?!(?:and|but|if|when|that|as|what|which|where|how|whether|because|so|or|do|did|does|would|will|are|were|can|could|should|have|than|once|until|while|then|since|why|who)\b)\p{L}+)( )you\b(?! (?:want|need|like|are|were|have|had|will|would|can|could|should|must|may|might|prefer|wish|plan|get|receive|requested|asked|ordered|do|did|don't|didn't|also|just)\b)/giu;

/** What an agent said to the customer, when someone else tells it: "you" is the customer, "I" the agent. */
export function aboutCustomer(text: string): string {
  return keepCase(
    text
      .replaceAll('’', "'")
      .replace(/\byou're\b/gi, 'they are')
      .replace(/\byou'll\b/gi, 'they will')
      .replace(/\byou've\b/gi, 'they have')
      .replace(/\byou'd\b/gi, 'they would')
      .replace(/\byours\b/gi, 'theirs')
      .replace(/\byourself\b/gi, 'themselves')
      .replace(/\byour\b/gi, 'their')
      .replace(objectYou, '$1them')
      .replace(/\byou\b/gi, 'they')
      .replace(/\bI'm\b/gi, 'the agent is')
      .replace(/\bI've\b/gi, 'the agent has')
      .replace(/\bI'll\b/gi, 'the agent will')
      .replace(/\bwe're\b/gi, 'the company is')
      .replace(/\bwe've\b/gi, 'the company has')
      .replace(/\bwe'll\b/gi, 'the company will')
      .replace(/\bwe (?:are)\b/gi, 'the company is')
      .replace(/\bwe (?:have)\b/gi, 'the company has')
      .replace(/\bwe\b/gi, 'the company')
      .replace(/\bour\b/gi, "the company's")
      .replace(/\bI am\b/g, 'the agent is')
      .replace(/\bI have\b/gi, 'the agent has')
      .replace(/\bI\b/g, 'the agent')
      .replace(/^my\b/i, "the agent's")
      .replace(/\bmy\b/gi, 'their')
      .replace(/\bme\b/gi, 'the agent'),
    text,
  );
}

/** A replaced first word keeps the capital of the one it stands for. */
function keepCase(changed: string, original: string): string {
  return /^\p{Lu}/u.test(original) ? capitalise(changed) : changed;
}
