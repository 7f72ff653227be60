/** Whatever takes a JSON request and throws on any status but 2xx. */
export interface Caller {
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** A new memory store; its id. */
export async function createStore(server: Caller, displayName: string): Promise<string> {
  const { statusUrl } = await server.call<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
    displayName,
  });
  const operation = await server.call<{ result: { id: string } }>('GET', new URL(statusUrl).pathname);
  return operation.result.id;
}
