import { styleText } from 'node:util';
import type { RootAccount } from '../accounts/index.ts';
import type { Config } from '../config/index.ts';
import { version } from '../http/index.ts';

export interface BannerFacts {
  readonly url: string;
  readonly database: string;
  readonly rootAccount: RootAccount & { readonly isNew: boolean };
  readonly config: Config;
}

/** What `rapport serve` prints once it listens: where it is, how to get in, and a first request. */
export function renderBanner({ url, database, rootAccount, config }: BannerFacts): string {
  const base = config.publicUrl ?? url;
  const token = rootAccount.isNew ? rootAccount.authToken : tokenSource(config);
  const credentials = rootAccount.isNew
    ? `${rootAccount.sid}:${rootAccount.authToken}`
    : credentialsSource(config);
  const row = (name: string, value: string) => `  ${styleText('dim', name.padEnd(12))}${value}`;
  return `${[
    '',
    `${styleText('bold', 'Rapport')} ${version}`,
    row('Base URL', styleText('cyan', base)),
    row('Account SID', rootAccount.sid),
    row(
      'Auth token',
      rootAccount.isNew
        ? `${token}  ${styleText('dim', `(shown once; kept in ${config.dataDir}/credentials.json)`)}`
        : styleText('dim', token),
    ),
    row('Data', database),
    ...(config.role === 'all' ? [] : [row('Role', config.role)]),
    row(
      'Extraction',
      config.languageModel ? `${config.languageModel.model} at ${config.languageModel.baseUrl}` : 'offline',
    ),
    ...(config.clock === 'virtual'
      ? [row('Clock', 'virtual: moves only by POST /rapport/v1/clock/advance')]
      : []),
    '',
    styleText('dim', '  A first request:'),
    `  curl -u "${credentials}" ${base}/v1/ControlPlane/Stores -H 'Content-Type: application/json' -d '{"displayName":"support"}'`,
    '',
    '',
  ].join('\n')}`;
}

function tokenSource(config: Config): string {
  return config.rootAccount ? 'from RAPPORT_AUTH_TOKEN' : `in ${config.dataDir}/credentials.json`;
}

function credentialsSource(config: Config): string {
  return config.rootAccount ? '$RAPPORT_ACCOUNT_SID:$RAPPORT_AUTH_TOKEN' : '$(npx rapport credentials)';
}
