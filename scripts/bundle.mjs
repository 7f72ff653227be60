// `node scripts/bundle.mjs [FOLDER]`: the command line as a few files, in dist/bundle unless told otherwise. To find and load a
// thousand small modules takes longer than all else at a start.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { build } from 'rolldown';
import { root } from './setup.mjs';

/** Packages of many modules, which go into the bundle with what they need. All others stay dependencies, for npm to update. */
const bundled = ['kysely', 'prom-client', 'typebox'];

const folder = resolve(process.argv[2] ?? join(root, 'dist', 'bundle'));
const { output } = await build({
  input: {
    main: join(root, 'src/cli/main.ts'),
    // A thread begins with a file of its own.
    'onnx-thread': join(root, 'src/models/providers/onnx-thread.ts'),
  },
  external: (id, importer) => isPackage(id) && !isBundled(id) && !importer?.includes('node_modules'),
  platform: 'node',
  output: { dir: folder, sourcemap: true, cleanDir: true },
  logLevel: 'warn',
});
const homes = output.flatMap(({ moduleIds = [] }) => moduleIds.flatMap(homeOf));
writeFileSync(join(folder, 'LICENSES'), [...new Set(homes)].sort().map(licenseOf).join('\n'));

function isPackage(id) {
  return !id.startsWith('.') && !isAbsolute(id);
}

function isBundled(id) {
  return bundled.some((name) => id === name || id.startsWith(`${name}/`));
}

/** The folder of the package that a module is of; none for one of ours. */
function homeOf(moduleId) {
  return moduleId.match(/^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/) ?? [];
}

function licenseOf(home) {
  const file = readdirSync(home).find((name) => /^licen[cs]e/i.test(name));
  const { name, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return `${name} (${license})\n\n${file ? readFileSync(join(home, file), 'utf8') : ''}`;
}
