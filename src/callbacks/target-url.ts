import { isIP } from 'node:net';
import querystring from 'node:querystring';
import { isPublicAddress } from './public-address.ts';

/** A callback URL, taken apart without changing what its receiver gets to see of it. */
export interface TargetUrl {
  readonly protocol: 'http:' | 'https:';
  /** To connect to: a name in lower case, or an address, without brackets. */
  readonly hostname: string;
  /** Undefined for the protocol's own. */
  readonly port: number | undefined;
  /** Host and port as they were written, for the `Host` header. */
  readonly authority: string;
  /** Path and query as they were written; `/` at least. What follows a `#` is for browsers. */
  readonly path: string;
  /** `user:password` where the URL has them. They are sent, and are no part of what is signed. */
  readonly credentials: string | undefined;
}

/** Undefined when nothing can be sent to the text. */
export function parseTargetUrl(text: string): TargetUrl | undefined {
  const [, scheme = '', written = '', rest = ''] = /^(https?):\/\/([^/?#\\]+)([^#]*)/i.exec(text) ?? [];
  const origin = `${scheme}://${written}`;
  if (!URL.canParse(origin)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(origin);
  return {
    protocol: protocol === 'https:' ? 'https:' : 'http:',
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? undefined : Number(port),
    authority: written.slice(written.lastIndexOf('@') + 1),
    path: rest.startsWith('/') ? rest : `/${rest}`,
    credentials:
      username || password
        ? `${querystring.unescape(username)}:${querystring.unescape(password)}`
        : undefined,
  };
}

/** Names that mean this machine or this network wherever they are looked up. */
const localName = /(^|\.)(localhost|local|internal)\.?$/;

/**
 * Whether the URL by itself is one that may be called: HTTPS, and no private host. What a name stands for is looked at each
 * time it is connected to.
 */
export function isPublicTarget({ protocol, hostname }: TargetUrl): boolean {
  if (protocol !== 'https:') return false;
  return isIP(hostname) === 0 ? !localName.test(hostname) : isPublicAddress(hostname);
}

/** The URL for people: without credentials, query and fragment. */
export function describeUrl(text: string): string {
  const url = parseTargetUrl(text);
  if (!url) return '(not a URL)';
  const [path = '', query] = url.path.split('?', 2);
  return `${url.protocol}//${url.authority}${path}${query === undefined ? '' : '?...'}`;
}
