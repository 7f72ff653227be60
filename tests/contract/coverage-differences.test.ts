import { describe, expect, it } from 'vitest';
import { type OpenApiDocument, readContract } from '../support/contract.ts';
import { isHeaderNeeded, isKnownDeviation } from '../support/contract-deviations.ts';

const document = {
  paths: {
    '/v1/Things/{id}': {
      get: { operationId: 'FetchThing', responses: { 200: { $ref: '#/components/responses/Thing' } } },
      put: {
        operationId: 'UpdateThing',
        responses: { 202: { headers: { 'Retry-After': { schema: { type: 'integer' } } } }, '3XX': {} },
      },
    },
    '/v1/Things/Search': { get: { operationId: 'SearchThings', responses: { default: {} } } },
  },
  components: {
    responses: {
      Thing: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
    },
    schemas: {
      Thing: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string' }, channel: { enum: ['SMS'] }, size: { type: 'integer' } },
      },
    },
  },
} satisfies OpenApiDocument & { components: object };

const contract = readContract(document, isHeaderNeeded);

function differences(answer: {
  method?: string;
  url?: string;
  status?: number;
  headers?: object;
  body?: unknown;
}) {
  const { method = 'GET', url = '/v1/Things/one', status = 200, headers = {}, body = { id: 'one' } } = answer;
  const operation = contract.find(method, url);
  if (!operation) throw new Error('there is no such operation');
  const exchange = { method, url, status, body, headers: new Headers({ ...headers }) };
  return contract
    .differences(operation, exchange)
    .filter((difference) => !isKnownDeviation(difference, operation))
    .map(({ at }) => at);
}

describe('an answer held against a document', () => {
  it('passes when the document allows it', () => {
    expect(differences({})).toEqual([]);
    expect(differences({ method: 'PUT', status: 202, headers: { 'Retry-After': '1' } })).toEqual([]);
    expect(differences({ method: 'PUT', status: 308 })).toEqual([]);
    expect(differences({ url: '/v1/Things/Search?q=1', status: 404 })).toEqual([]);
  });

  it('differs by a status that is not declared', () => {
    expect(differences({ status: 201 })).toEqual(['status']);
    expect(differences({ method: 'PUT', status: 400 })).toEqual(['status']);
  });

  it('differs by each member that the schema does not allow, wherever it stands', () => {
    expect(differences({ body: {} })).toEqual(['']);
    expect(differences({ body: 'one' })).toEqual(['']);
    expect(differences({ body: { id: 1, size: '2' } })).toEqual(['/id', '/size']);
    expect(differences({ body: { id: null } })).toEqual(['/id']);
  });

  it('differs by a header that is missing or of another type', () => {
    expect(differences({ method: 'PUT', status: 202 })).toEqual(['Retry-After']);
    expect(differences({ method: 'PUT', status: 202, headers: { 'Retry-After': 'soon' } })).toEqual([
      'Retry-After',
    ]);
  });

  it('is compared with the operation whose fixed segments fit', () => {
    expect(contract.find('GET', '/v1/Things/Search')?.operationId).toBe('SearchThings');
    expect(contract.find('get', '/v1/Things/Searched')?.operationId).toBe('FetchThing');
    expect(contract.find('GET', '/v1/Things/one/Parts')).toBeUndefined();
  });

  it('may differ where the allow-list says so, and nowhere else', () => {
    expect(differences({ status: 413 })).toEqual([]);
    expect(differences({ body: { id: 'one', channel: 'EMAIL' } })).toEqual(['/channel']);
  });
});
