import { InvalidArgumentError, Option } from 'commander';

/** `--account <sid>`, refused when it is no account SID. */
export function accountOption(description: string): Option {
  return new Option('--account <sid>', description).argParser((sid: string) => {
    if (!/^AC[0-9a-f]{32}$/.test(sid))
      throw new InvalidArgumentError('It must be AC and 32 hexadecimal digits.');
    return sid;
  });
}
