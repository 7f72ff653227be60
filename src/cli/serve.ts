import { Command, Option } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { flagOf, loadConfig, type Setting, type SettingName, settings } from '../config/index.ts';
import { createLogger } from '../runtime/log.ts';
import { renderBanner } from './banner.ts';

/** `rapport serve`: every setting is a flag too; a flag goes before the environment. */
export function serveCommand(): Command {
  const command = new Command('serve').description('Run the server.');
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const preset = setting.default === undefined ? '' : ` (default: ${setting.default})`;
    const option = new Option(
      `${flagOf(setting)} <${setting.kind}>`,
      `${setting.description} [${setting.env}]${preset}`,
    );
    // Commander would name the option after its flag; `loadConfig` knows settings by their own names.
    option.attributeName = () => name;
    command.addOption(option);
  }
  return command.action((flags: Partial<Record<SettingName, string>>) => serve(flags));
}

async function serve(flags: Partial<Record<SettingName, string>>): Promise<void> {
  const config = loadConfig(process.env, flags);
  const log = createLogger(config.logLevel);
  const rootAccount = loadRootAccount(config);
  const { startServer } = await import('../app/server.ts');
  const server = await startServer({ config, rootAccount, log });
  process.stdout.write(
    renderBanner({ url: server.url, database: server.context.db.description, rootAccount, config }),
  );

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping: finishing requests and jobs');
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
