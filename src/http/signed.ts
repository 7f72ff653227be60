import type { FastifyRequest } from 'fastify';
import { errors } from '../errors/index.ts';
import type { FormParameters } from './form.ts';
import type { Account } from './route.ts';

/** A request that says whose it is, and proves it by a signature over its URL and body. */
export interface SignedRequest {
  readonly accountSid: string;
  /** `X-Twilio-Signature`. */
  readonly signature: string;
  /** As the sender called it. */
  readonly url: string;
  /** The parameters of a form, or the text of any other body. */
  readonly body: FormParameters | string;
}

/** Whether the account that a request names has signed it; false as well when there is no such account. */
export type VerifySignature = (request: SignedRequest) => Promise<boolean>;

/** What bodies looked like before they were parsed, of the routes that may be signed. */
const texts = new WeakMap<FastifyRequest, string>();

export function keepText(request: FastifyRequest, text: string): void {
  texts.set(request, text);
}

/** The account of a signed request, or the 403 for a signature that is missing or wrong. */
export async function authenticateSigned(
  request: FastifyRequest,
  url: string,
  verify: VerifySignature,
): Promise<Account> {
  const accountSid = accountSidOf(request) ?? '';
  const { 'x-twilio-signature': signature } = request.headers;
  const isSigned = await verify({
    accountSid,
    signature: typeof signature === 'string' ? signature : '',
    url,
    // A route that may be signed takes a form, or JSON whose text was kept.
    body: texts.get(request) ?? ((request.body ?? {}) as FormParameters),
  });
  if (!isSigned) throw errors.badSignature();
  return { id: accountSid, isRoot: false };
}

/** 403 when the request names another account than the one whose credentials it has. */
export function assertSameAccount(request: FastifyRequest, account: Account): void {
  const accountSid = accountSidOf(request);
  if (accountSid !== undefined && accountSid !== account.id) {
    throw errors.forbidden('AccountSid is not the account of these credentials.');
  }
}

/** `AccountSid` of a form or of the query, `accountSid` of a JSON body. */
function accountSidOf({ body, query }: FastifyRequest): string | undefined {
  const { AccountSid, accountSid } = { ...(body as Record<string, unknown> | null | undefined) };
  const { AccountSid: inQuery } = { ...(query as Record<string, unknown>) };
  const named = AccountSid ?? accountSid ?? inQuery;
  return typeof named === 'string' ? named : undefined;
}
