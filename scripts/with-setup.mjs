// `node scripts/with-setup.mjs FILE [ARGS]`: sets the clone up, then runs FILE on the project's own Node.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { nodeBinary, root, setup } from './setup.mjs';

setup();
const bins = [dirname(nodeBinary), join(root, 'node_modules', '.bin')].join(delimiter);
const child = spawn(nodeBinary, process.argv.slice(2), {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bins}${delimiter}${process.env.PATH ?? ''}` },
});
// A terminal sends Ctrl-C to the whole group; a supervisor signals only this process. The child gets each of them
// at least once, and this process stays until the child has finished its own shutdown.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
