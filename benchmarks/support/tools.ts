import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages that only benchmarks use: they are installed when one is run, in these versions, into a folder of their own. */
const versions = { autocannon: '9.0.0' } as const;

/** Where the tools are: a path that `createRequire` takes. Installs them the first time. */
export function installTools(): string {
  const specs = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), `rapport-bench-tools-${specs.join('-').replaceAll('@', '-')}`);
  const origin = join(folder, 'package.json');
  const isComplete = Object.keys(versions).every((name) => existsSync(join(folder, 'node_modules', name)));
  if (isComplete) return origin;
  process.stderr.write(`installing ${specs.join(', ')} into ${folder}\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(origin, '{"private": true}\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--save-exact', ...specs], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  return origin;
}

/** Loads a tool from where `installTools` put it. */
export function requireTool<Tool>(origin: string, name: keyof typeof versions): Tool {
  // The caller knows the shape of what it uses.
  return createRequire(origin)(name) as Tool;
}
