import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const rapportBin = fileURLToPath(new URL('../../bin/rapport.js', import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `rapport` command line to its end, in an environment that holds nothing but these variables. */
export async function rapport(
  commandLine: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [rapportBin, ...commandLine], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, stdout, stderr };
}

/** Makes an API key by the command line, as an operator does. */
export async function createKey(
  env: Readonly<Record<string, string>>,
  ...options: string[]
): Promise<{ accountSid: string; sid: string; secret: string }> {
  const { stdout, stderr } = await rapport(['keys', 'create', ...options], env);
  const value = (name: string) => stdout.match(new RegExp(`^${name} +(\\S+)`, 'm'))?.[1] ?? '';
  const key = { accountSid: value('Account'), sid: value('Key'), secret: value('Secret') };
  if (!key.secret) throw new Error(`keys create printed no key: ${stderr}`);
  return key;
}
