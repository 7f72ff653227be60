import fc from 'fast-check';

const known = new Map<string, fc.Arbitrary<string>>();

/** `fc.string`, made once for each kind of text: when it is made it looks through all of Unicode. */
export function texts(constraints: fc.StringConstraints): fc.Arbitrary<string> {
  const kind = JSON.stringify(constraints);
  const made = known.get(kind) ?? fc.string(constraints);
  known.set(kind, made);
  return made;
}
