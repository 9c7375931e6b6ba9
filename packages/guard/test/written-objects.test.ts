// What a request writes is decided on wherever it stands in the body: forms of bodies × new objects, stored ones, references.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { guarded, identity } from './guarded.ts';
import type { Started } from './adapters/servers.ts';

type Note = Readonly<Record<string, unknown>>;

interface Form {
  readonly type: string;
  readonly media: object;
  readonly write: (notes: readonly Note[]) => string;
  /** Whether it holds several. */
  readonly many: boolean;
}

const Note = { $ref: '#/components/schemas/Note' };
const wrapped = (schema: object): object => ({ type: 'object', properties: { note: schema } });
const list = (schema: object): object => ({ type: 'array', items: schema });
const first = ([note]: readonly Note[]): unknown => note;
const lines = (items: readonly unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');
const records = (items: readonly unknown[]): string => items.map((item) => `\u001e${JSON.stringify(item)}\n`).join('');
const inNote = (notes: readonly Note[]): unknown[] => notes.map((note) => ({ note }));

const forms: Readonly<Record<string, Form>> = {
  plain: { type: 'application/json', media: { schema: Note }, write: (n) => JSON.stringify(first(n)), many: false },
  wrapped: {
    type: 'application/json',
    media: { schema: wrapped(Note) },
    write: (n) => JSON.stringify({ note: first(n) }),
    many: false,
  },
  list: { type: 'application/json', media: { schema: list(Note) }, write: (n) => JSON.stringify(n), many: true },
  'a list of wrapped ones': {
    type: 'application/json',
    media: { schema: list(wrapped(Note)) },
    write: (n) => JSON.stringify(inNote(n)),
    many: true,
  },
  'a wrapped list': {
    type: 'application/vnd.api+json',
    media: { schema: { type: 'object', properties: { data: list(Note) } } },
    write: (n) => JSON.stringify({ data: n }),
    many: true,
  },
};
const sequences: readonly (readonly [type: string, write: (items: readonly unknown[]) => string])[] = [
  ['application/jsonl', lines],
  ['application/x-ndjson', lines],
  ['application/json-seq', records],
];
const sequenceForms: Readonly<Record<string, Form>> = Object.fromEntries(
  sequences.flatMap(([type, write]): [string, Form][] => [
    [type, { type, media: { itemSchema: Note }, write, many: true }],
    [`${type}, wrapped`, { type, media: { itemSchema: wrapped(Note) }, write: (n) => write(inNote(n)), many: true }],
    [
      `${type}, alternatives`,
      {
        type,
        media: { itemSchema: { oneOf: [{ type: 'null' }, Note] } },
        write: (n) => write([null, ...n]),
        many: true,
      },
    ],
    [`${type}, lists`, { type, media: { itemSchema: list(Note) }, write: (n) => write([[], n]), many: true }],
    [`${type}, an item by schema`, { type, media: { schema: Note }, write, many: true }],
    [`${type}, the list by schema`, { type, media: { schema: list(Note) }, write, many: true }],
  ]),
);
const all = Object.entries({ ...forms, ...sequenceForms });

const done = { 204: { description: 'Done' } };
const contract = {
  openapi: '3.2.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Note: {
        type: 'object',
        'x-castellan': { resource: 'Note' },
        properties: {
          id: { type: 'string' },
          ownerId: { type: 'string' },
          secret: { type: 'string', 'x-castellan': { write: ['action:classifyNote'] } },
          folderId: { type: 'string', 'x-castellan': { resource: 'Folder', action: 'fileNote' } },
        },
      },
      Folder: { type: 'object', 'x-castellan': { resource: 'Folder' }, properties: { id: { type: 'string' } } },
    },
  },
  paths: {
    '/notes/{id}/class': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      post: {
        operationId: 'classifyNote',
        'x-castellan': { resource: { type: 'Note', id: 'path.id' } },
        responses: done,
      },
    },
    '/folders/{id}/file': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      post: {
        operationId: 'fileNote',
        'x-castellan': { resource: { type: 'Folder', id: 'path.id' } },
        responses: done,
      },
    },
    ...Object.fromEntries(
      all.flatMap(([, { type, media }], index) => [
        [
          `/new/${index}`,
          {
            post: {
              operationId: `create${index}`,
              'x-castellan': { resource: { type: 'Note' } },
              requestBody: { required: true, content: { [type]: media } },
              responses: done,
            },
          },
        ],
        [
          `/notes/{id}/form/${index}`,
          {
            parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
            put: {
              operationId: `update${index}`,
              'x-castellan': { resource: { type: 'Note', id: 'path.id' } },
              requestBody: { required: true, content: { [type]: media } },
              responses: done,
            },
          },
        ],
      ]),
    ),
  },
};

