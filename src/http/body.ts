import type { FastifyInstance } from 'fastify';
import { errors } from '../errors/index.ts';
import { keepText } from './signed.ts';

/**
 * Bodies are JSON, also when the content type has parameters; a body of another type is refused. An empty body is no body,
 * whatever type it claims: clients put a content type on requests without one.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(/^application\/(.+\+)?json($|;)/, { parseAs: 'string' }, (request, text, done) => {
    if (typeof text !== 'string') return done(null, undefined);
    if (request.routeOptions.config.isSigned) keepText(request, text);
    if (text.trim() === '') return done(null, undefined);
    return parseJson(request, text, (error, body) => {
      if (error) return done(errors.invalidRequest('The body is not valid JSON.', [], error));
      const reason = whyUnwritable(text, body);
      return reason === undefined ? done(null, body) : done(errors.invalidRequest(reason));
    });
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    done(text.length === 0 ? null : errors.unsupportedMediaType(), undefined);
  });
}

/** For routes that also take tables: `text/csv` becomes a text. */
export function addCsvParser(app: FastifyInstance): void {
  app.addContentTypeParser(/^text\/csv($|;)/i, { parseAs: 'string' }, (_request, text, done) =>
    done(null, text),
  );
}

/** For routes that take files: a body of any type, or of one that is malformed, goes on unread. */
export function addStreamParser(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    request.raw.headers['content-type'] = 'application/octet-stream';
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Texts of bodies that may hold a number beyond all that JSON can write, such as 1e400. */
const largeNumber = /\d[eE]\+?\d|\d{309}/;

/** Why a body could not be stored or answered as it is; undefined when it can. Only few texts are worth a closer look. */
function whyUnwritable(text: string, body: unknown): string | undefined {
  const hasNul = (value: unknown) => typeof value === 'string' && value.includes('\0');
  if (text.includes('\\u0000') && holds(body, hasNul))
    return 'The body holds the character U+0000, which text here cannot contain.';
  const isInfinite = (value: unknown) => typeof value === 'number' && !Number.isFinite(value);
  if (largeNumber.test(text) && holds(body, isInfinite))
    return 'The body holds a number that is too large to be written again.';
  return undefined;
}

/** Whether a value or a name in it is of a kind. Without recursion: a body may be nested deeper than the stack. */
function holds(body: unknown, isMeant: (value: unknown) => boolean): boolean {
  const rest = [body];
  while (rest.length > 0) {
    const value = rest.pop();
    if (isMeant(value)) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (isMeant(name)) return true;
      rest.push(member);
    }
  }
  return false;
}
