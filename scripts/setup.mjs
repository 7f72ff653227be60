// Brings a fresh or stale clone up to date: installs the locked dependencies, Node 24 among them.
// Runs on the system's Node (20 or newer) before anything is installed, so it uses built-ins only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const nodeBinary = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const stamp = join(root, 'node_modules', '.rapport-setup');

/** Digest of what decides the contents of node_modules: the lock file, and the platform that native parts are chosen for. */
function wanted() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

export function setup() {
  if (existsSync(nodeBinary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return;
  console.error('Installing dependencies (first run, or the lock file changed) ...');
  // Only the script that fetches Node's own binary runs; better-sqlite3 ships its binaries and need not be compiled.
  const done = npm('ci', '--ignore-scripts') && npm('rebuild', 'node', '--ignore-scripts=false');
  if (!done || !existsSync(nodeBinary)) {
    console.error('Setting up failed: npm did not finish. Its messages are above.');
    process.exit(1);
  }
  writeFileSync(stamp, wanted());
}

function npm(...command) {
  const windows = process.platform === 'win32';
  const result = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    [...command, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      // NODE_ENV=production or an omit setting would leave out Node 24 itself and the test tools.
      env: {
        ...process.env,
        NODE_ENV: 'development',
        npm_config_omit: '',
        npm_config_include: 'dev,optional',
      },
      shell: windows,
    },
  );
  return result.status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
