/** Payment card numbers: 13 to 19 digits, in groups or not. */
const cardNumber = /(?<![\d-])[3-6](?:[ -]?\d){12,18}(?![\d-]*\d)/g;
/** What is asked for or given under these names is never remembered. */
const secretName =
  'pass ?(?:word|code|phrase)|pin(?: (?:code|number))?|cvv|cvc|security code|social security(?: number)?|ssn|card number|one.?time (?:code|password)|otp|verification code|expiry date|expiration date';
const secretLabel = new RegExp(`\\b(?:${secretName})\\b`, 'i');
const secretGiven = new RegExp(
  `(\\b(?:${secretName})\\b(?:(?: for [\\w ]{1,30}?)? (?:is|was)|\\s*[:=])\\s*)(?=\\S*(?:\\d|[^\\w\\s.,;:!?'’]))\\S+`,
  'gi',
);
const socialSecurityNumber = /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g;

/**
 * The text without payment card numbers, passwords and codes. They serve nobody as memories, and whoever may read a profile
 * should not find them there. Runs before any extractor, so that no provider sees them either.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(cardNumber, (digits) => (isCardNumber(digits) ? `[card ending in ${lastFour(digits)}]` : digits))
    .replace(socialSecurityNumber, '[removed]')
    .replace(secretGiven, '$1[removed]');
}

/** Whether an answer under this name is a secret. */
export function isSecretLabel(label: string): boolean {
  return secretLabel.test(label);
}

function lastFour(digits: string): string {
  return digits.replace(/\D/g, '').slice(-4);
}

/** Luhn's check, which one in ten other numbers passes. */
function isCardNumber(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Health, belief, origin, politics, sexuality and union membership, said of a person in so many words. */
const specialCategories =
  /\b(?:diagnosed with|suffer(?:s|ing)? from|(?:has|have|having) (?:a |an )?(?:cancer|diabetes|hiv|aids|epilepsy|asthma|depression|anxiety|adhd|autism|dementia|disability|bipolar\b.*|ptsd)|(?:is|are) (?:pregnant|disabled|hiv.positive|diabetic|epileptic|autistic|bipolar|depressed)|(?:is|are) (?:an? )?(?:gay|lesbian|bisexual|transgender|queer|straight|asexual|catholic|protestant|muslim|jewish|jew|hindu|buddhist|sikh|atheist|evangelical|mormon|democrat|republican|communist|socialist|union member)|(?:votes?|voted) (?:for|against)|(?:their|his|her) (?:religion|faith|ethnicity|race|sexual orientation|gender identity|political (?:views?|party)|trade union|diagnosis|medical (?:condition|history))|(?:takes?|taking|on) medication|in rehab|anti.?depressants?|chemotherapy|insulin)\b/i;

/** Whether an observation says something of a special category of personal data, which is not kept (memory-semantics section 18). */
export function isSpecialCategory(content: string): boolean {
  return specialCategories.test(content);
}
