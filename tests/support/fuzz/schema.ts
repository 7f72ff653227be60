/** The words of JSON Schema that requests are made by; others count for nothing here. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
}

/** What stands behind a reference into the document. */
export type Resolve = <Value extends { readonly $ref?: string }>(value: Value) => Value;

export function createResolve(document: unknown): Resolve {
  const resolve: Resolve = (value) => {
    if (!value.$ref) return value;
    const names = value.$ref.slice('#/'.length).split('/');
    const found = names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
    // A reference stands where the thing it refers to could stand.
    return resolve(found as typeof value);
  };
  return resolve;
}
