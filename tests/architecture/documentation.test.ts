import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flagOf, type Setting, settings } from '../../src/config/index.ts';
import { type CatalogueEntry, catalogue } from '../../src/errors/index.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  const lines = page('configuration.md').split('\n');

  it.each(
    Object.values(settings).map((setting: Setting) => [setting.env, setting] as const),
  )('has a row for %s, with its flag, default and meaning', (_env, setting) => {
    expect(lines).toContain(rowOf(setting));
  });

  it('has no rows for settings that do not exist', () => {
    const named = lines.flatMap((line) => line.match(/^\| `([A-Z_]+)` \| `--/)?.[1] ?? []);
    expect(named).toEqual(Object.values(settings).map(({ env }) => env));
  });
});

describe('docs/errors.md', () => {
  const rows = new Map(
    page('errors.md')
      .split('\n')
      .flatMap((line) => {
        const cells = line.split(' | ');
        const name = cells[0]?.match(/^\| `(\w+)`$/)?.[1];
        return name ? [[name, cells] as const] : [];
      }),
  );

  it.each(
    Object.entries<CatalogueEntry>(catalogue),
  )('has a row for %s, with its status and codes', (name, entry) => {
    const [, status, codes, when, whatToDo] = rows.get(name) ?? [];
    expect(status).toBe(String(entry.status));
    expect(codes?.match(/\d+/g)).toEqual(Object.values(entry.codes).map(String));
    expect([when?.length, whatToDo?.length]).not.toContain(0);
  });

  it('has no rows for errors that do not exist', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(catalogue).sort());
  });
});

/** The row as it has to stand in the page: copy it from the failure after adding a setting. */
function rowOf(setting: Setting): string {
  const preset = setting.default === undefined ? 'unset' : `\`${setting.default}\``;
  const choices = setting.choices ? `${setting.choices.map((choice) => `\`${choice}\``).join(', ')}. ` : '';
  return `| \`${setting.env}\` | \`${flagOf(setting)}\` | ${preset} | ${choices}${setting.description} |`;
}
