/** Columns named `*_json` hold text on both engines; these two are the only way in and out. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value);
}

/** The caller names the type that the same column was written with. */
export function decodeJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
