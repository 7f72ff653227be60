import { type Finding, removed } from './category.ts';
import { oneOf } from './statement.ts';

/** Under these names goes what opens something: passwords, PINs, codes that are sent to prove who one is. */
const passwordName = oneOf(
  'pass ?(?:word|phrase|code)',
  'passwd',
  'pw(?= ?[:=]| is\\b)',
  'pwd',
  'wi-?fi key',
  'pass(?= (?:is|was)\\b| ?[:=])',
  'log-?in secret',
);
const pinName = 'pin(?: ?(?:code|number|no\\.?))?';
const codeName =
  "(?:one[- ]?time|verification|security|authenticat(?:ion|or)|log-?in|sign-?in|access|2fa|two[- ]factor|mfa|sms|otp|unlock|reset|recovery|backup|alarm|door|gate|entry|safe|lock ?box|lock|padlock|key ?pad|key ?safe|building|garage|intercom|voicemail)(?:[’']s)?(?: (?:pass ?)?(?:code|number|password|passcode|key|combination))|(?:lock |safe |the )combination(?= (?:is|to|for)\\b| ?:)|otp|2fa|otac|tan(?= (?:is|was)\\b| ?[:=])";
const labels = `${passwordName}|${pinName}|${codeName}`;
const label = new RegExp(
  `\\b(?:${labels}|cvv2?|cvc2?|social security(?: number)?|ssn|card number|expir(?:y|ation) date)\\b`,
  'i',
);

/** Whether an answer under this name is a secret. */
export function isSecretLabel(name: string): boolean {
  return label.test(name);
}

const quote = '["“‘\'`]?';
const link =
  "(?:(?: for| to| of| on| is| was|[’']s| (?:you|they|it|he|she) (?:just )?(?:sent|texted|emailed)(?: me)?| i (?:just )?(?:got|received)|:|=|,|#| -)+\\s*(?:still |now |currently )?)";
/** "for my account", "to the front door". */
const what = "(?: (?:for|to|of|on) (?:[\\w’'-]+ ){0,3}?[\\w’'-]+)?";

/** What follows "password is" when no password does. */
const noPassword = oneOf(
  'a',
  'an',
  'the',
  'not',
  'no',
  'never',
  'wrong',
  'incorrect',
  'invalid',
  'expired',
  'expiring',
  'out',
  'too',
  'still',
  'being',
  'been',
  'currently',
  'now',
  'always',
  'also',
  'already',
  'just',
  'only',
  'really',
  'very',
  'required',
  'needed',
  'necessary',
  'missing',
  'lost',
  'forgotten',
  'stolen',
  'leaked',
  'compromised',
  'weak',
  'strong',
  'safe',
  'secure',
  'correct',
  'right',
  'fine',
  'ok',
  'okay',
  'good',
  'bad',
  'blocked',
  'locked',
  'reset',
  'changed',
  'updated',
  'saved',
  'rejected',
  'refused',
  'accepted',
  'recognized',
  'recognised',
  'working',
  'failing',
  'asked',
  'requested',
  'sent',
  'unknown',
  'different',
  'impossible',
  'hard',
  'easy',
  'something',
  'it',
  'that',
  'this',
  'what',
  'my',
  'your',
  'their',
  'his',
  'her',
  'our',
  'in',
  'on',
  'at',
  'by',
  'for',
  'from',
  'to',
  'and',
  'or',
  'but',
  'so',
  'because',
  'if',
  'when',
  'due',
  "doesn't",
  "isn't",
  "won't",
  'reset[- ]?link',
  'broken',
  'causing',
  'getting',
  'going',
  'longer',
  'short',
  'long',
  'case',
  'supposed',
  'probably',
  'same',
  'visible',
  'removed',
  '\\[removed\\]',
);
const digits = '\\d(?:[ -]?\\d){2,11}';
const spokenDigit = '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)';
const spokenDigits = `(?:double |triple )?${spokenDigit}(?:[ ,-]+(?:double |triple )?${spokenDigit}){2,11}`;
const codeValue = `(?:${digits}|${spokenDigits}|(?=[\\w-]*\\d)(?=[\\w-]*[a-z])[\\w-]{4,24})`;
const passwordValue = `(?!(?:${noPassword})(?![-\\w!@#$%^&*]))[^\\s"”’,;]*[^\\s"”’,;.?!]`;

