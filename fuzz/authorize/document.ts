// A world as its OpenAPI document and its Cedar policies.
import type { ApiOperation, Condition, Policy, Shape, World } from './world.ts';

const note = { $ref: '#/components/schemas/Note' };
const folder = { $ref: '#/components/schemas/Folder' };

const schemas: Readonly<Record<Exclude<Shape, 'lines'>, (own: object) => object>> = {
  flat: (own) => own,
  wrapped: (own) => ({
    type: 'object',
    properties: { data: own, related: { type: 'array', items: own }, extra: { type: 'string' } },
  }),
  alternatives: (own) => ({ oneOf: [own, folder, { type: 'object', required: ['data'], properties: { data: own } }] }),
  list: (own) => ({ type: 'array', items: own }),
  items: (own) => ({ type: 'object', properties: { items: { type: 'array', items: own } } }),
  map: (own) => ({ type: 'object', properties: { byName: { type: 'object', additionalProperties: own } } }),
  tuple: (own) => ({ type: 'array', prefixItems: [own, own], items: own }),
};

export function documentOf(world: World): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of world.operations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = operationOf(world, operation);
  return {
    openapi: '3.2.0',
    info: { title: 'World', version: '1' },
    'x-castellan': { profile: world.profile },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: schemasOf(world),
    },
  };
}

function idOf(world: World): object {
  return world.numericIds ? { type: 'integer' } : { type: 'string', maxLength: 20 };
}

function schemasOf(world: World): Record<string, object> {
  const base = {
    ownerId: { type: 'string', 'x-castellan': { resource: 'User' } },
    team: { type: 'string' },
    open: { type: 'boolean' },
    tag: { type: 'string' },
  };
  const price = { type: 'integer', 'x-castellan': { write: world.write } };
  const required = ['id', 'ownerId', 'team', 'open'];
  return {
    Note: {
      type: 'object',
      'x-castellan': { resource: 'Note', id: 'id' },
      required: [...required, 'text'],
      properties: {
        id: idOf(world),
        ...base,
        text: { type: 'string' },
        secret: { type: 'string', 'x-castellan': { read: world.read } },
        folder,
      },
    },
    Folder: {
      type: 'object',
      'x-castellan': { resource: 'Folder', id: 'id' },
      required: [...required, 'title'],
      properties: { id: idOf(world), ...base, title: { type: 'string' } },
    },
    NewNote: {
      type: 'object',
      required: ['ownerId', 'team', 'open'],
      properties: { ...base, price },
    },
    Edit: { type: 'object', properties: { text: { type: 'string' }, price } },
  };
}

function operationOf(world: World, operation: ApiOperation): object {
  const { id, names, takes, type, declared, removes, path } = operation;
  const source =
    names === 'path' ? 'path.id' : names === 'query' ? 'query.ids' : names === 'body' ? 'body.ids' : undefined;
  const ids = { type: 'array', items: idOf(world) };
  const parameters = [
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: idOf(world) }] : []),
    ...(names === 'query' ? [{ name: 'ids', in: 'query', schema: ids, explode: false }] : []),
  ];
  const edit = { $ref: '#/components/schemas/Edit' };
  const bodies = {
    edit,
    'wrapped edit': { type: 'object', properties: { note: edit } },
    new: { $ref: '#/components/schemas/NewNote' },
    ids: { type: 'object', properties: { ids, all: { type: 'boolean' }, change: edit } },
  };
  const castellan = {
    ...(declared ? { resource: source === undefined ? { type } : { type, id: source } } : {}),
    ...(removes ? { denied: 'remove' } : {}),
  };
  return {
    operationId: id,
    'x-castellan': castellan,
    parameters,
    ...(takes === undefined ? {} : { requestBody: { content: { 'application/json': { schema: bodies[takes] } } } }),
    responses: responsesOf(operation),
  };
}

function responsesOf({ shape, type }: ApiOperation): object {
  const own = type === 'Note' ? note : folder;
  const content =
    shape === 'lines'
      ? { 'application/jsonl': { itemSchema: own }, 'application/octet-stream': {} }
      : { 'application/json': { schema: schemas[shape](own) }, 'application/octet-stream': {} };
  const job = { 'application/json': { schema: { type: 'object', properties: { job: { type: 'string' } } } } };
  return {
    200: { description: 'Good', content },
    202: { description: 'Later', content: job },
    204: { description: 'Done' },
    302: { description: 'Elsewhere' },
    304: { description: 'Known' },
    409: { description: 'Conflict', content: { 'application/json': { schema: own } } },
  };
}

export function cedarOf(policies: readonly Policy[]): string {
  return policies.map(cedar).join('\n');
}

function cedar({ effect, group, actions, type, only, when }: Policy): string {
  const principal = group === undefined ? 'principal' : `principal in Group::"${group}"`;
  const action = actions === undefined ? 'action' : `action in [${actions.map((id) => `Action::"${id}"`).join(', ')}]`;
  const resource =
    type === undefined ? 'resource' : only === undefined ? `resource is ${type}` : `resource == ${type}::"${only}"`;
  const conditions = when.length === 0 ? '' : ` when { ${when.map(condition).join(' && ')} }`;
  return `${effect} (${principal}, ${action}, ${resource})${conditions};`;
}

function condition(one: Condition): string {
  switch (one.is) {
    case 'owner':
      return 'resource.ownerId == principal';
    case 'team':
      return `resource.team == "${one.team}"`;
    case 'open':
      return 'resource.open';
    default:
      return `(resource has tag && resource.tag == "${one.tag}")`;
  }
}
