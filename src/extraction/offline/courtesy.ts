import { being, containing, oneOf, startingWith } from './patterns.ts';

/**
 * What an utterance answers before it says anything: taken up, turned down, or neither. "Okay" and "great" may take up what was
 * offered, or only say that it was heard.
 */
export type Reply = 'accept' | 'acknowledge' | 'decline' | undefined;

export interface Trimmed {
  readonly reply: Reply;
  /** What is left when greetings, thanks, fillers and the bare yes or no are gone. */
  readonly rest: string;
}

/** Goes on to the next punctuation mark. */
const onward = '[^,.;!?]*';

const greetings = startingWith(
  '(?:hi|hello|hey(?: ho)?|howdy|hiya|greetings)(?: (?:there|again|everyone|all|team))?',
  'good (?:morning|afternoon|evening|day|night)(?: (?:everyone|all|team))?',
  'dear (?:sir|madam|team|all)',
);

const thanks = startingWith(
  `(?:(?:many |lots of )?thanks?|thank ?you|thx|ty|cheers|much appreciated)(?![\\p{L}\\p{N}])${onward}`,
  `i (?:really |do |would )?appreciate(?![\\p{L}\\p{N}])${onward}`,
);

const closings = startingWith(
  "(?:and |so |but |i think |i guess )?(?:that|this|it)(?:'s|s| is| was|'ll be| will be| would be| will)?(?: about| do)?(?: all| it| everything)(?![\\p{L}\\p{N}])[^.;!?]*",
  `that(?:'s| is) what i(?: was)? (?:need|want|look)${onward}`,
  '(?:bye(?: bye)?|goodbye)',
  `(?:see (?:you|ya)|take care|nothing(?: else| more)?)${onward}`,
  `have an? ${onward}(?:day|night|evening|one|weekend|afternoon|morning|time|week)`,
  'no worries',
  'no problem',
  "you(?:'re| are) welcome",
  'talk (?:to you )?(?:soon|later)',
  `(?:i(?:'m| am|'ll| will)? )?(?:be )?look(?:ing)? forward${onward}`,
  "i(?:'m| am) (?:all )?(?:good|done|set)(?: now| for now| then)?",
  `(?:i )?(?:don't|dont|do not|won't) need (?:anything|any more|more|any other|any further)${onward}`,
);

const apologies = [
  `(?:i(?:'m| am)|we(?:'re| are)) (?:so |very |really |afraid |terribly )*(?:sorry|afraid)(?: to (?:hear|say)${onward})?(?: for ${onward})?(?: but| that)?`,
  `(?:my|our) (?:sincere )?apologies(?: for ${onward})?`,
  `(?:i|we) apologi[sz]e(?: for ${onward})?`,
];

const fillers = startingWith(
  ...apologies,
  'and|but|so|then|also|well|actually|now|please|kindly|anyway|first(?:ly)?|besides|maybe|unfortunately',
  'oh|ah|aha|hm+|um+|uh+|er|wow|haha|lol|oops|my bad|sorry|excuse me|congrat(?:ulation)?s',
  "by the way|btw|in that case|on second thoughts?|let's see|you know|i mean|i guess|i think|for sure",
  'hold on|wait|one moment|just a (?:moment|minute|second)|not (?:a )?problem',
  'i see(?: that)?|i understand|understood|(?:i )?got it|noted|gotcha|cool beans|(?:all )?done',
);

const praise = oneOf(`
  good great fine perfect ok okay right correct nice wonderful lovely excellent true cool awesome acceptable amazing fantastic
  alright all\\sright ideal interesting brilliant super terrific
`);
const degree = '(?:just |very |so |really |quite |pretty |totally |absolutely |all |a |an |nice and )*';
const towardsMe = '(?: (?:for|with|by|to) me| enough| option| choice| idea| one)*';
const it = '(?:that|this|it|which|those|these)(?: (?:one|option|date|time|place|flight))?';
const copula =
  "(?:'s|s| is| are| was|'ll be| will be| would be| should be| seems?| sounds?| looks?| seems to be)";
const modal = "(?: will|'ll| would| should| does| can)?";

