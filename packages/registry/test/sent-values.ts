// Values that the document of the registry takes, made from its schemas, with any place in them replaced.
import { registryDocument } from '../src/server/document/index.ts';

export type Json = Readonly<Record<string, unknown>>;

export const orders = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  servers: [{ url: 'https://orders.example.com' }],
  paths: { '/orders': { get: { operationId: 'listOrders', responses: { 200: { description: 'Orders' } } } } },
});

interface SentOperation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly 'x-castellan'?: { readonly maxBody?: number };
}

export const document = registryDocument('/') as {
  paths: Record<string, Record<string, SentOperation>>;
  components: { schemas: Record<string, Json> };
};

function resolved(schema: Json): Json {
  const reference = schema['$ref'];
  return typeof reference === 'string'
    ? (document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {})
    : schema;
}

/** A value that a schema takes; a place in it may be replaced by another. */
export function valueOf(written: Json, path: string, swap: ReadonlyMap<string, unknown>): unknown {
  if (swap.has(path)) return swap.get(path);
  const schema = resolved(written);
  if (Array.isArray(schema['anyOf'])) return valueOf(schema['anyOf'][0] as Json, path, swap);
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (schema['type'] === 'array') return [valueOf(schema['items'] as Json, `${path}/0`, swap)];
  if (schema['type'] === 'object')
    return schema['properties'] === undefined
      ? { name: valueOf((schema['additionalProperties'] ?? {}) as Json, `${path}/name`, swap) }
      : Object.fromEntries(
          Object.entries(schema['properties'] as Record<string, Json>)
            .filter(([name]) => !(path === '' && left.has(name)))
            .map(([name, inner]) => [name, valueOf(inner, `${path}/${name}`, swap)]),
        );
  if (schema['type'] === 'boolean') return true;
  if (schema['type'] === 'number' || schema['type'] === 'integer') return 1;
  return textOf(schema, path);
}

/** Parts of a request that shut each other out. */
const left = new Set(['certificate', 'teams', 'overlays', 'files', 'path', 'operation', 'despite', 'import']);

function textOf({ format, pattern }: Json, path: string): string {
  if (path.endsWith('/document')) return orders;
  if (path.endsWith('/api')) return 'orders';
  if (path.endsWith('/day') || format === 'date') return '2026-11-29';
  if (format === 'date-time') return '2026-11-29T11:00:00Z';
  if (path.endsWith('/template')) return '/orders';
  if (path.endsWith('/method')) return 'GET';
  if (typeof pattern === 'string')
    return pattern.includes('sha256') || pattern.includes('64}$') ? 'a'.repeat(64) : 'a'.repeat(16);
  return 'text';
}

/** Every place of a text or number that a schema has. */
export function* places(written: Json, path = ''): Generator<readonly [path: string, schema: Json]> {
  const schema = resolved(written);
  if (Array.isArray(schema['anyOf'])) yield* places(schema['anyOf'][0] as Json, path);
  else if (schema['type'] === 'array') yield* places(schema['items'] as Json, `${path}/0`);
  else if (schema['type'] === 'object' && schema['properties'] === undefined)
    yield* places((schema['additionalProperties'] ?? {}) as Json, `${path}/name`);
  else if (schema['type'] === 'object')
    for (const [name, inner] of Object.entries(schema['properties'] as Record<string, Json>)) {
      if (!(path === '' && left.has(name))) yield* places(inner, `${path}/${name}`);
    }
  else if (schema['enum'] === undefined) yield [path, schema];
}

/** Operations that take something in, whether guards send it, and how many bytes at most. */
export const taken = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, { requestBody, 'x-castellan': { maxBody = 16_000_000 } = {} }]) => {
    const schema = requestBody?.content['application/json']?.schema;
    if (method !== 'post' || schema === undefined || path.includes('{incident}')) return [];
    return [
      { path: path.replace('{api}', 'orders'), schema, byGuard: path === '/reports' || path === '/events', maxBody },
    ];
  }),
);

/** What people read, each format of exports by itself. */
export const read = Object.entries(document.paths).flatMap(([path, item]) => {
  if (item['get'] === undefined || /\{(?!api)|backup|contract$|^\/me/.test(path)) return [];
  if (path !== '/export') return [path.replace('{api}', 'orders')];
  return ['json', 'csv', 'markdown', 'backstage', 'cyclonedx', 'api-catalog'].map((one) => `${path}?format=${one}`);
});

/** Whether every value is tried at every place; else each place has the next one. */
export const isWhole = process.env['CASTELLAN_WHOLE'] === '1';
let turn = 0;

/** All of them, or the one whose turn it is. */
export function some<T>(all: readonly T[]): readonly T[] {
  return isWhole ? all : all.slice(turn++ % all.length).slice(0, 1);
}
