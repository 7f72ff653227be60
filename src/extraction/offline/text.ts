/** What is read of one communication; the rest of a very long one adds time, not facts. Characters. */
const readMax = 6000;

/** Characters of a sentence; speech without punctuation comes as one. */
const sentenceMax = 600;

/** Full stops after these do not end a sentence. */
const abbreviations = /(?:^|\s)(?:mr|mrs|ms|dr|st|ave|apt|no|vs|jr|sr|approx|dept|ext|[a-z]|[ap]\.m)\.$/i;

/** The sentences of a text, without line breaks; a missing space after a full stop does not hide one. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text
    .slice(0, readMax)
    .replaceAll('’', "'")
    .split(/\s*[\r\n]+\s*/)) {
    let start = 0;
    for (const end of line.matchAll(/[.!?]+["')\]]?(?=\s|[A-Z](?=[a-z'’ ])|$)/g)) {
      const upTo = end.index + end[0].length;
      const sentence = line.slice(start, upTo);
      if (upTo < line.length && abbreviations.test(sentence)) continue;
      sentences.push(sentence);
      start = upTo;
    }
    sentences.push(line.slice(start));
  }
  return sentences
    .map((sentence) => clip(sentence.replace(/\s+/g, ' ').trim(), sentenceMax))
    .filter((s) => /[\p{L}\p{N}]/u.test(s));
}

/** At most `lengthMax` characters, cut between words, with an ellipsis where something is missing. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, lengthMax - 1);
  const space = cut.lastIndexOf(' ');
  const kept = space > lengthMax / 2 ? cut.slice(0, space) : withoutHalfCharacter(cut);
  return `${kept.replace(/[\s,;:.-]+$/, '')}…`;
}

/** A cut through a surrogate pair would leave text that no database takes. */
function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Lower case for the first letter of a sentence that goes on in another one; names, acronyms and "I" stay. */
export function uncapitalise(text: string): string {
  const first = /^\p{L}+/u.exec(text)?.[0] ?? '';
  return commonOpeners.has(first.toLowerCase()) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

const commonOpeners = new Set(
  (
    'a an the this that these those my your our their his her its there it they we you he she some any one two three for at on in ' +
    'to from with by of around about near next last every each no not only just all both how what when where which who why if ' +
    'when after before since because as is are was were do does did has have had can could would will should may might must be ' +
    'been find book get make look search leaving going looking need want would please try take give buy order send check ' +
    'cancel change return reserve something anything everything tomorrow today tonight yesterday'
  ).split(' '),
);

const emptyWords = new Set(
  (
    'a an the this that these those i me my mine we us our you your yours he she it its they them their him her who what which when ' +
    'where why how is are was were be been being am do does did done doing has have had having can could will would shall should ' +
    'may might must to of in on at by for from with about into over as if then than so and or but not no yes yeah nope too very ' +
    'just really also only now here there again still already please ok okay well oh ah um hi hello hey bye thanks thank thankyou ' +
    'cheers good great nice fine perfect cool awesome wonderful lovely excellent amazing fantastic happy glad sorry sure right ' +
    'correct all everything anything nothing something some any more most much many lot lots bit one ones thing things stuff way help ' +
    'helping helped helpful assist assistance need needs needed want wants like love know think guess see look let go get got make ' +
    'say tell ask question questions info information detail details else other another different day night evening weekend ' +
    'time moment minute second wait worries problem problems welcome appreciate understand hope hear talk soon later care take ' +
    "sounds sound seems works work don't doesn't didn't won't can't couldn't isn't i'm i'll i'd i've it's that's there's what's " +
    "let's you're they're we're dont im ill id ive thats whats its actually maybe perhaps alright exactly absolutely definitely " +
    'course possible able bye goodbye service agent enjoy forward perfectly trying try next first last interested guys best'
  ).split(' '),
);

/** Whether a text says anything beyond courtesies and function words. */
export function saysSomething(text: string): boolean {
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}][\p{L}\p{N}'@.-]*/gu) ?? [];
  return words.some((word) => !emptyWords.has(word.replace(/[.'-]+$/, '')));
}

const numberWords = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const counted = new RegExp(
  `\\b(${numberWords.join('|')}) (?!way\\b|more\\b|from\\b|with\\b|thing\\b|that\\b|which\\b|please\\b|people's\\b)(?=\\p{Ll}{3})`,
  'giu',
);
const singled =
  /\bone (?=(?:checked )?(?:person|people|adult|child|passenger|guest|traveller|traveler|rider|ticket|seat|room|bag|item|copy|piece|pair|unit|night|day|week|month|year)\b)/gi;

/** Counts in figures, as notes have them and as they are searched for: "two tickets" → "2 tickets". */
export function inFigures(text: string): string {
  return text.replace(singled, '1 ').replace(counted, (whole, word: string) => {
    const value = numberWords.indexOf(word.toLowerCase());
    return value === 1 ? whole : `${value} `;
  });
}
