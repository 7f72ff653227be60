import { randomBytes } from 'node:crypto';
// The one file that is needed: the package's door would load every client of every product.
import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks.js';
import type { VerifySignature } from '../http/index.ts';
import type { SigningTokens } from './signing-token.ts';

const tokenBytes = 16;

/**
 * Checks signatures as messaging providers make them (conversations-semantics section 11): over the URL and the parameters of
 * a form, or over a URL that holds the digest of any other body. An account that does not exist has a token that nobody
 * knows, so that a request in its name is refused like one that is badly signed.
 */
export function createVerifySignature(tokens: Pick<SigningTokens, 'find'>): VerifySignature {
  const nobodysToken = randomBytes(tokenBytes).toString('hex');
  return async ({ accountSid, signature, url, body }) => {
    const token = (await tokens.find(accountSid)) ?? nobodysToken;
    if (!URL.canParse(url)) return false;
    return typeof body === 'string'
      ? validateRequestWithBody(token, signature, url, body)
      : validateRequest(token, signature, url, body);
  };
}
