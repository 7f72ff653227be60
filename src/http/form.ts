import type { FastifyInstance } from 'fastify';
import { errors } from '../errors/index.ts';

/** The parameters of a form; one that is repeated is a list. */
export type FormParameters = Readonly<Record<string, string | string[]>>;

export const formType = 'application/x-www-form-urlencoded';

/** Messaging providers send a few dozen. */
const parametersMax = 1000;

/** For routes that take forms, and nothing else: the parameters by name. */
export function addFormParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/x-www-form-urlencoded($|;)/i,
    { parseAs: 'string' },
    async (_request: unknown, text: string | Buffer) => parseForm(text.toString()),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    done(text.length === 0 ? null : errors.unsupportedMediaType(formType), undefined);
  });
}

/** 400 for more parameters than any provider sends, and for texts that the database cannot hold. */
export function parseForm(text: string): FormParameters {
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > parametersMax) {
    throw errors.invalidRequest(`The form has more than ${parametersMax} parameters.`);
  }
  if (pairs.some((pair) => pair.some((part) => part.includes('\0')))) {
    throw errors.invalidRequest('The form holds the character U+0000, which text here cannot contain.');
  }
  const byName = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, same]): [string, string | string[]] => {
      const [first = '', ...others] = same.map(([, value]) => value);
      return [name, others.length > 0 ? [first, ...others] : first];
    }),
  );
}
