import twilio from 'twilio';

/** Something that the SDK can ask of an API. */
export interface SdkOperation {
  /** As one writes it, such as `observations(storeId, profileId).create`. */
  readonly call: string;
  readonly method: string;
  /** With `{}` for path parameters: their names differ from document to document. */
  readonly path: string;
}

/** An operation as pages and records name it, whatever its path parameters are called. */
export function operationKey(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{}')}`;
}

/** Requests of the SDK, one for each of its methods. `page` stands for `list` where there are pages. */
const verbs = ['create', 'fetch', 'page', 'list', 'update', 'patch', 'remove'];
/** Methods that send what another one sends, or nothing. */
const otherMethods = /^(constructor|each|get|getPage|toJSON|\w+WithHttpInfo)$/;

/** Every operation that the SDK has for the APIs: each method of each resource is called, and what it would send is noted. */
export async function listSdkOperations(): Promise<{
  memory: SdkOperation[];
  conversations: SdkOperation[];
}> {
  const http = new NotingHttpClient();
  const client = twilio('AC00000000000000000000000000000001', 'token', { httpClient: http });
  return {
    memory: await operationsOf(client.memory.v1, http),
    conversations: await operationsOf(client.conversations.v2, http),
  };
}

/** Sends nothing and remembers what it was to send. */
class NotingHttpClient extends twilio.RequestClient {
  last: { method: string; path: string } | undefined;

  override request(options: Parameters<twilio.RequestClient['request']>[0]): Promise<never> {
    const path = decodeURI(new URL(options.uri).pathname);
    this.last = { method: options.method.toUpperCase(), path };
    return Promise.reject(new Error('nothing is sent'));
  }
}

async function operationsOf(version: object, http: NotingHttpClient): Promise<SdkOperation[]> {
  const found: SdkOperation[] = [];
  const accessors = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(version));
  for (const [name, accessor] of Object.entries(accessors)) {
    if (name === 'constructor') continue;
    for (const [label, resource] of resourcesOf(version, name, accessor)) {
      for (const verb of verbsOf(label, resource)) {
        http.last = undefined;
        await resource[verb]?.({}).catch(() => undefined);
        if (!http.last) throw new Error(`${label}.${verb} sends nothing`);
        found.push({ call: `${label}.${verb === 'page' ? 'list' : verb}`, ...noted(http) });
      }
    }
  }
  return found;
}

/** Read anew: the compiler does not see that a call has set it. */
function noted(http: NotingHttpClient): { method: string; path: string } {
  const { method = '', path = '' } = http.last ?? {};
  return { method, path: path.replace(/\{[^}]*\}/g, '{}') };
}

type Resource = Readonly<Record<string, (...values: unknown[]) => Promise<unknown>>>;

/** What an accessor leads to, with the names of its parameters in their own places: the list, and one item of it. */
function resourcesOf(
  version: object,
  name: string,
  { get, value }: PropertyDescriptor,
): (readonly [label: string, resource: Resource])[] {
  if (get) {
    const list = get.call(version) as Resource;
    if (!list['get']) return [[name, list]];
    const [parameter = ''] = parameterNames(list['get']);
    // `get` of a list gives its item at once, unlike the methods that send.
    const item = (list['get'] as unknown as (id: string) => Resource)(`{${parameter}}`);
    return [
      [name, list],
      [`${name}(${parameter})`, item],
    ];
  }
  const parameters = parameterNames(value);
  return [parameters.slice(0, -1), parameters].flatMap((given) => {
    try {
      const resource = value.apply(
        version,
        given.map((parameter) => `{${parameter}}`),
      );
      return [[`${name}(${given.join(', ')})`, resource] as const];
    } catch {
      // Without its last parameter this resource does not exist: it has no list.
      return [];
    }
  });
}

function parameterNames(method: (...values: never[]) => unknown): string[] {
  const [, names = ''] = String(method).match(/\(([^)]*)\)/) ?? [];
  return names.split(', ').filter((name) => name !== '');
}

function verbsOf(label: string, resource: Resource): string[] {
  // Lists have their methods themselves, items have them from their class.
  const isList = Object.hasOwn(resource, 'toJSON');
  const names = isList ? Object.keys(resource) : Object.getOwnPropertyNames(Object.getPrototypeOf(resource));
  const methods = names.filter((name) => !name.startsWith('_') && typeof resource[name] === 'function');
  const unknown = methods.filter((name) => !verbs.includes(name) && !otherMethods.test(name));
  if (unknown.length > 0) throw new Error(`${label} has methods that nobody here knows: ${unknown}`);
  return methods.filter((name) => verbs.includes(name) && !(name === 'list' && methods.includes('page')));
}
