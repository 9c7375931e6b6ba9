// What an answer leaves out of an object counts all the same: it is loaded, all objects of an answer at once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-sparse-'));
after(() => rmSync(folder, { recursive: true }));

interface Row {
  readonly id: string;
  readonly ownerId: string;
  readonly private?: boolean | undefined;
  readonly level?: number | undefined;
}
const Document = { $ref: '#/components/schemas/Document' };
const Summary = { $ref: '#/components/schemas/Summary' };
const resource = { type: 'object', 'x-castellan': { resource: 'Document' } };
const text = { type: 'string' };

/** Where the objects of an answer stand: its schema, and how it is made of them. */
const shapes: readonly (readonly [schema: object, of: (items: readonly object[]) => unknown])[] = [
  [{ type: 'array', items: Document }, (items) => items],
  [{ type: 'array', items: Summary }, (items) => items],
  [
    { type: 'object', properties: { items: { type: 'array', items: Document }, next: text } },
    (items) => ({ items, next: 'x' }),
  ],
  [
    {
      type: 'object',
      properties: { data: { type: 'object', properties: { all: { type: 'array', items: Summary } } } },
    },
    (all) => ({ data: { all } }),
  ],
];

const contractOf = (schema: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Documents', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/documents': {
      get: {
        operationId: 'listDocuments',
        'x-castellan': { denied: 'remove' },
        responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } },
      },
    },
    '/documents/{documentId}': {
      get: {
        operationId: 'getDocument',
        parameters: [{ name: 'documentId', in: 'path', required: true, schema: text }],
        responses: { 200: { description: 'ok', content: { 'application/json': { schema: Document } } } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        ...resource,
        properties: { id: text, ownerId: text, private: { type: 'boolean' }, level: { type: 'integer' } },
      },
      Summary: { ...resource, properties: { id: text, ownerId: text } },
    },
  },
});

const everybody = 'permit (principal, action, resource);';
const policies = [
  `${everybody}\nforbid (principal, action, resource is Document) when { resource has private && resource.private };`,
  `${everybody}\nforbid (principal, action, resource is Document) unless { resource has level && resource.level < 3 };`,
  `permit (principal, action, resource is Document) when { resource has level && resource.level > 1 };`,
  `permit (principal, action, resource is Document) unless { resource has private && resource.private };`,
].map((one, index) => {
  const name = join(folder, `${index}.cedar`);
  writeFileSync(name, one);
  return name;
});

const rows = fc
  .array(
    fc.record({
      ownerId: fc.constantFrom('ada', 'bob'),
      private: fc.option(fc.boolean(), { nil: undefined }),
      level: fc.option(fc.nat(4), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.map((row, index): Row => ({ id: `d${index}`, ...row })));
const names = ['ownerId', 'private', 'level'] as const;
const leftOut = fc.subarray([...names]);

test('a list shows what each of its objects alone would show, whatever its items leave out; one call of the loader', async () => {
  let [shown, kept] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...shapes),
      fc.constantFrom(...policies),
      rows,
      leftOut,
      async ([schema, of], policy, all, without) => {
        let calls = 0;
        const known = JSON.parse(JSON.stringify(all)) as Row[];
        const guard = await createGuard({
          contract: contractOf(schema),
          authentication: { token: { verify: (token: string) => (token === 'ada' ? { subject: 'ada' } : undefined) } },
          policies: policy,
          onEvent: () => undefined,
          resources: {
            Document: (ids) => {
              calls += 1;
              return ids.map((id) => known.find((row) => row.id === id));
            },
          },
        });
        const handle = fetchGuard(guard, (_request, { operation, params }) => {
          if (operation?.operationId === 'getDocument')
            return Response.json(known.find((row) => row.id === params['documentId']));
          const summary = schema === shapes[1]?.[0] || schema === shapes[3]?.[0];
          const hidden = (name: string): boolean =>
            without.some((one) => one === name) || (summary && name !== 'id' && name !== 'ownerId');
          return Response.json(
            of(known.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !hidden(name))))),
          );
        });
        const get = (path: string): Promise<Response> =>
          handle(new Request(`http://localhost${path}`, { headers: { authorization: 'Bearer ada' } }), {
            remoteAddress: '127.0.0.1',
          });
        try {
          const list = await get('/documents');
          assert.ok(calls <= 1, `${calls} calls`);
          const inList = [...(await list.text()).matchAll(/"id":"(d\d)"/g)].map(([, id]) => id);
          const alone: string[] = [];
          for (const { id } of known) if ((await get(`/documents/${id}`)).status === 200) alone.push(id);
          assert.deepEqual(inList, alone, `${list.status} without ${without.join()} of ${JSON.stringify(known)}`);
          shown += alone.length;
          kept += known.length - alone.length;
        } finally {
          await guard.end();
        }
      },
    ),
    { numRuns: 60, seed: 9 },
  );
  assert.ok(shown > 40 && kept > 40, `${shown} ${kept}`);
});
