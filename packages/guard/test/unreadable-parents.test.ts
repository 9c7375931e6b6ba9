// What a policy asks about and the caller may not read: ways not to get it × forms of policies × one object and lists.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Resolved } from '@castellan/guard';
import { guarded } from './guarded.ts';

const text = { type: 'string' };
const to = (resource: string): object => ({ ...text, 'x-castellan': { resource } });
const resource = (type: string, properties: object, ...required: readonly string[]): object => ({
  type: 'object',
  required: ['id', ...required],
  'x-castellan': { resource: type },
  properties: { id: text, ...properties },
});
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const answers = (schema: object): object => ({
  responses: {
    200: { description: 'All', content: { 'application/json': { schema } } },
    404: { description: 'None' },
  },
});
const read = (operationId: string, name: string): object => ({
  parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
  get: { operationId, ...answers(ref(name)) },
});
const contract = {
  openapi: '3.1.0',
  info: { title: 'Files', version: '1' },
  security: [{ who: [] }],
  paths: {
    '/roots/{id}': read('getRoot', 'Root'),
    '/folders/{id}': read('getFolder', 'Folder'),
    '/documents/{id}': read('getDocument', 'Document'),
    '/documents': {
      get: {
        operationId: 'listDocuments',
        'x-castellan': { denied: 'remove' },
        ...answers({ type: 'array', items: ref('Document') }),
      },
    },
  },
  components: {
    securitySchemes: { who: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Root: resource('Root', { closed: { type: 'boolean' } }),
      Folder: resource(
        'Folder',
        { viewers: { type: 'array', items: to('User') }, frozen: { type: 'boolean' }, rootId: to('Root') },
        'viewers',
        'frozen',
      ),
      Document: resource('Document', { folderId: to('Folder'), viewers: { type: 'array', items: to('User') } }),
    },
  },
};
const authentication = { who: { verify: (subject: string) => ({ subject }) } };

const documents = (closed: string): readonly object[] => [
  { id: 'open', folderId: 'f0', viewers: ['vic'] },
  { id: 'shared', folderId: closed, viewers: ['vic'] },
  { id: 'other', folderId: closed, viewers: [] },
  { id: 'loose', viewers: ['vic'] },
];

const may = 'principal is User, action in [Action::"getDocument", Action::"listDocuments"], resource is Document';
const viewers = `permit (${may}) when { resource has viewers && resource.viewers.contains(principal) };`;
const forms: Readonly<Record<string, readonly [policies: string, seen: string]>> = {
  'a permit that needs it is none': [
    `permit (${may}) when { resource has folderId && resource.folderId has viewers && resource.folderId.viewers.contains(principal) };`,
    'open,shared,loose',
  ],
  'a permit that fails on it is none': [
    `permit (${may}) when { resource has folderId && resource.folderId.viewers.contains(principal) };`,
    'open,shared,loose',
  ],
  'a forbid that needs it forbids': [
    `forbid (${may}) when { resource has folderId && resource.folderId.frozen };`,
    'open,loose',
  ],
  'a forbid that asks whether it has something forbids': [
    `forbid (${may}) when { resource has folderId && resource.folderId has frozen && resource.folderId.frozen };`,
    'open,loose',
  ],
  'a forbid that looks two levels up forbids': [
    `forbid (${may}) when { resource has folderId && resource.folderId has rootId.closed && resource.folderId.rootId.closed };`,
    'open,loose',
  ],
  'a forbid for somebody else needs nothing': [
    `forbid (${may}) when { principal == User::"mallory" && resource has folderId && resource.folderId.frozen };`,
    'open,shared,loose',
  ],
  'a forbid on something else needs nothing': [
    `forbid (${may}) when { resource.id == "none" && resource has folderId && resource.folderId.frozen };`,
    'open,shared,loose',
  ],
};
/** Without `viewers`: what permits because something is absent does not. */
const alone: typeof forms = {
  'a permit unless it is so': [
    `permit (${may}) unless { resource has folderId && resource.folderId has frozen && resource.folderId.frozen };`,
    'open,loose',
  ],
  'a permit where it is not so': [
    `permit (${may}) when { !(resource has folderId && resource.folderId has frozen && resource.folderId.frozen) };`,
    'open,loose',
  ],
  'or by another policy': [
    `permit (${may}) unless { resource has folderId && resource.folderId has frozen && resource.folderId.frozen };\n${viewers}`,
    'open,shared,loose',
  ],
  'either of two in one policy': [
    `permit (${may}) when { (resource has folderId && resource.folderId has viewers && resource.folderId.viewers.contains(principal)) || (resource has viewers && resource.viewers.contains(principal)) };`,
    'open,shared,loose',
  ],
};
const sets = Object.entries({
  ...Object.fromEntries(
    Object.entries(forms).map(([name, [policies, seen]]) => [name, [viewers + policies, seen] as const]),
  ),
  ...alone,
});

/** Why a folder is not to be had, and its id. */
const ways: Readonly<Record<string, readonly [closed: string, Resolved]>> = {
  'it is forbidden': ['f1', { failed: 'forbidden', log: '403' }],
  'it is said not to be there': ['f1', { found: false }],
  'its id fits in no path': ['a/b', { failed: 'bad-gateway', log: 'was asked' }],
};

const folder = mkdtempSync(join(tmpdir(), 'castellan-unreadable-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

async function asked(policies: string, closed: string, refused: Resolved): Promise<{ list: string; one: number[] }> {
  const file = join(folder, `${(files += 1)}.cedar`);
  writeFileSync(file, policies);
  const known = documents(closed);
  const { url, close } = await guarded(
    {
      contract,
      authentication,
      policies: file,
      resolver: (_exchange, _operation, path) =>
        Promise.resolve(
          path === '/folders/f0'
            ? { found: true, body: { id: 'f0', viewers: ['vic'], frozen: false, rootId: 'r0' } }
            : path === '/roots/r0'
              ? { found: true, body: { id: 'r0', closed: false } }
              : refused,
        ),
    },
    (request, response) => {
      response.setHeader('content-type', 'application/json');
      const id = request.params['id'];
      response.end(JSON.stringify(id === undefined ? known : known.find((one) => (one as { id: string }).id === id)));
    },
  );
  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(url + path, { headers: { authorization: 'Bearer vic' } });
    return { status: response.status, text: await response.text() };
  };
  try {
    const { status, text: body } = await get('/documents');
    const one: number[] = [];
    for (const { id } of known as readonly { id: string }[]) one.push((await get(`/documents/${id}`)).status);
    return {
      list: status === 200 ? (JSON.parse(body) as { id: string }[]).map(({ id }) => id).join() : String(status),
      one,
    };
  } finally {
    await close();
  }
}

for (const [way, [closed, resolved]] of Object.entries(ways))
  describe(way, () => {
    for (const [name, [policies, seen]] of sets)
      test(name, async () => {
        const { list, one } = await asked(policies, closed, resolved);
        assert.equal(list, seen);
        assert.deepEqual(
          one,
          ['open', 'shared', 'other', 'loose'].map((id) => (seen.split(',').includes(id) ? 200 : 403)),
        );
      });
  });

test('a read that fails otherwise is no knowledge at all: nothing leaves', async () => {
  const [policies] = forms['a forbid that needs it forbids'] ?? [''];
  for (const failed of ['bad-gateway', 'timeout', 'unavailable'] as const) {
    const { list } = await asked(viewers + policies, 'f1', { failed, log: 'down' });
    assert.equal(list, { 'bad-gateway': '502', timeout: '504', unavailable: '503' }[failed]);
  }
});