const names = (what: string): string => all.map((_, index) => `Action::"${what}${index}"`).join(', ');
const policies = `
permit (principal, action in [${names('create')}, Action::"classifyNote"], resource is Note)
when { resource has ownerId && resource.ownerId == "ada" };
permit (principal, action in [${names('update')}], resource is Note);
permit (principal, action == Action::"fileNote", resource == Folder::"f1");
`;
const stored: Readonly<Record<string, object>> = {
  n1: { id: 'n1', ownerId: 'ada' },
  n2: { id: 'n2', ownerId: 'eve' },
  f1: { id: 'f1' },
  f2: { id: 'f2' },
};
const load = (ids: readonly string[]): (object | undefined)[] => ids.map((id) => stored[id]);

const folder = mkdtempSync(join(tmpdir(), 'castellan-written-'));
let server: Started;
let token: string;
before(async () => {
  const file = join(folder, 'notes.cedar');
  writeFileSync(file, policies);
  token = await identity.token({ sub: 'ada' });
  server = await guarded({ contract, policies: file, resources: { Note: load, Folder: load } }, (_, response) => {
    response.statusCode = 204;
    response.end();
  });
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

for (const [index, [name, { type, write, many }]] of all.entries()) {
  const sent = async (method: string, path: string, notes: readonly Note[]): Promise<number> => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body: write(notes),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const created = (...notes: readonly Note[]): Promise<number> => sent('POST', `/new/${index}`, notes);
  const updated = (id: string, note: Note): Promise<number> => sent('PUT', `/notes/${id}/form/${index}`, [note]);
  const hers = { ownerId: 'ada' };
  const others = { ownerId: 'eve' };

  describe(name, () => {
    test('a new object is decided on what is said of it', async () => {
      assert.equal(await created(hers), 204);
      assert.equal(await created(others), 403);
    });
    if (many)
      test('each of several is', async () => {
        assert.equal(await created(hers, hers), 204);
        assert.equal(await created(hers, others), 403);
        assert.equal(await created(others, hers), 403);
      });
    test('one that is stored is decided on as it is stored', async () => {
      assert.equal(await created({ ...hers, id: 'n1' }), 204);
      assert.equal(await created({ ...hers, id: 'n2' }), 403);
    });
    test('a restricted property is written on what is stored, never on what the body says', async () => {
      assert.equal(await created({ ...hers, secret: 's' }), 204);
      assert.equal(await updated('n1', { secret: 's' }), 204);
      assert.equal(await updated('n2', others), 204);
      assert.equal(await updated('n2', { secret: 's' }), 403);
      assert.equal(await updated('n2', { ...hers, secret: 's' }), 403);
      assert.equal(await updated('n2', { ...hers, id: 'n2', secret: 's' }), 403);
    });
    test('an object that is named is decided on', async () => {
      assert.equal(await created({ ...hers, folderId: 'f1' }), 204);
      assert.equal(await created({ ...hers, folderId: 'f2' }), 403);
      assert.equal(await updated('n1', { folderId: 'f2' }), 403);
    });
  });
}
