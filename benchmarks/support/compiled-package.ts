import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The package as it is published: compiled, and without its sources. */
export interface CompiledPackage {
  /** Its command line. */
  readonly bin: string;
  remove(): void;
}

export function compilePackage(): CompiledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-package-'));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'tsconfig.build.json');
  execFileSync(process.execPath, [compiler, '--project', project, '--outDir', join(folder, 'dist')]);
  mkdirSync(join(folder, 'bin'));
  cpSync(join(root, 'bin/rapport.js'), join(folder, 'bin/rapport.js'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    bin: join(folder, 'bin/rapport.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
