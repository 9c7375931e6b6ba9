// A JSON Patch gives the object of the path no other id, and a rule on a resource in a list is about that resource.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guarded, identity } from './guarded.ts';

const note = { $ref: '#/components/schemas/Note' };
const json = (schema: object): object => ({ 'application/json': { schema } });
const contract = (rule: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      patch: {
        operationId: 'patchNote',
        requestBody: {
          content: { 'application/json-patch+json': { schema: { type: 'array', items: { type: 'object' } } } },
        },
        responses: { 204: { description: 'Changed' } },
      },
      get: { operationId: 'readNote', responses: { 200: { description: 'It', content: json(note) } } },
    },
    '/notes': {
      get: {
        operationId: 'listNotes',
        responses: { 200: { description: 'All', content: json({ type: 'array', items: note }) } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Note: {
        type: 'object',
        'x-castellan': { resource: 'Note', ...rule },
        properties: { id: { type: 'string' }, ownerId: { type: 'string' } },
      },
    },
  },
});

test('a patch that writes another id is refused, one that writes the same or none passes', async () => {
  const server = await guarded({ contract: contract({}) }, (_request, response) => {
    response.statusCode = 204;
    response.end();
  });
  const authorization = `Bearer ${await identity.token()}`;
  const patch = async (changes: readonly object[]): Promise<number> =>
    (
      await fetch(`${server.url}/notes/1`, {
        method: 'PATCH',
        headers: { authorization, 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(changes),
      })
    ).status;
  try {
    for (const op of ['add', 'replace']) {
      assert.equal(await patch([{ op, path: '/id', value: '2' }]), 400, op);
      assert.equal(await patch([{ op, path: '/id', value: '1' }]), 204, op);
      assert.equal(await patch([{ op, path: '', value: { id: '2' } }]), 400, op);
      assert.equal(await patch([{ op, path: '', value: { ownerId: '2' } }]), 204, op);
      assert.equal(await patch([{ op, path: '/ownerId', value: '2' }]), 204, op);
    }
    for (const op of ['copy', 'move']) assert.equal(await patch([{ op, path: '/id', from: '/ownerId' }]), 400, op);
    assert.equal(await patch([{ op: 'test', path: '/id', value: '2' }]), 204);
  } finally {
    await server.close();
  }
});

test('a list loses the items that the rule of their own schema keeps from the caller, and no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  const policies = `permit (principal, action == Action::"listNotes", resource is Note);
permit (principal, action == Action::"readNote", resource is Note) when { resource has ownerId && resource.ownerId == "ada" };`;
  writeFileSync(join(folder, 'notes.cedar'), policies);
  const all = [
    { id: '1', ownerId: 'ada' },
    { id: '2', ownerId: 'bob' },
    { id: '3', ownerId: 'ada' },
  ];
  const options = { contract: contract({ read: ['action:readNote'] }), policies: join(folder, 'notes.cedar') };
  const load = (ids: readonly string[]): Promise<(object | undefined)[]> =>
    Promise.resolve(ids.map((id) => all.find((one) => one.id === id)));
  const server = await guarded({ ...options, resources: { Note: load } }, (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(all));
  });
  try {
    const response = await fetch(`${server.url}/notes`, {
      headers: { authorization: `Bearer ${await identity.token()}` },
    });
    assert.deepEqual([response.status, await response.json()], [200, [all[0], all[2]]]);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
