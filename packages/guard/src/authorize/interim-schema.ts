import { castellanOf, type Contract } from '@castellan/contract';

type Json = Record<string, unknown>;

/** A Cedar schema of a contract, until the policy package makes it. */
export function interimSchema(contract: Contract): Json {
  const types = new Set(['User', ...contract.resources.keys()]);
  const entityTypes: Json = { Group: { memberOfTypes: ['Group'] }, Api: {} };
  for (const { type, schema } of contract.resources.values())
    entityTypes[type] = {
      memberOfTypes: type === 'User' ? ['Group'] : [],
      shape: shapeOf(contract, schema.raw, schema.location, types, 0),
    };
  entityTypes['User'] ??= { memberOfTypes: ['Group'], shape: { type: 'Record', attributes: {} } };
  const actions: Json = { read: {}, write: {} };
  for (const operation of contract.operations) {
    const own = operation.resource?.type;
    actions[operation.operationId] = {
      memberOf: [{ id: operation.method === 'GET' ? 'read' : 'write' }],
      appliesTo: {
        principalTypes: ['User'],
        resourceTypes: own === undefined ? ['Api', 'User'] : [own],
        context: {
          type: 'Record',
          attributes: {
            now: { type: 'EntityOrCommon', name: 'datetime' },
            address: { type: 'EntityOrCommon', name: 'ipaddr' },
          },
        },
      },
    };
  }
  return { '': { entityTypes, actions } };
}

function shapeOf(
  contract: Contract,
  raw: unknown,
  location: { document: string; pointer: string },
  types: ReadonlySet<string>,
  depth: number,
): Json {
  const attributes: Json = {};
  const required = new Set((raw as Json)['required'] as string[] | undefined);
  for (const [name, value] of Object.entries(((raw as Json)['properties'] ?? {}) as Json)) {
    const type = typeOf(contract, value as Json, location, types, depth);
    if (type !== undefined) attributes[name] = { ...type, required: required.has(name) };
  }
  return { type: 'Record', attributes };
}

function typeOf(
  contract: Contract,
  value: Json,
  location: { document: string; pointer: string },
  types: ReadonlySet<string>,
  depth: number,
): Json | undefined {
  if (depth > 4) return undefined;
  const { resource } = castellanOf(value);
  if (resource !== undefined) return types.has(resource) ? { type: 'EntityOrCommon', name: resource } : undefined;
  if (typeof value['$ref'] === 'string')
    return typeOf(contract, contract.resolve(location, value['$ref']).value as Json, location, types, depth + 1);
  switch (value['type']) {
    case 'string':
      return { type: 'EntityOrCommon', name: value['format'] === 'date-time' ? 'datetime' : 'String' };
    case 'integer':
      return { type: 'EntityOrCommon', name: 'Long' };
    case 'boolean':
      return { type: 'EntityOrCommon', name: 'Bool' };
    case 'array': {
      const element = typeOf(contract, (value['items'] ?? {}) as Json, location, types, depth + 1);
      return element === undefined ? undefined : { type: 'Set', element };
    }
    case 'object':
      return shapeOf(contract, value, location, types, depth + 1);
    default:
      return undefined;
  }
}
