// A directory that is asked decides as the same entities in a list do: hierarchies of objects and of callers, drawn at random.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-directories-'));
after(() => rmSync(folder, { recursive: true }));

interface Uid {
  readonly type: string;
  readonly id: string;
}
interface Listed {
  readonly uid: Uid;
  readonly parents: readonly Uid[];
}

const json = (schema: object): object => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } });
const Document = { $ref: '#/components/schemas/Document' };
const id = { name: 'documentId', in: 'path', required: true, schema: { type: 'string' } };
const contractOf = (writes: boolean): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Documents', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/documents': {
      get: {
        operationId: 'listDocuments',
        'x-castellan': { denied: 'remove' },
        responses: json({ type: 'array', items: Document }),
      },
    },
    '/documents/{documentId}': {
      parameters: [id],
      get: { operationId: 'getDocument', responses: json(Document) },
      ...(writes ? { delete: { operationId: 'deleteDocument', responses: { 204: { description: 'gone' } } } } : {}),
    },
    '/folders/{folderId}': {
      get: {
        operationId: 'getFolder',
        parameters: [{ ...id, name: 'folderId' }],
        responses: json({ $ref: '#/components/schemas/Folder' }),
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Document' },
        properties: { id: { type: 'string' }, folderId: { type: 'string', 'x-castellan': { resource: 'Folder' } } },
      },
      Folder: { type: 'object', 'x-castellan': { resource: 'Folder' }, properties: { id: { type: 'string' } } },
    },
  },
});

const documents = ['d0', 'd1', 'd2'];
const users = ['ada', 'bob'];
const key = ({ type, id: name }: Uid): string => `${type} ${name}`;

/** Answers about what it is asked. */
const only =
  (all: readonly Listed[]) =>
  (uids: readonly Uid[]): readonly Listed[] =>
    all.filter(({ uid }) => uids.some((one) => key(one) === key(uid)));

/** Answers about what it is asked, and about everything that it is in. */
const closure =
  (all: readonly Listed[]) =>
  (uids: readonly Uid[]): readonly Listed[] => {
    const found = new Map<string, Listed>();
    const open = [...uids];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const listed = all.find(({ uid }) => next !== undefined && key(uid) === key(next));
      if (listed === undefined || found.has(key(next))) continue;
      found.set(key(next), listed);
      open.push(...listed.parents);
    }
    return [...found.values()];
  };

const ways: Readonly<Record<string, (all: readonly Listed[]) => NonNullable<GuardOptions['entities']>>> = {
  'a list': (all) => all,
  'a function': only,
  'a promise': (all) => (uids) => Promise.resolve(only(all)(uids)),
  'a closure': closure,
};

let files = 0;
function policyFile(text: string): string {
  files += 1;
  const name = join(folder, `${files}.cedar`);
  writeFileSync(name, text);
  return name;
}

