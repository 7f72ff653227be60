import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { createAccountSid } from './api-key.ts';
import type { RootAccount } from './authenticate.ts';

const fileName = 'credentials.json';
const ownerOnly = 0o600;

/** The configured root account, or the one kept in the data directory, made at first start. */
export function loadRootAccount({
  rootAccount,
  dataDir,
}: Pick<Config, 'rootAccount' | 'dataDir'>): RootAccount & { isNew: boolean } {
  if (rootAccount) return { ...rootAccount, isNew: false };
  const file = join(dataDir, fileName);
  const kept = readKept(file);
  if (kept) return { ...kept, isNew: false };
  const made = { sid: createAccountSid(), authToken: randomBytes(16).toString('hex') };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // `wx`: two servers that start at once must not each hand out credentials of their own.
  writeFileSync(file, `${JSON.stringify({ accountSid: made.sid, authToken: made.authToken }, null, 2)}\n`, {
    mode: ownerOnly,
    flag: 'wx',
  });
  chmodSync(file, ownerOnly);
  return { ...made, isNew: true };
}

function readKept(file: string): RootAccount | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { accountSid, authToken } = parseCredentials(text);
  if (typeof accountSid !== 'string' || typeof authToken !== 'string') {
    throw new Error(
      `${file} does not hold an accountSid and an authToken; move it away to have new ones made`,
    );
  }
  return { sid: accountSid, authToken };
}

/** Whatever is not an object has neither. */
function parseCredentials(text: string): { accountSid?: unknown; authToken?: unknown } {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}