const acceptances = startingWith(
  "yes(?: sir| ma'am)?|yeah|yea|yep|yup|ya|sure(?: thing)?|ok(?:ay)?|okey|k|deal|confirmed?",
  'absolutely|definitely|of course|certainly|exactly|indeed|agreed|affirmative|right|correct',
  'please do(?: so)?|go ahead|go for it|you can (?:proceed|go ahead)|proceed|do (?:it|that|so)|why not',
  `${degree}${praise}${towardsMe}`,
  `${it}${copula} ${degree}(?:${praise}|it|what i (?:want|need)(?:ed)?|the one)${towardsMe}`,
  `${it}${modal}(?: just)? (?:works?|do|suits?|be fine)${towardsMe}(?: just)?(?: fine| well| great| perfectly| nicely)?`,
  `(?:sounds?|looks?|seems?|works?) ${degree}(?:${praise}|like a plan)${towardsMe}`,
  'works for me|suits me',
  "i (?:would |'d |really |do |quite )*(?:like|love|want|take|will take|'ll take|prefer) (?:it|that|this|that one|this one|those)(?: one)?(?: very much| a lot)?(?! if\\b)",
  "i(?:'ll| will) (?:take|have|go with) (?:it|that|this)(?: one| option)?",
  "i(?:'m| am) (?:fine|good|happy|ok|okay) with (?:that|it|this)",
  "you(?:'re| are| got| have| have got) (?:it |that )?(?:right|correct)",
);
const acknowledgements = being(
  'ok(?:ay)?|okey|k|alright|all right|cool|great|good|fine|nice|right|awesome|wonderful|excellent',
);
/** "Fine dining" and "No one came" start with an answer word that is no answer. */
const heads = startingWith(
  `\\s+${oneOf('dining morning afternoon evening now away one price deal news service quality size colou?r item product side hand')}`,
  '\\s+on the',
);

const refusals = startingWith(
  'not (?:at|right|for) (?:now|this time|the moment|this moment)',
  'not (?:now|today|yet)',
  'maybe later',
  'no|nope|nah|naw|negative|wrong|never ?mind',
  'not (?:really|interested|quite|that one|this one|exactly)',
  "i(?:'d| would) rather not",
  "i (?:don't|dont|do not) (?:like|want) (?:it|that|this)(?: one)?",
  "(?:that|it|this) (?:doesn't|does not|won't) work(?: for me)?",
);

/** Looking for something else: turns down what was offered, and says nothing by itself. */
const alternatives = containing(
  '(?:(?:some|any)(?:thing|one|where)|what|who) (?:else|different)',
  'other \\p{L}+s?',
  'another \\p{L}+',
  'more options',
  'different (?:one|option)',
  '(?:keep|continue) (?:looking|searching)',
);

/** The name of whoever is greeted or thanked. */
const vocative = /^,? \p{Lu}\p{Ll}+(?=\s*[,.!?]|$)/u;
const edges = /^[\s,.;:!?…–—-]+/u;
const politeEnd =
  /[\s,]*(?:please|thanks?(?: (?:you|a lot|so much))?|if (?:possible|you can|you could)|for me)[\s.!?]*$/i;
const openersMax = 12;

/** Takes courtesies and the bare answer off the front of a sentence, and what is polite off its end. */
export function trimCourtesy(sentence: string): Trimmed {
  let rest = sentence;
  let reply: Reply;
  for (let step = 0; step < openersMax; step += 1) {
    rest = rest.replace(edges, '');
    const opener = readOpener(rest);
    if (!opener) break;
    reply = strongerReply(reply, opener.reply);
    rest = rest.slice(opener.length);
  }
  rest = rest.replace(politeEnd, (end) => (end.includes('?') ? '?' : ''));
  return { reply, rest: rest.trim() };
}

function readOpener(text: string): { readonly reply: Reply; readonly length: number } | undefined {
  const addressed = greetings.exec(text) ?? thanks.exec(text);
  if (addressed) {
    const [greeting] = addressed;
    const name = vocative.exec(text.slice(greeting.length))?.[0] ?? '';
    return { reply: undefined, length: greeting.length + name.length };
  }
  const courtesy = closings.exec(text) ?? fillers.exec(text);
  if (courtesy) return { reply: undefined, length: courtesy[0].length };
  const accepted = acceptances.exec(text)?.[0];
  if (accepted !== undefined) {
    if (heads.test(text.slice(accepted.length))) return undefined;
    return { reply: acknowledgements.test(accepted) ? 'acknowledge' : 'accept', length: accepted.length };
  }
  const refused = refusals.exec(text)?.[0];
  return refused === undefined ? undefined : { reply: 'decline', length: refused.length };
}

/** The first answer counts, but "okay, yes" is a yes. */
export function strongerReply(first: Reply, second: Reply): Reply {
  return first === undefined || (first === 'acknowledge' && second !== undefined) ? second : first;
}

/** Whether the speaker asks for alternatives to what was offered. */
export function asksForAlternatives(text: string): boolean {
  return alternatives.test(text);
}
