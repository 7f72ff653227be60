import { Command } from 'commander';
import { ConfigError } from '../config/index.ts';
import { version } from '../http/index.ts';
import { serveCommand } from './serve.ts';

/** The `rapport` command line. Problems that a person can mend are one line on stderr and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('rapport')
    .description('Customer memory and conversation orchestration that you run yourself.')
    .version(version)
    .addCommand(serveCommand(), { isDefault: true });
  try {
    // A server keeps what was loaded for as long as it runs, so it does without the others.
    if (argv[2] !== 'serve') (await import('./commands.ts')).addCommands(program);
    await program.parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `rapport: ${error.message}${cause}`;
}
