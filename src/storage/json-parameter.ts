/**
 * Rows or texts as one parameter of a query, which takes them apart again: as many of them as there are, its text stays the same.
 * Half a surrogate pair becomes U+FFFD, as it does in a parameter of its own; neither engine reads it from JSON.
 */
export function jsonParameter(values: readonly unknown[]): string {
  const json = JSON.stringify(values);
  // Only half a pair is written as an escape; few texts are worth a closer look.
  return json.includes('\\ud') ? JSON.stringify(values, wellFormed) : json;
}

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
