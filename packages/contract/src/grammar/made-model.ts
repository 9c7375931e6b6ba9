import { isObject, member } from '../load/pointer.ts';
import type { Contract, Located, Operation, Schema } from '../model.ts';

/**
 * What a contract says, without where it says it and with every reference replaced by its target: two documents that mean
 * the same give the same. For tests; a contract whose schemas refer to themselves has none.
 */
export function modelOf(contract: Contract): unknown {
  const of = (value: unknown): unknown => plain(contract, value);
  return {
    title: contract.title,
    servers: of(contract.servers),
    castellan: of(contract.castellan),
    operations: contract.operations.map((operation) => of(operationOf(operation))),
    webhooks: contract.webhooks.map((operation) => of(operationOf(operation))),
    securitySchemes: of([...contract.securitySchemes]),
    resources: of([...contract.resources.keys()]),
    schemas: of([...contract.schemas]),
  };
}

function operationOf(operation: Operation): object {
  const { operationId, method, path, tags, deprecated, security, parameters, body, responses, castellan } = operation;
  const { servers, resource } = operation;
  return {
    operationId,
    method,
    path,
    tags,
    deprecated,
    security,
    servers,
    parameters,
    body,
    responses,
    castellan,
    resource,
  };
}

function plain(contract: Contract, value: unknown): unknown {
  if (value instanceof Map) return plain(contract, [...(value as ReadonlyMap<string, unknown>)]);
  if (Array.isArray(value)) return value.map((item: unknown) => plain(contract, item));
  if (!isObject(value)) return value;
  if ('raw' in value && 'dialect' in value) {
    const { location, raw } = value as unknown as Schema;
    return written(contract, { location, value: raw });
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== 'location' && key !== 'description' && item !== undefined)
      .map(([key, item]) => [key, plain(contract, item)]),
  );
}

/** Part of a document as it stands, less its references. */
function written(contract: Contract, { location, value }: Located): unknown {
  const below = (key: string): Located => ({
    location: { ...location, pointer: `${location.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` },
    value: member(value, key),
  });
  if (Array.isArray(value)) return value.map((_, index) => written(contract, below(String(index))));
  // The same place, seen from another file.
  if (typeof value === 'string') return value.replace(/^(?:file:.*\/)?api\.json#/, '#');
  if (!isObject(value)) return value;
  if (typeof value['$ref'] === 'string') return written(contract, contract.resolve(location, value['$ref']));
  return Object.fromEntries(Object.keys(value).map((key) => [key, written(contract, below(key))]));
}
