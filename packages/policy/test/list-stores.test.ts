// What filters look like in each store, and what each of them refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import {
  compilePolicies,
  EntityRef,
  SqlWriter,
  type ListFilter,
  type PrismaMapping,
  type SchemaModel,
  type SqlMapping,
} from '@castellan/policy';

const schema = `
  entity Group in [Group];
  entity User in [Group] { orgs?: Set<String>, grants?: Set<{ org: String, role: String }> };
  entity Folder in [Folder] { owner?: User, org: String };
  entity Document in [Folder] { title: String, owner?: User, org: String, folder?: Folder, readers?: Set<User>, size: Long, at?: datetime };
  action view appliesTo { principal: User, resource: Document, context: { now: datetime } };`;
const action = new EntityRef('Action', 'view');
const now = new Date('2026-01-04T06:00:00.000Z');

function filterOf(condition: string, user: object = {}): ListFilter {
  const set = compilePolicies({
    policies: [{ file: 'x.cedar', text: `permit (principal, action, resource) when { ${condition} };` }],
    schema,
  });
  const principal = set.entity('User', 'ada', user, { parents: [new EntityRef('Group', 'staff')] });
  return set.filter({ principal, action, type: 'Document', context: set.context(action, { now }) });
}
const refusal = (write: () => unknown): string => {
  try {
    return `nothing: ${JSON.stringify(write())}`;
  } catch (error) {
    return (error as Error).message;
  }
};

test('Drizzle selects with its own sql', async () => {
  const client = new PGlite();
  await client.exec(
    "CREATE TABLE docs (id text, owner text, org text); INSERT INTO docs VALUES ('d1', 'ada', 'a'), ('d2', 'bob', 'a'), ('d3', 'bob', 'b'), ('d4', NULL, 'a')",
  );
  const docs = pgTable('docs', { id: text(), owner: text(), org: text() });
  const filter = filterOf(
    '(resource has owner && resource.owner == principal) || (principal has orgs && principal.orgs.contains(resource.org))',
    { orgs: ['b', 'c'] },
  );
  const rows = await drizzle(client)
    .select()
    .from(docs)
    .where(filter.drizzle((strings, ...params) => sql<boolean>(strings, ...params), { table: 'docs' }))
    .orderBy(docs.id);
  await client.close();
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['d1', 'd3'],
  );
});

test('a page of a list is full: the condition is in the query', async () => {
  const client = new PGlite();
  await client.exec(
    "CREATE TABLE docs (id text, owner text); INSERT INTO docs SELECT lpad(i::text, 4, '0'), CASE WHEN i % 7 = 0 THEN 'ada' ELSE 'bob' END FROM generate_series(1, 1000) i",
  );
  const { text: where, params } = filterOf('resource has owner && resource.owner == principal').sql();
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM docs WHERE ${where} ORDER BY id LIMIT 20 OFFSET 20`,
    [...params],
  );
  await client.close();
  assert.equal(rows.length, 20);
  assert.equal(rows[0]?.id, String(21 * 7).padStart(4, '0'));
});

test('MySQL compares texts to the letter, and writes its own names and marks', () => {
  const { text: where, params } = filterOf(
    'resource has owner && resource.owner == principal && resource.title like "50%*"',
  ).sql({ dialect: 'mysql', table: 'docs' });
  assert.equal(
    where,
    '(`docs`.`title` IS NOT NULL AND `docs`.`owner` IS NOT NULL AND ' +
      '(`docs`.`owner` = ? AND CAST(`docs`.`owner` AS BINARY) = CAST(? AS BINARY)) AND ' +
      "CAST(`docs`.`title` AS BINARY) LIKE CAST(? AS BINARY) ESCAPE '!')",
  );
  assert.deepEqual(params, ['ada', 'ada', '50!%%']);
});

test('Prisma asks through relations', () => {
  const mapping: PrismaMapping = {
    provider: 'postgresql',
    models: {
      Document: {
        fields: { owner: 'ownerId', folder: 'folderId' },
        relations: { folder: 'folder' },
        sets: { readers: { relation: 'shares', field: 'userId' } },
      },
      Folder: { fields: { owner: 'ownerId' } },
    },
  };
  const where = (condition: string, user?: object) => filterOf(condition, user).prisma(mapping);
  assert.deepEqual(where('resource has owner && resource.owner == principal'), {
    AND: [{ ownerId: { not: null } }, { ownerId: 'ada' }],
  });
  assert.deepEqual(where('resource has folder && resource.folder has owner && resource.folder.owner == principal'), {
    AND: [
      { folderId: { not: null } },
      { folder: { is: { ownerId: { not: null } } } },
      { folder: { is: { ownerId: 'ada' } } },
    ],
  });
  assert.deepEqual(where('resource has readers && resource.readers.contains(principal)'), {
    AND: [{ shares: { some: { userId: { in: ['ada'] } } } }],
  });
  assert.deepEqual(where('principal has orgs && principal.orgs.contains(resource.org)', { orgs: ['a', 'b'] }), {
    AND: [{ org: { in: ['a', 'b'] } }],
  });
  assert.deepEqual(where('principal has orgs && principal.orgs.contains(resource.org)', { orgs: [] }), { OR: [] });
  assert.match(
    refusal(() => where('resource.size + 1 > 2')),
    /Prisma has no arithmetic/,
  );
  assert.match(
    refusal(() => filterOf('resource.title like "a*"').prisma({ ...mapping, provider: 'sqlite' })),
    /without case/,
  );
});

test("roles per tenant: the caller's grants become values", () => {
  const filter = filterOf(
    'principal has grants && (principal.grants.contains({ org: resource.org, role: "admin" }) || principal.grants.contains({ org: resource.org, role: "reader" }))',
    {
      grants: [
        { org: 'a', role: 'admin' },
        { org: 'b', role: 'guest' },
        { org: 'c', role: 'reader' },
      ],
    },
  );
  assert.deepEqual(filter.sql(), {
    text: '("org" IS NOT NULL AND "org" IN ($1, $2))',
    params: ['a', 'c'],
  });
});

test('rows of shares count until their end', async () => {
  const client = new PGlite();
  await client.exec(`CREATE TABLE docs (id text); INSERT INTO docs VALUES ('d1'), ('d2'), ('d3'), ('d4');
    CREATE TABLE shares (doc text, who text, until timestamptz);
    INSERT INTO shares VALUES ('d1', 'ada', NULL), ('d2', 'ada', '2026-01-04T06:00:00.001Z'), ('d3', 'ada', '2026-01-04T06:00:00Z'), ('d4', 'bob', NULL)`);
  const mapping: SqlMapping = {
    table: 'docs',
    sets: { readers: { table: 'shares', owner: 'doc', value: 'who', until: 'until' } },
  };
  const filter = filterOf('resource has readers && resource.readers.contains(principal)');
  const { text: where, params } = filter.sql({ ...mapping, now: now.getTime() });
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM docs WHERE ${where} ORDER BY id`, [...params]);
  await client.close();
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['d1', 'd2'],
  );
  assert.match(
    refusal(() => filter.sql(mapping)),
    /x\.cedar:1:\d+: .*give 'now'/,
  );
});

