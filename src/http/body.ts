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
      if (text.includes('\\u0000') && holdsNul(body)) {
        return done(
          errors.invalidRequest('The body holds the character U+0000, which text here cannot contain.'),
        );
      }
      return done(null, body);
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

/** Without recursion: a body may be nested deeper than the stack. */
function holdsNul(body: unknown): boolean {
  const rest = [body];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === 'string' && value.includes('\0')) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (name.includes('\0')) return true;
      rest.push(member);
    }
  }
  return false;
}
