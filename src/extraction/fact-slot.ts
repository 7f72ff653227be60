/** A fact of which a customer has one at a time: what it is about, and its value. */
export interface FactSlot {
  readonly name: string;
  readonly value: string;
}

const label =
  '((?:full |preferred |first |last )?name|e-?mail(?: address)?|(?:mobile |cell )?phone(?: number)?|username|(?:home |postal |mailing |shipping |billing |delivery )?address|postal code|zip code|membership level|birthday|date of birth|(?:preferred )?language|preferred (?:contact method|channel)|job|occupation|employer|company)';
const customer = '(?:(?:the )?customer)';
const named = new RegExp(
  `^(?:${customer}(?:'s)? |their )?${label}\\s*(?::|is|is now|changed to|was changed to|has changed to)\\s+(.+)$`,
  'i',
);
const verbs: readonly (readonly [string, RegExp])[] = [
  [
    'home',
    new RegExp(
      `^(?:${customer} )?(?:(?:now|currently|recently|just|has|have) )*(?:lives?|living|is living|is based|resides?|moved|moving|is moving|relocated|live) (?:now )?(?:in|to|at) (.+)$`,
      'i',
    ),
  ],
  [
    'employer',
    new RegExp(`^(?:${customer} )?(?:(?:now|currently|recently|just) )*works (?:for|at) (.+)$`, 'i'),
  ],
];

const synonyms: readonly (readonly [RegExp, string])[] = [
  [/^(?:full )?name$/, 'name'],
  [/^e-?mail/, 'email'],
  [/phone/, 'phone'],
  [/^(?:home )?address$/, 'address'],
  [/^(?:postal|mailing) address$/, 'mailing address'],
  [/^(?:postal|zip) code$/, 'postal code'],
  [/^(?:job|occupation)$/, 'occupation'],
  [/^(?:employer|company)$/, 'employer'],
];

/** The slot that an observation about the customer fills; undefined for everything that may be said more than once. */
export function factSlotOf(content: string): FactSlot | undefined {
  const text = content.trim().replace(/\.$/, '');
  const byName = named.exec(text);
  if (byName?.[1] && byName[2]) {
    const written = byName[1].toLowerCase();
    return { name: synonyms.find(([pattern]) => pattern.test(written))?.[1] ?? written, value: byName[2] };
  }
  for (const [name, pattern] of verbs) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) return { name, value: place(value) };
  }
  return undefined;
}

/** "Porto now, and likes it" → "Porto". */
function place(text: string): string {
  return text.replace(
    /(?:[,;(]| (?:and|but|so|because|since|with|for|last|now|currently|these days|at the moment|in \d{4})\b).*$/i,
    '',
  );
}