test('what is elsewhere and not named is refused with its place', () => {
  const said = (condition: string, mapping: SqlMapping = { table: 'docs' }) =>
    refusal(() => filterOf(condition).sql(mapping));
  const parent = 'resource has folder && resource.folder.org == "a"';
  assert.match(
    said(parent),
    /x\.cedar:1:\d+: resource\.folder\.org cannot be asked of a store: no table is named for Folder/,
  );
  assert.match(said(parent, { tables: { Folder: { table: 'folders' } } }), /give the 'table' of the items/);
  assert.match(said('resource in Folder::"f"'), /name it in 'parents' of Document/);
  assert.match(
    said('resource in Folder::"f"', { table: 'docs', parents: { Folder: 'folder_id' } }),
    /what a Folder is in, is not said/,
  );
  assert.equal(
    said('resource in Folder::"f"', {
      table: 'docs',
      parents: { Folder: 'folder_id' },
      tables: { Folder: { parents: {} } },
    }),
    'nothing: {"text":"COALESCE(\\"docs\\".\\"folder_id\\" = $1, FALSE)","params":["f"]}',
  );
});

test('many groups go in one parameter', () => {
  const set = compilePolicies({
    policies: 'permit (principal, action, resource) when { resource.org in principal.orgs };',
    schema: `
    entity Org; entity User { orgs: Set<Org> }; entity Document { org: Org };
    action view appliesTo { principal: User, resource: Document };`,
  });
  const orgs = Array.from({ length: 300 }, (_, index) => `o${index}`);
  const filter = set.filter({ principal: set.entity('User', 'ada', { orgs }), action, type: 'Document' });
  assert.equal(filter.sql().params.length, 1);
  assert.equal(filter.sql({ dialect: 'sqlite' }).params.length, 2);
});

test('what no store can be asked is known before anybody calls', () => {
  const set = compilePolicies({
    policies: [
      {
        file: 'x.cedar',
        text: `permit (principal in Group::"staff", action, resource) when { principal has orgs && resource has at && resource.at.toTime() > duration("8h") };
permit (principal, action, resource) when { resource has folder && resource.folder.org == "a" };`,
      },
    ],
    schema,
  });
  const write = (mapping: SqlMapping) =>
    set
      .untranslatable(action, 'Document', (leaf) =>
        new SqlWriter(set.schema as SchemaModel, 'Document', mapping).condition(leaf),
      )
      .map(({ message }) => message.replace(/;.*/, ''));
  assert.deepEqual(write({ table: 'docs' }), [
    "x.cedar:1:104: resource.at.toTime() cannot be asked of a store: 'toTime' on attributes of an item is not translated",
    'x.cedar:2:68: resource.folder.org cannot be asked of a store: no table is named for Folder',
  ]);
  assert.equal(write({ table: 'docs', tables: { Folder: { table: 'folders' } } }).length, 1);
});
