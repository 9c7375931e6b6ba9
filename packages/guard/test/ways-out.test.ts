// On no way out leaves what nobody decided on: statuses × kinds of answer × what the handler asked before.
// promise: decided-on-the-answer
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { GuardedRequest } from '@castellan/guard/node';
import type { Started } from './adapters/servers.ts';
import { guarded, identity } from './guarded.ts';

const document = { $ref: '#/components/schemas/Document' };
const content = {
  'application/json': { schema: { anyOf: [document, { type: 'object', properties: { own: document, text: {} } }] } },
  'application/octet-stream': {},
};
const statuses = [200, 202, 204, 205, 206, 301, 302, 303, 304, 307, 308];
const contract = {
  openapi: '3.1.0',
  info: { title: 'Files', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/documents/{id}/file': {
      get: {
        operationId: 'download',
        'x-castellan': { resource: { type: 'Document', id: 'path.id' } },
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: Object.fromEntries(statuses.map((status) => [status, { description: 'A way out', content }])),
      },
    },
    '/documents': {
      get: {
        operationId: 'listDocuments',
        responses: {
          200: {
            description: 'All',
            content: { 'application/json': { schema: { type: 'array', items: document } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Document' },
        required: ['id', 'ownerId'],
        properties: { id: { type: 'string' }, ownerId: { type: 'string' } },
      },
    },
  },
};
const policies = `permit (principal, action == Action::"download", resource is Document)
when { resource.ownerId == "ada" };
forbid (principal, action == Action::"listDocuments", resource is Document)
when { resource.ownerId == "bob" };`;

type Handle = (request: GuardedRequest, response: ServerResponse) => unknown;
const theirs = { id: '2', ownerId: 'bob' };
const hers = { id: 'mine', ownerId: 'ada' };
const readable = { id: '2', ownerId: 'ada' };

/** What a handler asked before it answers, and whether that decides on document 2. */
const questions: Readonly<Record<string, readonly [ask: (request: GuardedRequest) => unknown, decided: boolean]>> = {
  nothing: [() => undefined, false],
  'about 2, and hears no': [(request) => request.permits('Document', theirs), false],
  'about another document': [(request) => request.permits('Document', hers), false],
  'about another one after a no': [
    async (request) => [await request.permits('Document', theirs), await request.permits('Document', hers)],
    false,
  ],
  'about 2, and hears yes': [(request) => request.authorize('Document', readable), true],
};
/** Ways of answering without a body that shows document 2. */
const answers: Readonly<Record<string, Handle>> = {
  'header fields only': (_request, response) => response.end(),
  'another media type': (_request, response) => {
    response.setHeader('content-type', 'application/octet-stream');
    response.end('SIGNED');
  },
  'another document beside the text': (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ own: hers, text: 'SIGNED' }));
  },
};

let handle: Handle;
let server: Started;
const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
before(async () => {
  writeFileSync(join(folder, 'p.cedar'), policies);
  server = await guarded({ contract, policies: join(folder, 'p.cedar') }, (request, response) =>
    handle(request, response),
  );
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function answered(path: string): Promise<{ status: number; everything: string }> {
  const response = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${await identity.token()}` },
    redirect: 'manual',
  });
  return { status: response.status, everything: JSON.stringify([...response.headers]) + (await response.text()) };
}

for (const [question, [ask, decided]] of Object.entries(questions)) {
  test(`the handler asked ${question}: ${decided ? 'the answer leaves' : 'nothing leaves'}`, async () => {
    for (const status of statuses)
      for (const [way, send] of Object.entries(answers)) {
        handle = async (request, response) => {
          await ask(request);
          response.statusCode = status;
          response.setHeader('location', 'https://files.example/SIGNED');
          response.setHeader('x-link', 'SIGNED');
          await send(request, response);
        };
        const got = await answered('/documents/2/file');
        const what = `${status}, ${way}: ${got.status}`;
        // A body that 205 must not have is withheld, whoever asks.
        if (decided && !(status === 205 && way !== 'header fields only')) {
          assert.equal(got.status, status, what);
          assert.match(got.everything, /SIGNED/, what);
        } else {
          assert.equal(got.status, 500, what);
          assert.doesNotMatch(got.everything, /SIGNED/, what);
        }
      }
  });
}

test('the object that was asked for leaves by its id, and one of another case does not vouch for it; where it is denied, nothing does', async () => {
  const send =
    (value: unknown): Handle =>
    (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
  for (const [value, status] of [
    [{ own: { id: 'MINE', ownerId: 'ada' }, text: 'T' }, 500],
    [hers, 200],
    [{ own: hers, text: 'T' }, 200],
    [{ own: { id: 'mine', ownerId: 'bob' } }, 500],
    [{ text: 'T' }, 500],
  ] as const) {
    handle = send(value);
    assert.equal((await answered('/documents/mine/file')).status, status, JSON.stringify(value));
  }
});

test('policies that only forbid are asked about the objects of a list', async () => {
  handle = (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([hers]));
  };
  assert.equal((await answered('/documents')).status, 200);
  handle = (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([hers, theirs]));
  };
  assert.equal((await answered('/documents')).status, 500);
});
