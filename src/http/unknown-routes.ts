import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errors } from '../errors/index.ts';
import { type Authenticate, authenticateHeader } from './auth.ts';
import type { Route } from './route.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A path with the methods that it has. */
interface KnownPath {
  readonly path: string;
  readonly allowed: readonly string[];
}

/**
 * Known path with another method: 405 with `Allow`; anything else: 404. Both only for callers who may call at all. A path
 * answers for itself: `Profiles/Lookup` is no profile whose id is Lookup, whatever the method.
 */
export function addUnknownRoutes(
  app: FastifyInstance,
  { routes, authenticate }: { readonly routes: readonly Route[]; readonly authenticate: Authenticate },
): void {
  const paths = knownPaths(routes);
  const refuse = async (request: FastifyRequest, allowed: readonly string[]) => {
    await authenticateHeader(request.headers.authorization, authenticate);
    throw errors.methodNotAllowed(request.method, allowed);
  };
  for (const { path, allowed } of paths) {
    const missing = methods.filter((method) => !allowed.includes(method));
    if (missing.length === 0) continue;
    app.route({
      method: missing,
      url: path,
      schema: { hide: true },
      onRequest: (request) => refuse(request, allowed),
      handler: async () => undefined,
    });
  }
  app.setNotFoundHandler(async (request) => {
    const asked = request.url.split('?')[0] ?? '';
    const known = paths.find(({ path }) => patternOf(path).test(asked));
    if (known) return refuse(request, known.allowed);
    await authenticateHeader(request.headers.authorization, authenticate);
    throw errors.routeNotFound(request.method, asked);
  });
}

/** Those with the fewest parameters first. */
function knownPaths(routes: readonly Route[]): KnownPath[] {
  const byShape = Map.groupBy(routes, ({ path }) => path.replaceAll(parameter, ':'));
  return [...byShape.values()]
    .map((there) => ({ path: there[0]?.path ?? '', allowed: there.map(({ method }) => method) }))
    .sort((a, b) => parametersIn(a.path) - parametersIn(b.path));
}

const parameter = /:[A-Za-z]+/g;

function parametersIn(path: string): number {
  return path.match(parameter)?.length ?? 0;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(parameter, '[^/]+')}$`);
}