/** What everybody gets of everything. */
async function answers(
  options: Partial<GuardOptions>,
): Promise<{ readonly said: string; readonly events: readonly GuardEvent[] }> {
  const events: GuardEvent[] = [];
  const verify = (token: string): { subject: string } | undefined =>
    users.includes(token) ? { subject: token } : undefined;
  const guard = await createGuard({
    contract: contractOf(options.resources?.['Document'] !== undefined),
    authentication: { token: { verify } },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const row = (name: string): object => ({ id: name, folderId: 'f0' });
  const handle = fetchGuard(guard, (_request, { operation, params }) =>
    operation?.operationId === 'deleteDocument'
      ? new Response(undefined, { status: 204 })
      : Response.json(
          operation?.operationId === 'listDocuments' ? documents.map(row) : row(String(params['documentId'])),
        ),
  );
  const said: string[] = [];
  const ask = async (method: string, path: string, user: string): Promise<void> => {
    const answer = await handle(
      new Request(`http://localhost${path}`, { method, headers: { authorization: `Bearer ${user}` } }),
      { remoteAddress: '127.0.0.1' },
    );
    const text = await answer.text();
    said.push(`${user} ${method} ${path} ${answer.status} ${answer.status === 200 ? text : ''}`);
  };
  try {
    for (const user of users) {
      for (const name of documents)
        for (const method of options.resources?.['Document'] === undefined ? ['GET'] : ['GET', 'DELETE'])
          await ask(method, `/documents/${name}`, user);
      await ask('GET', '/documents', user);
    }
  } finally {
    await guard.end();
  }
  return { said: said.join('\n'), events };
}

const load = { Document: (ids: readonly string[]) => ids.map((name) => ({ id: name, folderId: 'f0' })) };

/** Folders and groups in each other, cycles too; documents in folders, users in groups. */
const nodes = (prefix: string): fc.Arbitrary<readonly (readonly number[])[]> =>
  fc
    .array(fc.array(fc.nat(4), { maxLength: 2 }), { minLength: 5, maxLength: 5 })
    .map((all) => (prefix === '' ? [] : all));
const placed = (count: number): fc.Arbitrary<readonly (readonly number[])[]> =>
  fc.array(fc.array(fc.nat(4), { maxLength: 2 }), { minLength: count, maxLength: count });
const hierarchy = fc
  .tuple(nodes('Folder'), nodes('Group'), placed(documents.length), placed(users.length))
  .map(([folders, groups, inFolders, inGroups]): readonly Listed[] => {
    const of = (
      type: string,
      names: readonly string[],
      within: string,
      all: readonly (readonly number[])[],
    ): Listed[] =>
      names.map((name, index) => ({
        uid: { type, id: name },
        parents: (all[index] ?? []).map((n) => ({ type: within, id: `${within[0]?.toLowerCase()}${n}` })),
      }));
    const five = (letter: string): string[] => [0, 1, 2, 3, 4].map((n) => `${letter}${n}`);
    return [
      ...of('Folder', five('f'), 'Folder', folders),
      ...of('Group', five('g'), 'Group', groups),
      ...of('Document', documents, 'Folder', inFolders),
      ...of('User', users, 'Group', inGroups),
    ];
  });
const actions = '[Action::"getDocument", Action::"deleteDocument"]';
const rule = fc.constantFrom(
  ...['permit', 'forbid'].flatMap((effect) => [
    `${effect} (principal, action in ${actions}, resource in Folder::"f0");`,
    `${effect} (principal, action in ${actions}, resource) when { resource in Folder::"f1" };`,
    `${effect} (principal, action in ${actions}, resource is Document in Folder::"f2");`,
    `${effect} (principal in Group::"g0", action in ${actions}, resource is Document);`,
    `${effect} (principal, action in ${actions}, resource is Document) when { principal in Group::"g1" && resource in Folder::"f3" };`,
    `${effect} (principal, action in ${actions}, resource is Document) unless { resource in [Folder::"f0", Folder::"f4"] };`,
  ]),
);
const rules = fc
  .array(rule, { minLength: 1, maxLength: 3 })
  .map((all) => ['permit (principal, action == Action::"listDocuments", resource);', ...all].join('\n'));

test('a list, a function, a promise and a function that tells more decide alike, with a loader and without', async () => {
  let differing = 0;
  await fc.assert(
    fc.asyncProperty(hierarchy, rules, fc.boolean(), async (entities, text, loaded) => {
      const policies = policyFile(loaded ? text : text.replaceAll(', Action::"deleteDocument"', ''));
      const resources = loaded ? load : {};
      const { said: right } = await answers({ policies, resources, entities });
      if (/ 403 /.test(right) && / 20[04] /.test(right)) differing += 1;
      for (const [name, way] of Object.entries(ways))
        assert.equal(
          (await answers({ policies, resources, entities: way(entities) })).said,
          right,
          `${name}\n${text}\n${JSON.stringify(entities)}`,
        );
    }),
    { numRuns: 40, seed: 5 },
  );
  assert.ok(differing > 10, String(differing));
});

const chain = (depth: number): readonly Listed[] => [
  { uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: `g${depth - 1}` }] },
  ...Array.from({ length: depth }, (_, n) => ({
    uid: { type: 'Group', id: `g${n}` },
    parents: n === 0 ? [] : [{ type: 'Group', id: `g${n - 1}` }],
  })),
];
const members = 'permit (principal in Group::"g0", action, resource);';
const adas = async (options: Partial<GuardOptions>): Promise<{ status: string; reasons: string }> => {
  const { said, events } = await answers({ resources: load, ...options });
  return {
    status: /^ada GET \/documents\/d0 (\d+)/m.exec(said)?.[1] ?? '',
    reasons: events.map(({ unmapped }) => unmapped.castellan.refused?.reason ?? '').join(' '),
  };
};

test('levels: up to 25 are fetched, more are a refusal with its own reason; in a list any number', async () => {
  for (const [depth, status] of [
    [2, '200'],
    [12, '200'],
    [25, '200'],
    [27, '403'],
    [80, '403'],
  ] as const) {
    const policies = policyFile(members);
    const { status: got, reasons } = await adas({ policies, entities: only(chain(depth)) });
    assert.equal(got, status, String(depth));
    assert.equal(reasons.includes('too-many-levels'), status === '403', `${depth} ${reasons}`);
    assert.equal((await adas({ policies, entities: chain(depth) })).status, '200', String(depth));
  }
});

