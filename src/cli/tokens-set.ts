import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { loadRootAccount, setSigningToken } from '../accounts/index.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly account: string;
  readonly tokenFile: string;
}

const tokenLengthMin = 16;
const tokenLengthMax = 256;
const stdin = 0;

/** `rapport tokens set`: the token comes from a file, since command lines are there for all to see. */
export function tokensSetCommand(): Command {
  return new Command('set')
    .description('Give an account the token that its receivers and senders have already.')
    .addOption(accountOption('the account').makeOptionMandatory())
    .requiredOption('--token-file <file>', 'file with the token and nothing else; - reads standard input')
    .action(({ account, tokenFile }: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        if (account === loadRootAccount(config).sid) {
          throw new Error(
            'the root account signs with its auth token: set RAPPORT_AUTH_TOKEN, or keep the one in credentials.json',
          );
        }
        await setSigningToken({ db, clock }, { accountId: account, token: readToken(tokenFile) });
        printLine(`Set the token of ${account}`);
      }),
    );
}

function readToken(file: string): string {
  const token = readFileSync(file === '-' ? stdin : file, 'utf8').trim();
  if (token.length < tokenLengthMin || token.length > tokenLengthMax || /\s/.test(token))
    throw new Error(
      `the token must have ${tokenLengthMin} to ${tokenLengthMax} characters, none of them white space`,
    );
  return token;
}