/** In each the last group is the secret. */
const patterns: readonly RegExp[] = [
  // My password for the portal is sunshine
  new RegExp(
    `\\b(?:${passwordName})s?${what}\\s*(?:is|was|used to be|should be|i (?:used|tried|set|chose|have|use)(?: is| was)?|:|=|[’']s)\\s*(?:now |still |currently )?${quote}(${passwordValue})`,
    'gi',
  ),
  // password hunter22
  new RegExp(`\\b(?:${passwordName})\\s+${quote}((?=\\S*\\d)\\S*[^\\s"”’,;.?!])`, 'gi'),
  // PIN 4821, the code you sent me is 482 913
  new RegExp(`\\b(?:${pinName}|${codeName})${what}(?:${link}|\\s+)${quote}(${codeValue})`, 'gi'),
  new RegExp(
    `\\b(?:code|digits|number)(?: that| which)?(?: you(?:['’]ve)?| i(?:['’]ve)?| they| just| was| it)* (?:sent|texted|emailed|messaged|got|received|shows?)(?: (?:me|to me|us|to us|by (?:text|sms|email)|on my phone|in the (?:text|sms|app)|just now))*(?:,| is| was|:| says| reads|\\s)*${quote}(${codeValue})`,
    'gi',
  ),
  // 4821 is my PIN
  new RegExp(
    `(?<![\\w])(${codeValue})(?: is|,)? (?:my|the|their|our|his|her)(?: \\w+){0,2}? (?:${pinName}|${codeName}|${passwordName})\\b`,
    'gi',
  ),
  new RegExp(
    `\\b(?:use|used|try|tried|with|using|enter|entered|type|typed|chose|set) ${quote}((?=\\S*[\\d!@#$%^&*])\\S+?)["”’']? (?:as|for) (?:my|the|their|a|our)(?: \\w+)? (?:${passwordName}|${pinName})\\b`,
    'gi',
  ),
  // changed it from a password to hunter22
  new RegExp(
    `\\b(?:${passwordName}|${pinName})(?: \\w+){0,3}? (?:to|as|from) ${quote}((?=\\S*\\d)\\S*[^\\s"”’,;.?!])`,
    'gi',
  ),
  // it sent me 662910 as a code, my code is 662910
  /(?<![\w])(\d{4,8}|\d{3}[ -]\d{3}) as (?:a|the|my|our|their) (?:\w+ )?(?:code|pin|password|passcode)\b/gi,
  /\b(?:my|the|your|this) code (?:is|was|reads|says)[:,]? ["“‘']?(\d{3}[ -]\d{3}|\d{4,8})(?!\d)/gi,
  // user ana, password kittens
  new RegExp(
    `\\b(?:user(?: ?name)?|login|account)(?: is|:)? \\S{1,60},? (?:and )?(?:with )?(?:the |my )?(?:${passwordName}):? ${quote}(${passwordValue})`,
    'gi',
  ),
  // the text says 774201
  new RegExp(
    `\\b(?:text|sms|text message|authenticator(?: app)?|e-?mail with the code|app)(?: (?:message|that|which|i|you|we|just|got|received|sent|me|from you|on my phone))* (?:reads|says|said|shows|showed|contains|is|was|gives|gave)(?: me)?[:,]? ${quote}(\\d{3}[ -]?\\d{3}|\\d{4,8}|[A-Z]-\\d{4,8})(?![\\d.,-]*\\d)`,
    'gi',
  ),
  // answers of security questions
  /\b(?:security|secret) (?:question|answer|word)(?: \w+){0,6}?(?: is|:|,)\s*["“‘']?([^\s"”’.,;!?]+(?: [^\s"”’.,;!?]+){0,3})/gi,
  /\bmaiden name(?: is|:| was)\s*["“‘']?([^\s"”’.,;!?]+)/gi,
  /\b(?:seed|recovery|mnemonic|backup|secret) (?:phrase|words?)(?: \w+){0,3}?(?: is| are|:)\s*["“‘']?((?:[a-z]+[ ,]+){3,23}[a-z]+)/gi,
];

/** Passwords, PINs, one-time codes and the like, where they are named. */
export function findCredentials(text: string): Finding[] {
  const named = findNamed(text);
  return named.length > 0 ? named : findBeside(text);
}

const codeNamed = new RegExp(`\\b(?:${pinName}|${codeName})\\b`, 'i');
/** Neither a year, nor an amount, a date, a share, or another number with a name of its own. */
const bareCode =
  /(?<![\w$€£#.,/:+-])(?<!\b(?:in|since|until|order|number|no\.?|ref|code|apartment|apt|room|flat|suite|ext|zip|year|version|error) )(\d{4,8}|\d{3}[ -]\d{3})(?![\w%€£/:-]|[.,]\d| (?:euros?|dollars?|pounds|times|days|miles|points|people|\w+ (?:street|road|avenue)))/gi;

/** A code may stand anywhere in the sentence that says what it opens. */
function findBeside(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { 0: sentence, index } of text.matchAll(/[^.!?;\n]+/g)) {
    if (!codeNamed.test(sentence)) continue;
    for (const match of sentence.matchAll(bareCode)) findings.push(finding(index + match.index, match[0]));
  }
  return findings;
}

function findNamed(text: string): Finding[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => {
      const value = match.at(-1) ?? '';
      return finding(match.index + match[0].lastIndexOf(value), value);
    }),
  );
}

function finding(start: number, value: string): Finding {
  return { start, end: start + value.length, category: 'credentials', replacement: removed };
}
