// The question that a request asks is closed by a decision on it, and by nothing else.
// promise: fail-closed
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GuardedRequest } from '@castellan/guard/node';
import { guarded, identity } from './guarded.ts';

const note = { $ref: '#/components/schemas/Note' };
const json = (schema: object): object => ({ 'application/json': { schema } });
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      get: {
        operationId: 'readNote',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'It', content: json(note) } },
      },
    },
    '/notes': {
      get: {
        operationId: 'countNotes',
        'x-castellan': { resource: { type: 'Note' } },
        responses: {
          200: {
            description: 'Their number',
            content: json({
              type: 'object',
              properties: {
                count: { type: 'integer' },
                secret: { type: 'string', 'x-castellan': { read: ['staff'] } },
              },
            }),
          },
        },
      },
      post: {
        operationId: 'createNotes',
        'x-castellan': { resource: { type: 'Note' } },
        requestBody: { required: true, content: json({ type: 'array', items: note }) },
        responses: { 204: { description: 'Made' } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Note: {
        type: 'object',
        'x-castellan': { resource: 'Note' },
        properties: { id: { type: 'string' }, ownerId: { type: 'string' } },
      },
    },
  },
};
const policies = `permit (principal, action == Action::"readNote", resource is Note)
when { resource has ownerId && resource.ownerId == "bob" };
permit (principal, action in [Action::"countNotes", Action::"createNotes"], resource is Note)
when { resource has ownerId && resource.ownerId == "ada" };`;

/** The status of one call. */
async function ask(
  call: readonly [method: string, path: string, body?: unknown],
  handle: (request: GuardedRequest, response: ServerResponse) => unknown,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  writeFileSync(join(folder, 'notes.cedar'), policies);
  const server = await guarded({ contract, policies: join(folder, 'notes.cedar') }, (request, response) => {
    void handle(request as GuardedRequest, response);
  });
  const [method, path, body] = call;
  try {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${await identity.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.status;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

const empty = (_request: GuardedRequest, response: ServerResponse): void => {
  response.statusCode = 204;
  response.end();
};

test('a list of no new objects is decided as an object of which nothing is known', async () => {
  assert.equal(await ask(['POST', '/notes', [{ ownerId: 'ada' }]], empty), 204);
  assert.equal(await ask(['POST', '/notes', [{ ownerId: 'bob' }]], empty), 403);
  assert.equal(await ask(['POST', '/notes', []], empty), 403);
});

test('an answer that cannot hold what it is about decides nothing, whatever else is decided in it', async () => {
  const count = (asks: boolean) => async (request: GuardedRequest, response: ServerResponse) => {
    if (asks) await request.authorize('Note', { id: '1', ownerId: 'ada' });
    response.setHeader('content-type', 'application/json');
    response.end('{"count":7,"secret":"x"}');
  };
  assert.equal(await ask(['GET', '/notes'], count(false)), 500);
  assert.equal(await ask(['GET', '/notes'], count(true)), 200);
});

test('each action that a handler had decided on an object counts for it, in whatever order', async () => {
  const read = (actions: readonly string[]) => async (request: GuardedRequest, response: ServerResponse) => {
    for (const action of actions)
      await request.authorize('Note', { id: '1', ownerId: action === 'readNote' ? 'bob' : 'ada' }, action);
    response.setHeader('content-type', 'application/json');
    response.end('{"id":"1","ownerId":"ada"}');
  };
  assert.equal(await ask(['GET', '/notes/1'], read([])), 403);
  for (const actions of [['countNotes'], ['countNotes', 'readNote'], ['readNote', 'countNotes']])
    assert.equal(await ask(['GET', '/notes/1'], read(actions)), 200, String(actions));
  assert.equal(await ask(['GET', '/notes/1'], read(['readNote'])), 403);
});

test('the start says where the caller may choose an id and nobody can say whether it is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  const file = join(folder, 'notes.cedar');
  writeFileSync(file, policies);
  const load = (ids: readonly string[]): Promise<undefined[]> => Promise.resolve(ids.map(() => undefined));
  const fixed = structuredClone(contract);
  Object.assign(fixed.components.schemas.Note.properties.id, { readOnly: true });
  try {
    for (const [options, expected] of [
      [{ contract }, true],
      [{ contract, resources: { Note: load } }, false],
      [{ contract: fixed }, false],
    ] as const) {
      const server = await guarded({ policies: file, ...options });
      assert.equal(
        server.guard.notices.some(({ code, message }) => code === 'chosen-ids' && message.includes('createNotes')),
        expected,
      );
      await server.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
