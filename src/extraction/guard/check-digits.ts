/** The checks that numbers carry so that a mistyped one is noticed. All take digits only. */

/** Of payment cards and of many national numbers; one in ten other numbers passes. */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The sum of the digits times their weights; digits without a weight count nothing. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index] ?? 0), 0);
}

/** The remainder of a number that may be too long for arithmetic. */
export function remainder(digits: string, divisor: number): number {
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % divisor, 0);
}

/** Multiplication in the dihedral group of ten elements: rotations 0 to 4, reflections 5 to 9. */
function dihedral(a: number, b: number): number {
  const rotated = a < 5 ? a + b : a - b;
  const turn = ((rotated % 5) + 5) % 5;
  return a < 5 === b < 5 ? turn : turn + 5;
}

const verhoeffPermutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Verhoeff's check, of Aadhaar numbers. */
export function passesVerhoeff(digits: string): boolean {
  const permuted = (digit: number, times: number): number =>
    times === 0 ? digit : permuted(verhoeffPermutation[digit] ?? 0, times - 1);
  return (
    [...digits]
      .reverse()
      .reduce((check, digit, index) => dihedral(check, permuted(Number(digit), index % 8)), 0) === 0
  );
}

/** ISO 7064 MOD 11,10. */
export function passesMod11And10(digits: string): boolean {
  const product = [...digits.slice(0, -1)].reduce((last, digit) => {
    const sum = (Number(digit) + last) % 10 || 10;
    return (sum * 2) % 11;
  }, 10);
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** Whether month and day can be those of a date; a leap year is given the benefit of the doubt. */
export function isMonthAndDay(month: number, day: number): boolean {
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}
