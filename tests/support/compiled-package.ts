import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The package as it is published: bundled, and without its sources. */
export interface CompiledPackage {
  /** Its command line. */
  readonly bin: string;
  remove(): void;
}

/** Makes the package of the sources as they are, in a folder of its own. */
export function compilePackage(folder = mkdtempSync(join(tmpdir(), 'rapport-package-'))): CompiledPackage {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'bin/rapport.js'), join(folder, 'bin/rapport.js'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  bundleInto(folder);
  return {
    bin: join(folder, 'bin/rapport.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Brings a package up to date with the sources. */
export function bundleInto(folder: string): void {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs'), join(folder, 'dist/bundle')]);
}
