import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command line as it runs in a clone. */
export const cloneBin = fileURLToPath(new URL('../../bin/rapport.js', import.meta.url));

const packageOfRun = process.env['RAPPORT_TEST_PACKAGE'];

/** The command line: of the package that a run of tests has made of the sources; elsewhere that of the clone. */
export const rapportBin = packageOfRun === undefined ? cloneBin : join(packageOfRun, 'bin/rapport.js');

/** What processes are given of the environment. In a run of tests what they compile is gone with the package. */
export const childEnvironment: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  ...(packageOfRun === undefined ? {} : { NODE_COMPILE_CACHE: join(packageOfRun, 'compile-cache') }),
};

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
    env: { ...childEnvironment, ...env },
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
