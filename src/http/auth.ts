import { errors } from '../errors/index.ts';
import type { Account } from './route.ts';

/** Decides whether a username and password are an account's; undefined when they are not. */
export type Authenticate = (username: string, password: string) => Promise<Account | undefined>;

/** The account behind a Basic `Authorization` header, or the 401 that asks for one. */
export async function authenticateHeader(
  header: string | undefined,
  authenticate: Authenticate,
): Promise<Account> {
  const account = await findAccount(header, authenticate);
  if (!account) throw errors.unauthorized();
  return account;
}

/** The same; undefined for credentials that are missing, wrong or revoked. */
export async function findAccount(
  header: string | undefined,
  authenticate: Authenticate,
): Promise<Account | undefined> {
  const credentials = parseBasic(header);
  return credentials && authenticate(credentials.username, credentials.password);
}

/** The account or API key that a header names, whether or not it is right. */
export function usernameOf(header: string | undefined): string | undefined {
  return parseBasic(header)?.username;
}

function parseBasic(header: string | undefined): { username: string; password: string } | undefined {
  const encoded = header?.match(/^basic +([A-Za-z0-9+/_=-]+) *$/i)?.[1];
  if (!encoded) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