test('the number of levels is an option', async () => {
  const policies = policyFile(members);
  for (const [levels, depth, status] of [
    [3, 3, '200'],
    [3, 6, '403'],
    [100, 80, '200'],
  ] as const) {
    const { status: got, reasons } = await adas({ policies, entities: only(chain(depth)), limits: { levels } });
    assert.equal(got, status, `${levels} ${depth}`);
    assert.equal(reasons.includes('too-many-levels'), status === '403');
  }
});

test('a list of 200 objects in three levels of groups asks the directory once for each level at most', async () => {
  const files = Array.from({ length: 200 }, (_, n) => `d${n}`);
  const all: readonly Listed[] = [
    { uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: 'team3' }] },
    ...files.map((name, n) => ({
      uid: { type: 'Document', id: name },
      parents: [{ type: 'Folder', id: `low${n % 40}` }],
    })),
    ...Array.from({ length: 40 }, (_, n) => ({
      uid: { type: 'Folder', id: `low${n}` },
      parents: [{ type: 'Folder', id: `mid${n % 8}` }],
    })),
    ...Array.from({ length: 8 }, (_, n) => ({
      uid: { type: 'Folder', id: `mid${n}` },
      // The last of them is in itself, too.
      parents: [{ type: 'Folder', id: n === 7 ? 'mid7' : `top${n % 2}` }],
    })),
    { uid: { type: 'Folder', id: 'top0' }, parents: [] },
    { uid: { type: 'Folder', id: 'top1' }, parents: [] },
  ];
  const calls: string[][] = [];
  const guard = await createGuard({
    contract: contractOf(false),
    authentication: { token: { verify: (token: string) => ({ subject: token }) } },
    policies: policyFile(
      'permit (principal, action == Action::"listDocuments", resource is Document) when { resource in Folder::"top0" };',
    ),
    entities: (uids) => {
      calls.push(uids.map(key));
      return only(all)(uids);
    },
  });
  const handle = fetchGuard(guard, () => Response.json(files.map((name) => ({ id: name, folderId: 'x' }))));
  const answer = await handle(new Request('http://localhost/documents', { headers: { authorization: 'Bearer ada' } }), {
    remoteAddress: '127.0.0.1',
  });
  const left = (await answer.json()) as readonly unknown[];
  await guard.end();
  // mid0, mid2, mid4 and mid6 are in top0; mid7 is in a circle.
  assert.equal(left.length, 100);
  const [who, ...levels] = calls;
  assert.deepEqual(who, ['User ada']);
  assert.deepEqual(
    levels.map((level) => [level.length, level[0]?.replace(/\d+$/, '')]),
    [
      [200, 'Document d'],
      [40, 'Folder low'],
      [8, 'Folder mid'],
      [2, 'Folder top'],
    ],
  );
});

test('nothing is fetched that cannot change the decision, and nothing twice', async () => {
  const asked = async (text: string, all: (uids: readonly Uid[]) => readonly Listed[]): Promise<readonly string[]> => {
    const calls: string[] = [];
    const entities = (uids: readonly Uid[]): readonly Listed[] => {
      calls.push(...uids.map(key));
      return all(uids);
    };
    await adas({ policies: policyFile(text), entities });
    return [...new Set(calls.map((one) => one.split(' ')[0] ?? ''))].sort();
  };
  assert.deepEqual(await asked(members, closure(chain(7))), ['User']);
  assert.deepEqual(await asked(members, only(chain(7))), ['Group', 'User']);
  const owner = 'permit (principal, action, resource);';
  assert.deepEqual(await asked(`${members}\n${owner}`, only(chain(80))), ['User']);
  // Where somebody forbids, what he forbids by is fetched although another permits.
  const forbid =
    'forbid (principal, action == Action::"getDocument", resource is Document) when { resource in Folder::"f0" };';
  assert.deepEqual(await asked(`${owner}\n${forbid}`, only(chain(3))), ['Document', 'User']);
});

test('entities with the escapes of Cedar decide as those without; a body with them says nothing', async () => {
  const plain = chain(3);
  const escaped = plain.map(({ uid, parents }) => ({
    uid: { __entity: uid },
    parents: parents.map((one) => ({ __entity: one })),
  }));
  const policies = policyFile(members);
  for (const way of Object.values(ways)) {
    const { status } = await adas({ policies, entities: way(plain) });
    assert.equal(status, '200');
  }
  const written = escaped as never;
  assert.equal((await adas({ policies, entities: written })).status, '200');
  assert.equal((await adas({ policies, entities: () => written })).status, '200');
  for (const wrong of [
    [{ uid: { __entity: 'ada' } }],
    [{ uid: { type: 'User', id: 'ada' }, attrs: { a: { __extn: 1 } } }],
    [{ uid: { type: 'User', id: 'ada' }, parents: [{ __entity: {} }] }],
  ])
    await assert.rejects(adas({ policies, entities: wrong as never }), /entity 0 of the entities option is malformed/);
});
