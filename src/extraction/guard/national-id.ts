import { type Finding, removed } from './category.ts';
import { digitRuns, windowsOf } from './digit-run.ts';
import { nationalIdFormats } from './national-id-format.ts';
import { oneOf } from './statement.ts';

/** Numbers of these kinds are meant by their form too, and are wanted. */
const otherBefore =
  /\b(?:order|tracking|parcel|shipment|package|consignment|waybill|reference|ref|invoice|serial|imei|ticket|case|booking|confirmation|loyalty|part|product|sku|phone|mobile|cell|tel|number to call|call me (?:at|on))(?: (?:number|no\.?|id|code))?[\s,:#]*(?:is|was)?[\s:#]*$/i;

/** What the numbers of persons are called, by themselves or by the paper on which they stand. */
const idName = oneOf(
  "(?:(?:my|the|his|her|their|your|customer's) )?social(?: security)?(?: (?:number|no\\.?))?",
  'ssn',
  'itin',
  '(?:social|national) insurance(?: number| no\\.?)?',
  'nino?\\b',
  'national (?:id|identity|identification)(?: card)?(?: number| no\\.?)?',
  'id card(?: number| no\\.?)?',
  'identity (?:card|number|document)(?: number| no\\.?)?',
  '(?:government|citizen|personal|state)(?:-issued)? (?:id|identification|identity)(?: card)?(?: number| no\\.?| code)?',
  'passport(?: number| no\\.?)?',
  "(?:driver|driving)[’']?s?[’']? licen[cs]e(?: number| no\\.?)?",
  'tax(?:payer)? (?:id|file|identification)(?: number| no\\.?)?',
  'aadha+r(?: card)?(?: number| no\\.?)?',
  'pan (?:card|number)(?: number)?',
  'cpf',
  'dni',
  'nie',
  'nif',
  'curp',
  'rut',
  'bsn',
  'tfn',
  'pesel',
  'amka',
  'oib',
  'cnp',
  'nric',
  'nhs number',
  'medicare(?: card)?(?: number| no\\.?)?',
  'codice fiscale',
  'personnummer',
  'steuer-?id(?:entifikationsnummer)?',
  't\\.?c\\.? kimlik(?: no)?',
  'num[eé]ro de s[eé]curit[eé] sociale',
  'residence permit(?: number| no\\.?)?',
  'voter id(?: number)?',
);
const named = new RegExp(
  `\\b(?:${idName})(?: (?:on|for|in) (?:[\\w'’-]+ ){0,2}?[\\w'’-]+)?(?:[\\s,:#]|number|no\\.?|is|it's|was|ends? (?:in|with)|ending (?:in|with)|last (?:four|4)(?: digits)?|of mine|digits|are|[’']s){0,9}?[\\s:#]{1,3}((?!(?:is|was|no|are|of|my|in)\\b)(?=[A-Z\\d./ -]{0,12}\\d)[A-Z]{0,3}[ -]?\\d(?:[ ./-]?[A-Z\\d]){3,19})(?![\\p{L}\\d])`,
  'giu',
);
const namedBefore = new RegExp(`\\b(?:${idName})[^\\d.!?]{0,40}$`, 'i');
const spokenMin = 8;
const spokenMax = 18;

/** Numbers under which a state knows a person: by their form and check digits, or because the text says what they are. */
export function findNationalIds(text: string): Finding[] {
  const written = /\d/.test(text) ? [...findByFormat(text), ...findByName(text)] : [];
  return [...written, ...findReadOut(text)];
}

function findByFormat(text: string): Finding[] {
  return nationalIdFormats
    .filter(({ named: name }) => name === undefined || name.test(text))
    .flatMap(({ pattern, isValid }) =>
      [...text.matchAll(pattern)]
        .filter(({ 0: id, index }) => isValid(compact(id)) && !otherBefore.test(before(text, index)))
        .map(({ 0: id, index }) => finding(index, id.length)),
    );
}

function findByName(text: string): Finding[] {
  return [...text.matchAll(named)].flatMap((match) => {
    const value = match[1] ?? '';
    if (!isLikeAnId(value)) return [];
    return finding(match.index + match[0].lastIndexOf(value), value.length);
  });
}

/** Some have letters among their digits. */
function isLikeAnId(value: string): boolean {
  const digits = value.replace(/\D/g, '').length;
  return digits >= 4 || (digits >= 2 && /^[A-Z\d]{6,}$/.test(value));
}

/** Spoken numbers are taken for what the words before them say. */
function findReadOut(text: string): Finding[] {
  return digitRuns(text).flatMap((run) => {
    const [whole] = windowsOf(run, spokenMin, spokenMax);
    if (!whole || whole.start !== run.start || !namedBefore.test(before(text, run.start))) return [];
    return finding(whole.start, whole.end - whole.start);
  });
}

function before(text: string, index: number): string {
  return text.slice(Math.max(0, index - 80), index);
}

function compact(id: string): string {
  return id.replace(/[ ./-]/g, '').toUpperCase();
}

function finding(start: number, length: number): Finding {
  return { start, end: start + length, category: 'national-ids', replacement: removed };
}
