// Notes, their document and requests to a guard of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { GuardedHandler } from '@castellan/guard/node';
import { guarded, identity } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
export function cedar(text: string): string {
  const file = join(folder, `${files++}.cedar`);
  writeFileSync(file, text);
  return file;
}

export const text = { type: 'string' };
export const id = [{ name: 'id', in: 'path', required: true, schema: text }];
export const noteRef = { $ref: '#/components/schemas/Note' };
export const item = { resource: { type: 'Note', id: 'path.id' } };
export const content = (schema: object, type = 'application/json'): object => ({ content: { [type]: { schema } } });
export const answers = (schema: object): object => ({ 200: { description: 'Done', ...content(schema) } });
export const done = { 204: { description: 'Done' } };
const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: {
    id: text,
    ownerId: text,
    title: text,
    locked: { type: 'boolean' },
    price: { type: 'integer', 'x-castellan': { write: ['action:setPrice'] } },
    prices: { type: 'array', items: { type: 'integer', 'x-castellan': { write: ['managers'] } } },
    salary: { type: 'integer', 'x-castellan': { read: ['managers'] } },
    parentId: { type: 'string', 'x-castellan': { resource: 'Note', action: 'getNote' } },
  },
};
export const patch = {
  type: 'array',
  items: { type: 'object', properties: { op: text, path: text, from: text, value: {} } },
};

export function document(paths: object, schemas: object = {}, openapi = '3.2.0'): Readonly<Record<string, unknown>> {
  return {
    openapi,
    info: { title: 'Notes', version: '1' },
    security: [{ token: [] }],
    paths: {
      '/notes/{id}': {
        parameters: id,
        get: { operationId: 'getNote', 'x-castellan': item, responses: answers(noteRef) },
      },
      '/notes/{id}/price': {
        parameters: id,
        put: { operationId: 'setPrice', 'x-castellan': item, responses: done },
      },
      ...paths,
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Note: note, ...schemas },
    },
  };
}

export const stored: Readonly<Record<string, object>> = {
  mine: { id: 'mine', ownerId: 'ada', title: 'Mine' },
  theirs: { id: 'theirs', ownerId: 'bob', title: 'Theirs' },
};
export const resources = { Note: (ids: readonly string[]) => Promise.resolve(ids.map((one) => stored[one])) };
export const ada = await identity.token({ sub: 'ada' });
export const nothing: GuardedHandler = (_request, response) => {
  response.statusCode = 204;
  response.end();
};
export const says =
  (value: unknown, type = 'application/json'): GuardedHandler =>
  (_request, response) => {
    response.setHeader('content-type', type);
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };

export type Asked = readonly [method: string, path: string, body?: unknown, type?: string];

/** Statuses and texts of requests to a guarded server. */
export async function asked(
  options: Parameters<typeof guarded>[0],
  handler: GuardedHandler,
  ...requests: readonly Asked[]
): Promise<{ readonly status: number; readonly text: string }[]> {
  const server = await guarded(options, handler);
  try {
    const got: { status: number; text: string }[] = [];
    for (const [method, path, body, type = 'application/json'] of requests) {
      const response = await fetch(server.url + path, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${ada}`, ...(body === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      got.push({ status: response.status, text: await response.text().catch(() => 'cut') });
    }
    return got;
  } finally {
    await server.close();
  }
}
export const statuses = (got: readonly { readonly status: number }[]): number[] => got.map(({ status }) => status);
export const own = 'when { resource has ownerId && resource.ownerId == "ada" }';
