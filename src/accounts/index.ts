export { createAccountSid, createApiKey, listApiKeys, revokeApiKey } from './api-key.ts';
export { createAuthenticate, type RootAccount } from './authenticate.ts';
export { loadRootAccount } from './root-account.ts';
export { createVerifySignature } from './signature.ts';
export { createSigningTokens, type SigningTokens, setSigningToken } from './signing-token.ts';
