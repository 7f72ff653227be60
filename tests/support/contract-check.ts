import { type Contract, type Exchange, type OpenApiDocument, readContract } from './contract.ts';
import { isKnownDeviation } from './contract-deviations.ts';
import { publishedContract } from './contract-files.ts';

/** The document that a server gives of itself. */
export async function fetchOpenApi(origin: string): Promise<OpenApiDocument> {
  const reply = await fetch(`${origin}/openapi.json`);
  // Our own document; its shape is what the server's tests are about.
  return (await reply.json()) as OpenApiDocument;
}

export async function fetchServedContract(origin: string): Promise<Contract> {
  return readContract(await fetchOpenApi(origin));
}

/** In what the answer differs from what the server says of itself and from the published contract, where that is at hand. */
export function differencesOf(served: Contract, exchange: Exchange): string[] {
  const published = publishedContract(exchange.url);
  return [
    ...describeDifferences(served, exchange, 'its own document'),
    ...(published ? describeDifferences(published, exchange, 'the published contract') : []),
  ];
}

function describeDifferences(contract: Contract, exchange: Exchange, source: string): string[] {
  const operation = contract.find(exchange.method, exchange.url);
  if (!operation) return [];
  const { method, url, status } = exchange;
  return contract
    .differences(operation, exchange)
    .filter((difference) => !isKnownDeviation(difference, operation))
    .map(
      ({ at, value, problem }) =>
        `${operation.operationId} (${method} ${url}, ${status}) against ${source}: ${at} is ${JSON.stringify(value)}, ${problem}`,
    );
}
