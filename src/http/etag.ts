import { errors } from '../errors/index.ts';

/** The version tag of a resource, quoted: base64url of its id and version (memory-semantics section 15). */
export function etagOf(id: string, version: number): string {
  return `"${Buffer.from(JSON.stringify({ id, v: version })).toString('base64url')}"`;
}

/**
 * Throws 412 unless `If-Match` is absent, `*`, or names the current tag. Accepts tags quoted or bare, with `W/`, and lists.
 */
export function checkIfMatch(ifMatch: string | undefined, current: string): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  const bare = current.slice(1, -1);
  if (!tags.some((tag) => tag === '*' || tag === current || tag === bare)) throw errors.preconditionFailed();
}
