// What policies ask of objects that an answer does not show, and that nobody loads, is told at start: in every form of schema.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';

const folder = mkdtempSync(join(tmpdir(), 'castellan-unshown-'));
after(() => rmSync(folder, { recursive: true }));

const text = { type: 'string' };
const resource = { 'x-castellan': { resource: 'Document' } };
const Summary = { $ref: '#/components/schemas/Summary' };
const shown = { type: 'object', ...resource, properties: { id: text, ownerId: text } };
/** Items that show the owner, and items that do not. */
const items: readonly (readonly [name: string, schema: object, shows: boolean])[] = [
  ['inline', { type: 'object', ...resource, properties: { id: text } }, false],
  ['inline, whole', shown, true],
  ['referred', Summary, false],
  ['combined', { allOf: [Summary, { type: 'object', properties: { title: text } }] }, false],
  ['combined, whole', { ...resource, allOf: [{ properties: { id: text } }, { properties: { ownerId: text } }] }, true],
  ['one of', { oneOf: [Summary, { $ref: '#/components/schemas/Document' }] }, false],
];
const wrappers: readonly ((item: object) => object)[] = [
  (item) => ({ type: 'array', items: item }),
  (item) => ({ type: 'object', properties: { data: { type: 'array', items: item }, next: text } }),
  (item) => ({ type: 'object', additionalProperties: item }),
];

const contractOf = (schema: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Documents', version: '1' },
  'x-castellan': { profile: 'internal' },
  security: [{ token: [] }],
  paths: {
    '/documents': {
      get: {
        operationId: 'listDocuments',
        responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: shown,
      Summary: { type: 'object', ...resource, properties: { id: text, title: text } },
    },
  },
});

async function told(schema: object, condition: string, more: Partial<GuardOptions> = {}): Promise<string | undefined> {
  const policies = join(folder, 'policies.cedar');
  writeFileSync(
    policies,
    `permit (principal, action == Action::"listDocuments", resource is Document) when { ${condition} };`,
  );
  const guard = await createGuard({
    contract: contractOf(schema),
    policies,
    authentication: { token: { verify: () => undefined } } as never,
    ...more,
  });
  const notice = guard.notices.find(({ code }) => code === 'unshown-attributes')?.message;
  await guard.end();
  return notice;
}

test('what is asked and not shown is told, whatever the schema looks like', async () => {
  for (const [name, item, shows] of items)
    for (const [index, wrap] of wrappers.entries())
      for (const condition of [
        'resource has ownerId && resource.ownerId == principal.subject',
        '!(resource has ownerId)',
      ]) {
        const asked = condition.replace('principal.subject', '"ada"');
        const notice = await told(wrap(item), asked);
        if (shows) assert.equal(notice, undefined, `${name} ${index}`);
        else assert.match(notice ?? '', /listDocuments \(Document: ownerId\)/, `${name} ${index} ${asked}`);
      }
});

test('a loader, and a policy that asks for nothing of it, need no notice', async () => {
  const list = { type: 'array', items: Summary };
  const asked = 'resource has ownerId && resource.ownerId == "ada"';
  assert.equal(await told(list, asked, { resources: { Document: (ids) => ids.map(() => undefined) } }), undefined);
  assert.equal(await told(list, 'resource has title && resource.title == "x"'), undefined);
});
