// What a filter selects in the database is what would leave of all rows: policies, profiles and callers drawn at random.
// promise: filters-agree
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import fc from 'fast-check';
import {
  createGuard,
  type FiltersOption,
  type GuardEvent,
  type GuardOptions,
  type RequestFilter,
} from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-filters-'));
after(() => rmSync(folder, { recursive: true }));
const database = new DatabaseSync(':memory:');
after(() => database.close());

const text = { type: 'string' };
const schemaOf = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } });
const contractOf = (profile: string): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Documents', version: '1' },
  security: [{ token: [] }],
  'x-castellan': { profile },
  paths: {
    '/documents': {
      get: {
        operationId: 'listDocuments',
        'x-castellan': { denied: 'remove' },
        parameters: [{ name: 'all', in: 'query', schema: { type: 'boolean' } }],
        responses: json({ type: 'array', maxItems: 100, items: schemaOf('Document') }),
      },
    },
    '/documents/{documentId}': {
      get: {
        operationId: 'getDocument',
        parameters: [{ name: 'documentId', in: 'path', required: true, schema: text }],
        responses: json(schemaOf('Document')),
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Document' },
        required: ['id', 'title'],
        properties: {
          id: text,
          title: text,
          ownerId: { type: 'string', 'x-castellan': { resource: 'User' } },
          tenant: text,
          level: { type: 'integer', minimum: 0, maximum: 9 },
          until: { type: 'string', format: 'date-time' },
          folderId: { type: 'string', 'x-castellan': { resource: 'Folder' } },
        },
      },
      Folder: {
        type: 'object',
        'x-castellan': { resource: 'Folder' },
        properties: { id: text, ownerId: { type: 'string', 'x-castellan': { resource: 'User' } } },
      },
    },
  },
});

interface Row {
  readonly id: string;
  readonly title: string;
  readonly ownerId?: string;
  readonly tenant?: string;
  readonly level?: number;
  readonly until?: string;
  readonly folderId?: string;
}
const now = Date.parse('2026-01-04T06:00:00.000Z');
const folders: Readonly<Record<string, object>> = {
  f1: { id: 'f1', ownerId: 'ada' },
  f2: { id: 'f2', ownerId: 'bob' },
};
const directory = [
  { uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: 'leads' }] },
  { uid: { type: 'User', id: 'bob' }, parents: [{ type: 'Group', id: 'staff' }] },
  { uid: { type: 'Group', id: 'leads' }, parents: [{ type: 'Group', id: 'staff' }] },
  { uid: { type: 'Group', id: 'staff' }, parents: [{ type: 'Group', id: 'leads' }] },
];
const filters: FiltersOption = {
  dialect: 'sqlite',
  tables: {
    Document: { table: 'documents', columns: { ownerId: 'owner_id', folderId: 'folder_id' } },
    Folder: { table: 'folders', columns: { ownerId: 'owner_id' } },
  },
};

const rows: readonly Row[] = fc
  .sample(
    fc.record(
      {
        title: fc.constantFrom('plan', 'Plan', 'secret'),
        ownerId: fc.constantFrom('ada', 'bob', 'eve'),
        tenant: fc.constantFrom('acme', 'umbrella'),
        level: fc.integer({ min: 0, max: 4 }),
        until: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-04T06:00:00.000Z', '2026-02-01T00:00:00.000Z'),
        folderId: fc.constantFrom('f1', 'f2', 'gone'),
      },
      { requiredKeys: ['title'] },
    ),
    { numRuns: 40, seed: 5 },
  )
  .map((row, index) => ({ ...row, id: `d${index}` }));
database.exec(`CREATE TABLE documents (id text, title text, owner_id text, tenant text, level integer, until text, folder_id text);
  CREATE TABLE folders (id text, owner_id text); INSERT INTO folders VALUES ('f1', 'ada'), ('f2', 'bob')`);
for (const { id, title, ownerId = null, tenant = null, level = null, until = null, folderId = null } of rows)
  database
    .prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(id, title, ownerId, tenant, level, until, folderId);

