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

const praise =
  'good|great|fine|perfect|ok|okay|right|correct|nice|wonderful|lovely|excellent|true|cool|awesome|acceptable|amazing|fantastic|alright|' +
  'all right|ideal|interesting|brilliant|super|terrific';
const degree = '(?:just |very |so |really |quite |pretty |totally |absolutely |all |a |an |nice and )*';
const towardsMe = '(?:(?: (?:for|with|by|to) me| enough| option| choice| idea| one)*)';
const it = '(?:that|this|it|which|those|these)(?:\\s+(?:one|option|date|time|place|flight))?';
const copula =
  "(?:'s|’s|s| is| are| was|'ll be|’ll be| will be| would be| should be| seems?| sounds?| looks?| seems to be)";

const greetings =
  /^(?:hi|hello|hey(?: ho)?|howdy|hiya|greetings|good (?:morning|afternoon|evening|day|night)|dear (?:sir|madam|team|all))(?: (?:there|again|everyone|all|team))?(?![\p{L}\p{N}])/iu;
const thanks =
  /^(?:(?:many |lots of )?thanks?|thank ?you|thx|ty|cheers|much appreciated|i (?:really |do |would )?appreciate)(?![\p{L}\p{N}])[^,.;!?]*/iu;
const closings =
  /^(?:(?:and |so |but |i think |i guess )?(?:that|this|it)(?:'s|’s|s| is| was|'ll be|’ll be| will be| would be| will)?(?: about| do)?(?: all| it| everything)(?![\p{L}\p{N}])[^.;!?]*|bye(?: bye)?|goodbye|see (?:you|ya)[^,.;!?]*|take care[^,.;!?]*|have an? [^,.;!?]*(?:day|night|evening|one|weekend|afternoon|morning|time|week)|nothing(?: else| more)?[^,.;!?]*|no worries|no problem|you(?:'re|’re| are) welcome|talk (?:to you )?(?:soon|later)|(?:i(?:'m|’m| am|'ll|’ll| will)? )?(?:be )?look(?:ing)? forward[^,.;!?]*|i(?:'m| am) (?:all )?(?:good|done|set)(?: now| for now| then)?|(?:i )?(?:don'?t|do not|won'?t) need (?:anything|any more|more|any other|any further)[^,;.!?]*|not? (?:at|right|for) (?:now|this time|the moment|this moment)|not (?:now|today|yet)|maybe later|that(?:'s|’s| is) what i(?: was)? (?:need|want|look)[^,.;!?]*)(?![\p{L}\p{N}])/iu;
const fillers =
  /^(?:and|but|so|then|also|well|oh|ah|aha|hmm+|um+|uh+|er|actually|now|please|kindly|sorry|excuse me|by the way|btw|(?:i(?:'m|’m| am)|we(?:'re|’re| are)) (?:so |very |really |afraid |terribly )*(?:sorry|afraid)(?: to (?:hear|say)[^,.;!?]*)?(?: for [^,.;!?]*)?(?: but| that)?|(?:my|our) (?:sincere )?apologies(?: for [^,.;!?]*)?|(?:i|we) apologi[sz]e(?: for [^,.;!?]*)?|unfortunately|in that case|on second thoughts?|let(?:'s|’s) see|you know|i mean|i guess|i think|wow|haha|lol|hold on|wait|one moment|just a (?:moment|minute|second)|not (?:a )?problem|anyway|first(?:ly)?|besides|for sure|i see(?: that)?|i understand|understood|got it|noted|i got it|gotcha|done|all done|congrat(?:ulation)?s|cool beans|oops|my bad|maybe)(?![\p{L}\p{N}'’-])/iu;

const acceptances = new RegExp(
  '^(?:' +
    [
      "yes|yeah|yea|yep|yup|ya|yes sir|yes ma'am|sure(?: thing)?|ok(?:ay)?|okey|k|right|correct|absolutely|definitely|of course|certainly|exactly|indeed|agreed|affirmative|please do(?: so)?|go ahead|go for it|you can (?:proceed|go ahead)|proceed|do (?:it|that|so)|why not|deal|confirmed?",
      `${degree}(?:${praise})${towardsMe}`,
      `${it}${copula} ${degree}(?:${praise}|it|what i (?:want|need)(?:ed)?|the one|interesting)${towardsMe}`,
      `${it}(?: will|'ll|’ll| would| should| does| can)?(?: just)? (?:works?|do|suits?|be fine)${towardsMe}(?: just)?(?: fine| well| great| perfectly| nicely)?`,
      `(?:sounds?|looks?|seems?|works?) ${degree}(?:${praise}|like a plan)${towardsMe}`,
      `works for me|suits me`,
      `i (?:would |'d |really |do |quite )*(?:like|love|want|take|will take|'ll take|prefer) (?:it|that|this|that one|this one|those)(?: one)?(?: very much| a lot)?`,
      `i(?:'ll|’ll| will) (?:take|have|go with) (?:it|that|this)(?: one| option)?`,
      `i(?:'m| am) (?:fine|good|happy|ok|okay) with (?:that|it|this)`,
      `you(?:'re|’re| are| got| have| have got) (?:it |that )?(?:right|correct)`,
    ].join('|') +
    ")(?![\\p{L}\\p{N}'’])",
  'iu',
);
const acknowledgements =
  /^(?:ok(?:ay)?|okey|k|alright|all right|cool|great|good|fine|nice|right|awesome|wonderful|excellent)$/i;
const refusals =
  /^(?:no|nope|nah|naw|negative|not (?:really|interested|quite|that one|this one|exactly)|wrong|never ?mind|i(?:'d| would) rather not|i don'?t (?:like|want) (?:it|that|this)(?: one)?|(?:that|it|this) (?:doesn'?t|does not|won'?t) work(?: for me)?)(?![\p{L}\p{N}])/iu;
const edges = /^[\s,.;:!?…–—-]+/u;

/** Looking for something else: turns down what was offered, and says nothing by itself. */
const alternatives =
  /(?:(?:some|any)(?:thing|one|where)|what|who) (?:else|different)|(?:any|some|an)? ?other (?:one|option|choice|alternative|result|suggestion|idea)s?|another (?:one|option|choice|suggestion|time)|more options|\bother \p{L}+s\b|another \p{L}+\b|different (?:one|option)|anything else|(?:keep|continue) (?:looking|searching)/iu;

const openersMax = 12;

/** Takes courtesies and the bare answer off the front of a sentence. */
export function trimCourtesy(sentence: string): Trimmed {
  let rest = sentence;
  let reply: Reply;
  for (let step = 0; step < openersMax; step += 1) {
    rest = rest.replace(edges, '');
    const ending = greetings.exec(rest) ?? closings.exec(rest) ?? thanks.exec(rest) ?? fillers.exec(rest);
    const accepted = ending ? undefined : acceptances.exec(rest);
    const refused = ending || accepted ? undefined : refusals.exec(rest);
    const match = ending ?? accepted ?? refused;
    if (!match || (accepted && isHead(rest, accepted[0]))) break;
    if (accepted && (reply === undefined || reply === 'acknowledge'))
      reply = acknowledgements.test(accepted[0]) ? 'acknowledge' : 'accept';
    if (refused) reply ??= 'decline';
    rest = rest.slice(match[0].length);
  }
  rest = rest.replace(
    /[\s,]*(?:please|thanks?(?: (?:you|a lot|so much))?|if (?:possible|you can|you could)|for me)[\s.!?]*$/i,
    (end) => (/\?/.test(end) ? '?' : ''),
  );
  return { reply, rest: rest.trim() };
}

/** "Fine dining" and "No one came" start with an answer word that is no answer. */
function isHead(text: string, answer: string): boolean {
  return (
    !/[,.;!?]$/.test(answer) &&
    /^\s+(?:dining|morning|afternoon|evening|now|away|one|on the|price|deal|news|service|quality|size|colou?r|item|product|side|hand|price)\b/i.test(
      text.slice(answer.length),
    )
  );
}

/** Whether the speaker asks for alternatives to what was offered. */
export function asksForAlternatives(text: string): boolean {
  return alternatives.test(text);
}
