import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, string, number, Buffer>(scrypt);
const hashBytes = 32;

/** Salted scrypt, in hexadecimal. */
export async function hashSecret(secret: string, salt: string): Promise<string> {
  return (await derive(secret, salt, hashBytes)).toString('hex');
}

/** Compares in constant time. */
export async function matchesHash(secret: string, salt: string, hash: string): Promise<boolean> {
  return timingSafeEqual(await derive(secret, salt, hashBytes), Buffer.from(hash, 'hex'));
}