function selected(filter: RequestFilter): readonly Row[] {
  const { text: where, params } = filter.sql();
  return database
    .prepare(`SELECT id FROM documents WHERE ${where}`)
    .all(...(params as string[]))
    .flatMap(({ id }) => rows.find((row) => row.id === id) ?? []);
}

let files = 0;
function policyFile(policies: string): string {
  files += 1;
  const name = join(folder, `${files}.cedar`);
  writeFileSync(name, policies);
  return name;
}

interface Answer {
  readonly status: number;
  readonly ids: readonly string[];
  readonly event: GuardEvent['unmapped']['castellan'];
}

async function withGuard<T>(
  options: Partial<GuardOptions> & Pick<GuardOptions, 'contract' | 'policies'>,
  list: (filter: RequestFilter) => readonly object[] | Promise<readonly object[]>,
  use: (ask: (path: string, who: string) => Promise<Answer>, notices: readonly string[]) => Promise<T>,
): Promise<T> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({
    filters,
    entities: directory,
    clock: () => now,
    onEvent: (event) => events.push(event),
    authentication: {
      token: {
        verify: (token: string) => ({
          subject: token,
          claims: { tenant: token === 'eve' ? 'umbrella' : 'acme' },
          tenant: 'acme',
        }),
      },
    },
    resources: { Folder: (ids: readonly string[]) => ids.map((id) => folders[id]) },
    ...options,
  } as GuardOptions);
  const handle = fetchGuard(guard, async (_, { query, filter }) =>
    Response.json(query['all'] === true ? rows : await list(await filter('Document'))),
  );
  try {
    return await use(
      async (path, who) => {
        events.length = 0;
        const answer = await handle(
          new Request(`http://api.example.com${path}`, { headers: { authorization: `Bearer ${who}` } }),
          { remoteAddress: '192.0.2.1' },
        );
        const body: unknown = answer.status === 200 ? await answer.json() : [];
        const [event] = events;
        assert.ok(event !== undefined);
        return {
          status: answer.status,
          ids: (body as readonly Row[]).map(({ id }) => id),
          event: event.unmapped.castellan,
        };
      },
      guard.notices.filter(({ code }) => code === 'untranslatable-filter').map(({ message }) => message),
    );
  } finally {
    await guard.end();
  }
}

const conditions = [
  'resource has ownerId && resource.ownerId == principal',
  'resource has ownerId && resource.ownerId in Group::"staff"',
  'principal has tenant && resource has tenant && resource.tenant == principal.tenant',
  'resource has level && resource.level < 3',
  'resource has until && context.now < resource.until',
  'resource has until && context.now.durationSince(resource.until) < duration("78h")',
  'resource has folderId && resource.folderId has ownerId && resource.folderId.ownerId == principal',
  'resource.title == "plan"',
  'resource.title like "P*"',
  '!(resource has ownerId)',
] as const;
const policy = fc
  .tuple(
    fc.constantFrom('permit', 'permit', 'permit', 'forbid'),
    fc.constantFrom('principal', 'principal', 'principal in Group::"leads"', 'principal == User::"eve"'),
    fc.constantFrom(
      'action == Action::"listDocuments"',
      'action == Action::"listDocuments"',
      'action == Action::"getDocument"',
      'action',
    ),
    fc.constantFrom(...conditions),
    fc.option(fc.constantFrom(...conditions), { freq: 3 }),
  )
  .map(([effect, who, action, one, other]) => {
    const body = other === null ? one : `(${one}) || (${other})`;
    // One that fails on rows without a level: it forbids, says the guard.
    const also = effect === 'forbid' && one.startsWith('resource.title') ? ' when { resource.title != "x" }' : '';
    return `${effect} (${who}, ${action}, resource is Document) when { ${body} }${also};`;
  });

