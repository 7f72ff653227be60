import type { IncomingHttpHeaders } from 'node:http';

/** Encodings of request bodies, as the decompressor knows them. */
export const requestEncodings = ['br', 'gzip', 'deflate', 'identity'] as const;

/** Names of encodings are the same in either case, and `x-gzip` is gzip (RFC 9110, section 8.4.1). */
export function normalizeContentEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined) return;
  headers['content-encoding'] = encoding
    .trim()
    .toLowerCase()
    .replace(/^x-gzip$/, 'gzip');
}
