import {
  isMonthAndDay,
  passesLuhn,
  passesMod11And10,
  passesVerhoeff,
  remainder,
  weightedSum,
} from './check-digits.ts';

/** The form of one country's number for a person. */
export interface NationalIdFormat {
  /** ISO 3166 code. */
  readonly country: string;
  /** Finds candidates; global. Separators may stand between the characters. */
  readonly pattern: RegExp;
  /** Takes the candidate in capitals without separators. */
  isValid(id: string): boolean;
  /** The number is an ordinary one by its form, and counts only where the text says what it is. */
  readonly named?: RegExp;
}

const eleven = /(?<![\d+.-])\d{11}(?![\d-])/g;
const always = () => true;
const pair = (id: string, at: number) => Number(id.slice(at, at + 2));
/** Years, months and days at the start of a number; `monthOf` undoes what some countries add to the month. */
const startsWithDate = (id: string, monthOf = (month: number) => month) =>
  isMonthAndDay(monthOf(pair(id, 2)), pair(id, 4));
const mod11Digit = (digits: string, weights: readonly number[]) =>
  (11 - (weightedSum(digits, weights) % 11)) % 11;

const spanishLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
const italianOdd = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
const finnishCheck = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Position of a letter in the alphabet, or the digit itself. */
function italianValue(character: string): number {
  return /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
}

function isItalian(id: string): boolean {
  const sum = [...id.slice(0, 15)].reduce((total, character, index) => {
    const value = italianValue(character);
    return total + (index % 2 === 0 ? (italianOdd[value] ?? 0) : value);
  }, 0);
  return String.fromCharCode(65 + (sum % 26)) === id.at(-1);
}

function isBrazilian(id: string): boolean {
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, index) => length + 1 - index);
    return ((weightedSum(id, weights) * 10) % 11) % 10;
  };
  return !/^(\d)\1*$/.test(id) && check(9) === Number(id[9]) && check(10) === Number(id[10]);
}

function isFrench(id: string): boolean {
  const digits = id.replace('2A', '19').replace('2B', '18');
  return 97 - remainder(digits.slice(0, 13), 97) === Number(digits.slice(13));
}

function isTurkish(id: string): boolean {
  const tenth = ((weightedSum(id, [7, -1, 7, -1, 7, -1, 7, -1, 7]) % 10) + 10) % 10 === Number(id[9]);
  return id[0] !== '0' && tenth && weightedSum(id, Array(10).fill(1)) % 10 === Number(id[10]);
}

