import { type Setting, type SettingName, settings } from './settings.ts';

/** Values as text, by setting name. */
export type RawSettings = Partial<Record<SettingName, string | undefined>>;

/** Every setting's value with defaults filled in, and a sentence for each value that is not of its kind. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  flags: RawSettings,
): { values: RawSettings; problems: string[] } {
  const values: RawSettings = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    // An empty variable is how many tools say "unset".
    const value = flags[name] ?? (env[setting.env] || undefined) ?? setting.default;
    if (value === undefined) continue;
    const problem = check(setting, value);
    if (problem) problems.push(`${setting.env} ${problem}`);
    else values[name] = value;
  }
  return { values, problems };
}

const portMax = 65_535;

function check({ kind, choices = [], ...bounds }: Setting, value: string): string | undefined {
  switch (kind) {
    case 'port':
      return isWhole(value) && Number(value) <= portMax
        ? undefined
        : `must be a port number, 0 to ${portMax}`;
    case 'count':
      return isWhole(value) ? checkBounds(bounds, Number(value)) : 'must be a whole number';
    case 'choice':
      return choices.includes(value) ? undefined : `must be one of ${choices.join(', ')}`;
    case 'choices':
      return value.split(',').every((item) => choices.includes(item.trim()))
        ? undefined
        : `must be some of ${choices.join(', ')}, joined with commas`;
    case 'flag':
      return value === 'true' || value === 'false' ? undefined : 'must be true or false';
    case 'url':
      return URL.canParse(value) ? undefined : 'must be a URL';
    default:
      return undefined;
  }
}

function checkBounds(
  { min = 0, max = Number.POSITIVE_INFINITY }: Pick<Setting, 'min' | 'max'>,
  count: number,
): string | undefined {
  if (count >= min && count <= max) return undefined;
  return max === Number.POSITIVE_INFINITY ? `must be ${min} or more` : `must be between ${min} and ${max}`;
}

function isWhole(value: string): boolean {
  return /^\d{1,15}$/.test(value);
}
