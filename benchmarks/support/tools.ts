import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages that only benchmarks use: they are installed when one is run, in these versions, into folders of their own. */
export const toolSets = {
  load: { autocannon: '9.0.0' },
  peers: {
    mem0ai: '3.3.1',
    // mem0ai asks for 12, which has to be compiled or downloaded from elsewhere; this one brings its binaries.
    'better-sqlite3': '13.2.0',
    '@langchain/core': '1.4.0',
    '@langchain/langgraph': '1.7.3',
    '@langchain/langgraph-checkpoint': '1.2.2',
    '@langchain/langgraph-checkpoint-postgres': '1.0.5',
  },
} as const;

/** None of them needs a script, and what else they may work with is not wanted. */
const options = ['--no-audit', '--no-fund', '--loglevel=error', '--save-exact', '--ignore-scripts'];

/** Where the tools are: a path that `createRequire` takes. Installs them the first time; throws when that fails. */
export function installTools(set: keyof typeof toolSets): string {
  const versions = Object.entries(toolSets[set]);
  const specs = versions.map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), `rapport-bench-${set}-${versions.map(([, version]) => version).join('-')}`);
  const origin = join(folder, 'package.json');
  if (versions.every(([name]) => existsSync(join(folder, 'node_modules', name)))) return origin;
  process.stderr.write(`installing ${specs.join(', ')} into ${folder}\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(origin, '{"private": true}\n');
  execFileSync('npm', ['install', ...options, '--legacy-peer-deps', ...specs], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  return origin;
}

/** Loads a tool from where `installTools` put it. */
export function requireTool<Tool>(origin: string, name: string): Tool {
  // The caller knows the shape of what it uses.
  return createRequire(origin)(name) as Tool;
}
