// A write that names no object is no permission: it is decided as if it were about every object.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guarded, identity } from './guarded.ts';

const json = (schema: object): object => ({ 'application/json': { schema } });
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/removal': {
      post: {
        operationId: 'removeNotes',
        'x-castellan': { resource: { type: 'Note', id: 'body.ids' } },
        requestBody: {
          required: true,
          content: json({ type: 'object', properties: { ids: {}, all: { type: 'boolean' } } }),
        },
        responses: { 204: { description: 'Gone' } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Note: {
        type: 'object',
        'x-castellan': { resource: 'Note' },
        properties: { id: { type: 'string' }, ownerId: { type: 'string' }, locked: { type: 'boolean' } },
      },
    },
  },
};
const owner = `permit (principal, action == Action::"removeNotes", resource is Note)
when { resource has ownerId && resource.ownerId == "ada" };`;
const everything = 'permit (principal, action == Action::"removeNotes", resource is Note);';
const locked = `forbid (principal, action == Action::"removeNotes", resource is Note)
when { resource has locked && resource.locked };`;
const notes: Readonly<Record<string, object>> = {
  a: { id: 'a', ownerId: 'ada', locked: false },
  b: { id: 'b', ownerId: 'bob', locked: false },
  c: { id: 'c', ownerId: 'ada', locked: true },
};
const unnamed = [{}, { ids: [] }, { all: true }, { ids: null }, { ids: '' }, { ids: [''] }, { ids: {} }, { ids: true }];

const cases = [
  { policies: [owner], named: { a: 204, b: 403, c: 204 }, without: 403 },
  { policies: [everything], named: { a: 204, b: 204, c: 204 }, without: 204 },
  { policies: [everything, locked], named: { a: 204, b: 204, c: 403 }, without: 403 },
];

for (const [index, { policies, named, without }] of cases.entries()) {
  test(`ids that are missing, null, empty or none open the question about all objects (${index + 1})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
    writeFileSync(join(folder, 'notes.cedar'), policies.join('\n'));
    const server = await guarded(
      {
        contract,
        policies: join(folder, 'notes.cedar'),
        resources: { Note: (ids) => Promise.resolve(ids.map((id) => notes[id])) },
      },
      (_request, response) => {
        response.statusCode = 204;
        response.end();
      },
    );
    const token = await identity.token();
    const ask = async (body: object): Promise<number> =>
      (
        await fetch(`${server.url}/notes/removal`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).status;
    try {
      for (const [id, status] of Object.entries(named)) assert.equal(await ask({ ids: [id] }), status, id);
      for (const body of unnamed) assert.equal(await ask(body), without, JSON.stringify(body));
      assert.equal(await ask({ ids: ['a', null] }), without);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });
}