test('a filter selects the rows that would leave, of all rows', { timeout: 300_000 }, async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(policy, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('internal', 'standard', 'bank'),
      async (policies, profile) => {
        await withGuard(
          { contract: contractOf(profile), policies: policyFile(policies.join('\n')) },
          selected,
          async (ask, notices) => {
            assert.deepEqual(notices, []);
            for (const who of ['ada', 'bob', 'eve']) {
              const all = await ask('/documents?all=true', who);
              const filtered = await ask('/documents', who);
              assert.deepEqual([filtered.status, filtered.ids], [all.status, all.ids], `${profile} ${who}`);
              // Nothing had to be taken out: the database gave no row too many.
              assert.deepEqual(filtered.event.changed ?? [], []);
              if (all.ids.length > 0 && all.ids.length < rows.length) told += 1;
            }
          },
        );
      },
    ),
    { numRuns: 60, seed: 12 },
  );
  assert.ok(told > 40, `rows were told apart ${told} times`);
});

// promise: filters-never-drop
test('what a store cannot be asked is named at start, and single decisions go on', async () => {
  const policies = policyFile(`permit (principal, action == Action::"listDocuments", resource is Document)
when { resource has until && resource.until.toTime() < duration("8h") };`);
  const list = async (filter: RequestFilter): Promise<readonly object[]> => {
    assert.throws(() => filter.sql(), { code: 'untranslatable' });
    return filter.keep(rows);
  };
  await withGuard({ contract: contractOf('standard'), policies }, list, async (ask, notices) => {
    const [notice = '', ...others] = notices;
    assert.match(
      notice,
      /^SQL cannot be asked a condition of listDocuments, so request\.filter\('Document'\) has its keep\(objects\) only: .*\.cedar:2:\d+: resource\.until\.toTime\(\)/,
    );
    assert.deepEqual(others, []);
    const [all, filtered] = [await ask('/documents?all=true', 'ada'), await ask('/documents', 'ada')];
    assert.ok(all.ids.length > 0);
    assert.deepEqual(filtered.ids, all.ids);
  });
});

test('a misspelt name in filters is an error with a suggestion', async () => {
  const policies = policyFile('permit (principal, action, resource);');
  const said = async (given: unknown): Promise<string> => {
    try {
      const guard = await createGuard({
        contract: contractOf('internal'),
        policies,
        filters: given as FiltersOption,
        authentication: { token: { verify: () => undefined } },
      } as GuardOptions);
      await guard.end();
      return 'started';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const forms: readonly [given: unknown, message: RegExp][] = [
    [{ dialekt: 'sqlite' }, /did you mean dialect/],
    [{ dialect: 'sqlit' }, /did you mean sqlite/],
    [{ tables: { Documnt: { table: 'documents' } } }, /there is no type 'Documnt'; did you mean 'Document'/],
    [{ tables: { Document: { tabel: 'documents' } } }, /did you mean table/],
    [{ tables: { Document: { columns: { ownrId: 'owner_id' } } } }, /no attribute 'ownrId'; did you mean 'ownerId'/],
    [
      { tables: { Document: { columns: { 'folderId.onwerId': 'x' } } } },
      /no attribute 'onwerId'; did you mean 'ownerId'/,
    ],
    [{ tables: { Document: { parents: { Foldr: 'folder_id' } } } }, /no type 'Foldr'; did you mean 'Folder'/],
    [{ tables: { Document: { parents: { Folder: { table: 'links', child: 'a' } } } } }, /parent is missing/],
    [{ mongodb: { Document: { fields: { titel: 'title' } } } }, /no attribute 'titel'; did you mean 'title'/],
    [{ prisma: { provider: 'mysql' } }, /write postgresql, sqlite/],
    [
      { prisma: { provider: 'sqlite', models: { Document: { relations: { foldrId: 'x' } } } } },
      /did you mean 'folderId'/,
    ],
  ];
  for (const [given, message] of forms) assert.match(await said(given), message);
  await assert.rejects(createGuard({ contract: contractOf('internal'), filters: {} }), {
    code: 'filters-without-policies',
  });
});
