import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const foldersIn = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );

/** Rooms that are imported file by file: what every other room builds on, and the two that nothing imports. */
const roomsWithoutDoor = ['app', 'cli', 'runtime'];

describe('the rooms', () => {
  it.each(
    foldersIn('src').filter((room) => !roomsWithoutDoor.includes(room)),
  )('src/%s has a door', (room) => {
    expect(existsSync(join(root, 'src', room, 'index.ts'))).toBe(true);
  });

  it('are few enough to know by heart', () => {
    expect(foldersIn('src').length).toBeLessThanOrEqual(20);
  });
});

describe('package-lock.json', () => {
  it('names no registry, so that it installs from whichever one is configured', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"/);
  });

  it('is in step with package.json', () => {
    const declared = JSON.parse(read('package.json')) as Record<string, unknown>;
    const locked = (
      JSON.parse(read('package-lock.json')) as { packages: Record<string, Record<string, unknown>> }
    ).packages[''];
    for (const kind of ['dependencies', 'devDependencies', 'engines', 'version']) {
      expect(locked?.[kind], kind).toEqual(declared[kind]);
    }
  });
});

describe('every text of the project', () => {
  const self = 'tests/architecture/repository.test.ts';
  const texts = [
    'src',
    'tests',
    'docs',
    'examples',
    'benchmarks',
    'scripts',
    'bin',
    'README.md',
    'CHANGELOG.md',
  ]
    .flatMap(filesIn)
    .filter((path) => path !== self);

  it('speaks of the project alone: no path leads out of it', () => {
    const outside = /(^|[^\w])(\/work\/|shared\/)/;
    expect(texts.filter((path) => outside.test(read(path)))).toEqual([]);
  });

  it('leaves nothing for later', () => {
    expect(texts.filter((path) => /\b(TODO|FIXME)\b/.test(read(path)))).toEqual([]);
  });

  it('in TypeScript imports with the extension of the file that is meant', () => {
    const sources = texts.filter((path) => path.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => /from '\.{1,2}\/[^']*(?<!\.m?[tj]s|\.json)'/.test(read(path)))).toEqual(
      [],
    );
  });

  it('has no test that runs alone', () => {
    expect(texts.filter((path) => /\b(it|test|describe)\.only\b/.test(read(path)))).toEqual([]);
  });
});

describe('time, ids and randomness', () => {
  const rules = filesIn('src').filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));

  it('of the system are read in the runtime room only', () => {
    const readers = rules.filter((path) => /\bDate\.now\(\)|\bnew Date\(\)/.test(read(path)));
    expect(readers).toEqual(['src/runtime/clock.ts']);
  });
});

/** Paths of the text files below, from the root of the repository. */
function filesIn(path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js|md|json|sql|yaml|html|css)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