function isChinese(id: string): boolean {
  const sum = weightedSum(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return isMonthAndDay(pair(id, 10), pair(id, 12)) && '10X98765432'[sum % 11] === id.at(-1);
}

function isPolish(id: string): boolean {
  const check = (10 - (weightedSum(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
  return startsWithDate(id, (month) => month % 20) && check === Number(id[10]);
}

function isNorwegian(id: string): boolean {
  const first = mod11Digit(id, [3, 7, 6, 1, 8, 9, 4, 5, 2]) === Number(id[9]);
  const second = mod11Digit(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) === Number(id[10]);
  return first && second && isMonthAndDay(pair(id, 2), pair(id, 0) % 40);
}

/** One digit of the first ten comes twice or three times, which other numbers seldom have. */
function isGerman(id: string): boolean {
  const repeated = 10 - new Set(id.slice(0, 10)).size;
  return id[0] !== '0' && (repeated === 1 || repeated === 2) && passesMod11And10(id);
}

function isBelgian(id: string): boolean {
  const check = Number(id.slice(9));
  const first = id.slice(0, 9);
  return startsWithDate(id) && [first, `2${first}`].some((digits) => 97 - remainder(digits, 97) === check);
}

function isSwiss(id: string): boolean {
  const sum = weightedSum(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
  return (10 - (sum % 10)) % 10 === Number(id[12]);
}

function isSingaporean(id: string): boolean {
  const offset = { T: 4, G: 4, M: 3 }[id[0] ?? ''] ?? 0;
  const rest = (weightedSum(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
  const letters = {
    S: 'JZIHGFEDCBA',
    T: 'JZIHGFEDCBA',
    F: 'XWUTRQPNMLK',
    G: 'XWUTRQPNMLK',
    M: 'KLJNPQRTUWX',
  };
  // The pattern lets only these first letters through.
  return letters[id[0] as keyof typeof letters][rest] === id.at(-1);
}

function isChilean(id: string): boolean {
  const digits = [...id.slice(0, -1)].reverse().join('');
  const check = mod11Digit(digits, [2, 3, 4, 5, 6, 7, 2, 3]);
  return (check === 10 ? 'K' : String(check)) === id.at(-1);
}

function isRomanian(id: string): boolean {
  const rest = weightedSum(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return startsWithDate(id.slice(1)) && (rest === 10 ? 1 : rest) === Number(id[12]);
}

function isIrish(id: string): boolean {
  const second = id[8] === undefined || id[8] === 'W' ? 0 : id.charCodeAt(8) - 64;
  return 'WABCDEFGHIJKLMNOPQRSTUV'[(weightedSum(id, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === id[7];
}

/** Numbers for persons whose form or check digits tell them from others. */
export const nationalIdFormats: readonly NationalIdFormat[] = [
  {
    country: 'US',
    pattern: /(?<![\d-])(?!000|666)(?:[0-8]\d{2}-(?!00)\d{2}|9\d{2}-[5-9]\d)-(?!0000)\d{4}(?![\d-])/g,
    isValid: always,
  },
  {
    country: 'ES',
    pattern: /\b(?:\d{8}|[XYZ][ -]?\d{7})[ -]?[A-Z]\b/gi,
    isValid: (id) => {
      const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
      return spanishLetters[Number(number) % 23] === id.at(-1);
    },
  },
  { country: 'IT', pattern: /\b[A-Z]{6} ?\d{2}[A-EHLMPRST]\d{2} ?[A-Z]\d{3}[A-Z]\b/gi, isValid: isItalian },
  { country: 'BR', pattern: /(?<![\d+])(?:\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11})(?!\d)/g, isValid: isBrazilian },
  {
    country: 'IN',
    pattern: /(?<![\d+-])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![\d-])(?! \d{4})/g,
    isValid: passesVerhoeff,
  },
  {
    country: 'IN',
    pattern: /(?<!\d)[2-9]\d{11}(?!\d)/g,
    isValid: passesVerhoeff,
    named: /\baadha+r\b|\buid\b/i,
  },
  { country: 'IN', pattern: /\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b/g, isValid: always, named: /\bpan\b/i },
  {
    country: 'GB',
    pattern: /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi,
    isValid: always,
  },
  {
    country: 'FR',
    pattern: /(?<!\d)[12][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}(?!\d)/gi,
    isValid: isFrench,
  },
  { country: 'TR', pattern: eleven, isValid: isTurkish },
  { country: 'CN', pattern: /(?<!\d)\d{17}[\dX](?!\d)/gi, isValid: isChinese },
  { country: 'PL', pattern: eleven, isValid: isPolish },
  {
    country: 'SE',
    pattern: /(?<![\d+-])(?:19|20)?\d{6}[-+]?\d{4}(?![\d-])/g,
    isValid: (id) => {
      const last = id.slice(-10);
      // Of people who are not registered as residents the day is 60 higher.
      return isMonthAndDay(pair(last, 2), pair(last, 4) % 60) && passesLuhn(last);
    },
  },
  { country: 'NO', pattern: /(?<![\d+.-])\d{6} ?\d{5}(?![\d-])/g, isValid: isNorwegian },
  {
    country: 'DK',
    pattern: /(?<![\d-])\d{6}[- ]?\d{4}(?![\d-])/g,
    isValid: (id) => isMonthAndDay(pair(id, 2), pair(id, 0)),
    named: /\bcpr\b|personnummer/i,
  },
  {
    country: 'FI',
    pattern: /\b\d{6}[-+A]\d{3}[0-9A-Y]\b/gi,
    isValid: (id) => {
      const number = id.slice(0, 6) + id.slice(-4);
      return finnishCheck[Number(number.slice(0, 9)) % 31] === number[9];
    },
  },
  { country: 'DE', pattern: /(?<![\d+.-])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\d-])/g, isValid: isGerman },
  { country: 'BE', pattern: /(?<!\d)\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}(?!\d)/g, isValid: isBelgian },
  {
    country: 'NL',
    pattern: /(?<![\d+])\d{4}[. ]?\d{2}[. ]?\d{3}(?!\d)/g,
    isValid: (id) => weightedSum(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    named: /\bbsn\b|burgerservicenummer|sofinummer/i,
  },
  { country: 'CH', pattern: /(?<!\d)756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?!\d)/g, isValid: isSwiss },
  {
    country: 'CA',
    pattern: /(?<![\d+])\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)/g,
    isValid: passesLuhn,
    named: /\bsin\b|social insurance/i,
  },
  { country: 'MX', pattern: /\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d\b/gi, isValid: always },
  { country: 'CL', pattern: /(?<!\d)\d{1,2}\.\d{3}\.\d{3}-[\dK]\b/gi, isValid: isChilean },
  {
    country: 'ZA',
    pattern: /(?<!\d)\d{6} ?\d{4} ?[01][89] ?\d(?!\d)/g,
    isValid: (id) => startsWithDate(id) && passesLuhn(id),
  },
  { country: 'KR', pattern: /(?<![\d-])\d{6}-[1-8]\d{6}(?![\d-])/g, isValid: (id) => startsWithDate(id) },
  { country: 'SG', pattern: /\b[STFGM]\d{7}[A-Z]\b/gi, isValid: isSingaporean },
  { country: 'RO', pattern: /(?<!\d)[1-8]\d{12}(?!\d)/g, isValid: isRomanian },
  {
    country: 'CZ',
    pattern: /(?<!\d)\d{6}\/\d{4}(?!\d)/g,
    isValid: (id) => startsWithDate(id, (month) => (month % 50) % 20) && remainder(id, 11) === 0,
  },
  { country: 'IE', pattern: /\b\d{7}[A-W][A-IW]?\b/gi, isValid: isIrish },
  {
    country: 'GR',
    pattern: eleven,
    isValid: (id) => isMonthAndDay(pair(id, 2), pair(id, 0)) && passesLuhn(id),
  },
  {
    country: 'AU',
    pattern: /(?<!\d)\d{3} ?\d{3} ?\d{3}(?!\d)/g,
    isValid: (id) => weightedSum(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    named: /\btfn\b|tax file/i,
  },
];
