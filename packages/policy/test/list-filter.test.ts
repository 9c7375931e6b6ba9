// Rows that the SQL of a filter selects = rows that the policies permit one by one, for random policies and rows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { compilePolicies, EntityRef, type TableMapping } from '@castellan/policy';

const schema = `
  entity Group in [Group];
  entity User in [Group] { name?: String };
  entity Folder;
  entity Document in [Folder] {
    title: String, owner?: User, team?: Group, size: Long, open?: Bool, due?: datetime, labels?: Set<String>, price?: decimal,
    approval?: { tag?: String, by?: User, at?: datetime }
  };
  action view appliesTo { principal: User, resource: Document, context: { now: datetime, limit?: Long } };`;

const mapping: TableMapping = {
  table: 'd',
  columns: {
    owner: 'owner_id',
    team: 'team_id',
    approval: 'approval_tag',
    'approval.tag': 'approval_tag',
    'approval.by': 'approval_by',
    'approval.at': 'approval_at',
  },
  parents: { Folder: 'folder_id' },
  members: ({ id }, type) => (type === 'User' && id === 'staff' ? ['ada', 'bob'] : []),
};

interface Row {
  readonly id: string;
  readonly folder: string | null;
  readonly title: string;
  readonly owner: string | null;
  readonly team: string | null;
  readonly size: number;
  readonly open: boolean | null;
  readonly due: Date | null;
  readonly labels: string[] | null;
  readonly price: string | null;
  readonly approval: { readonly tag: string; readonly by: string | null; readonly at: Date | null } | null;
}

const user = fc.constantFrom('ada', 'bob', 'eve');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });
const time = fc.constantFrom(
  '2026-01-01T00:00:00.000Z',
  '2026-01-04T05:59:59.999Z',
  '2026-01-04T06:00:00.000Z',
  '2026-02-01T00:00:00.001Z',
);
const date = time.map((text) => new Date(text));
const text = fc.constantFrom('ready', 'draft', '100%', 'a_b', "o'clock", '\\', '');
const row = fc.record({
  folder: maybe(fc.constantFrom('f1', 'f2')),
  title: text,
  owner: maybe(user),
  team: maybe(fc.constantFrom('staff', 'all')),
  size: fc.integer({ min: -2, max: 3 }),
  open: maybe(fc.boolean()),
  due: maybe(date),
  labels: maybe(fc.uniqueArray(text, { maxLength: 2 })),
  price: maybe(fc.constantFrom('1.5', '-0.25', '100.0')),
  approval: maybe(fc.record({ tag: text, by: maybe(user), at: maybe(date) })),
});
const rows = fc
  .array(row, { minLength: 1, maxLength: 12 })
  .map((list) => list.map((item, index): Row => ({ ...item, id: `d${index}` })));

const literal = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const texts = fc.oneof(text.map(literal), fc.constantFrom('resource.title', 'resource.approval.tag', 'principal.name'));
const times = fc.oneof(
  time.map((value) => `datetime("${value}")`),
  fc.constantFrom(
    'context.now',
    'resource.due',
    'resource.approval.at',
    'resource.approval.at.offset(duration("78h"))',
  ),
);
const longs = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((n) => `(${n})`),
  fc.constantFrom('resource.size', 'context.limit'),
);
const users = fc.constantFrom('resource.owner', 'resource.approval.by', 'principal', 'User::"bob"', 'Group::"staff"');
const atom = fc.oneof(
  fc.tuple(texts, fc.constantFrom('==', '!='), texts).map((parts) => parts.join(' ')),
  fc.tuple(longs, fc.constantFrom('<', '<=', '>', '>=', '=='), longs).map((parts) => parts.join(' ')),
  fc.tuple(times, fc.constantFrom('<', '<=', '>', '>=', '=='), times).map((parts) => parts.join(' ')),
  fc.tuple(users, fc.constantFrom('==', '!='), users).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'true',
    'false',
    'resource.open',
    'resource has open',
    'resource has owner',
    'resource has approval',
    'resource has due',
    'resource.approval has by',
    'resource.approval has at',
    'resource in Folder::"f1"',
    'resource in [Folder::"f1", Document::"d2"]',
    'resource == Document::"d1"',
    'principal in resource.team',
    'resource.owner in Group::"staff"',
    'resource.approval.by in Group::"staff"',
    'resource.owner in [Group::"staff", User::"eve"]',
    'principal in Group::"all"',
    'resource is Document',
    'resource is Document in Folder::"f2"',
    'resource.title like "*a*"',
    'resource.title like "100%"',
    'resource.approval.tag like "r*y"',
    'resource.labels.contains("ready")',
    'resource.labels.contains(resource.title)',
    'resource.labels.isEmpty()',
    'resource.labels.containsAny(["ready", "100%"])',
    'resource.labels.containsAll(["a_b"])',
    '["ready", "draft"].contains(resource.approval.tag)',
    'resource.price.lessThan(decimal("1.5"))',
    'resource.price == decimal("100.00")',
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) && (${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) || (${b})`),
    tie('condition').map((a) => `!(${a})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([a, b, c]) => `if (${a}) then (${b}) else (${c})`),
  ),
}));
const policy = fc
  .tuple(
    fc.constantFrom('permit', 'permit', 'forbid'),
    fc.constantFrom('principal', 'principal in Group::"staff"', 'principal == User::"eve"'),
    fc.constantFrom(
      'resource',
      'resource',
      'resource is Document',
      'resource == Document::"d0"',
      'resource in Folder::"f1"',
    ),
    fc.constantFrom('when', 'when', 'unless'),
    condition,
  )
  .map(
    ([effect, who, what, kind, body]) => `${effect} (${who}, action == Action::"view", ${what}) ${kind} { ${body} };`,
  );

const database = new PGlite();
await database.exec(`CREATE TABLE docs (id text, folder_id text, title text, owner_id text, team_id text, size bigint, open boolean,
  due timestamptz, labels text[], price numeric, approval_tag text, approval_by text, approval_at timestamptz)`);

async function store(list: readonly Row[]) {
  await database.exec('DELETE FROM docs');
  for (const { id, folder, title, owner, team, size, open, due, labels, price, approval } of list) {
    const tag = approval === null ? null : approval.tag;
    await database.query('INSERT INTO docs VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)', [
      id,
      folder,
      title,
      owner,
      team,
      size,
      open,
      due,
      labels,
      price,
      tag,
      approval?.by ?? null,
      approval?.at ?? null,
    ]);
  }
}

const groups = { ada: ['staff'], bob: ['staff', 'all'], eve: [] } as const;

test('the SQL selects the rows that the policies permit one by one', async () => {
  let some = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 3 }), rows, user, async (policies, list, who) => {
      const set = compilePolicies({ policies: policies.join('\n'), schema, validation: 'off' });
      const parents = groups[who].map((group) => new EntityRef('Group', group));
      const entities = (type: string, id: string) =>
        type === 'User' && id in groups
          ? set.entity(
              'User',
              id,
              {},
              { parents: groups[id as keyof typeof groups].map((group) => new EntityRef('Group', group)) },
            )
          : undefined;
      const action = new EntityRef('Action', 'view');
      const filter = set.filter({
        principal: set.entity('User', who, who === 'eve' ? {} : { name: 'ready' }, { parents }),
        action,
        type: 'Document',
        context: set.context(action, { now: new Date('2026-01-04T06:00:00.000Z') }),
        entities,
      });
      const { text, params } = filter.sql(mapping);
      await store(list);
      const { rows: selected } = await database.query<{ id: string }>(
        `SELECT id FROM docs d WHERE ${text} ORDER BY id`,
        [...params],
      );
      const permitted = list.filter((item) => {
        const folder = item.folder === null ? [] : [new EntityRef('Folder', item.folder)];
        return filter.test(item.id, item, folder);
      });
      if (permitted.length > 0 && permitted.length < list.length) some += 1;
      assert.deepEqual(selected.map(({ id }) => id).sort(), permitted.map(({ id }) => id).sort(), text);
      if (filter.scope !== 'some') assert.equal(permitted.length, filter.scope === 'all' ? list.length : 0);
    }),
    { numRuns: 100, seed: 78 },
  );
  assert.ok(some > 15, `rows were told apart in ${some} runs`);
});

test('Kysely takes the condition with its own sql', () => {
  const set = compilePolicies({
    policies: 'permit (principal, action, resource) when { resource has owner && resource.owner == principal };',
    schema,
  });
  const filter = set.filter({
    principal: new EntityRef('User', "o'hara"),
    action: new EntityRef('Action', 'view'),
    type: 'Document',
  });
  const db = new Kysely<{ docs: { id: string } }>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const query = db
    .selectFrom('docs')
    .select('id')
    .where(filter.kysely((strings, ...params) => sql<boolean>(strings, ...params)))
    .compile();
  assert.equal(query.sql, 'select "id" from "docs" where ("owner" IS NOT NULL AND "owner" = $1)');
  assert.deepEqual(query.parameters, ["o'hara"]);
});

test('what a table cannot answer is refused with its place, never dropped', () => {
  const refused = (condition: string, given: TableMapping = {}, at = { line: 3, column: 8 }) => {
    const set = compilePolicies({
      policies: [{ file: 'x.cedar', text: `// first\npermit (principal, action, resource)\nwhen { ${condition} };` }],
      schema,
      validation: 'off',
    });
    const filter = set.filter({
      principal: new EntityRef('User', 'ada'),
      action: new EntityRef('Action', 'view'),
      type: 'Document',
    });
    assert.equal(filter.scope, 'some');
    return assert.throws(() => filter.sql(given), {
      code: 'untranslatable',
      place: { file: 'x.cedar', ...at },
    });
  };
  refused('resource.owner.name == "Ada"');
  refused('resource.due.toTime() > duration("1h")');
  refused('resource.owner in Group::"staff"');
  refused('resource in Folder::"f1"');
  refused('resource.approval.tag == "ready"');
  refused('resource.hasTag("x")');
});

test('no policy for the principal selects nothing, one without conditions everything', () => {
  const scope = (policies: string) => {
    const set = compilePolicies({ policies, schema });
    const filter = set.filter({
      principal: new EntityRef('User', 'ada'),
      action: new EntityRef('Action', 'view'),
      type: 'Document',
    });
    return [filter.scope, filter.sql().text];
  };
  assert.deepEqual(scope('permit (principal == User::"eve", action, resource);'), ['none', 'FALSE']);
  assert.deepEqual(scope('permit (principal, action, resource);'), ['all', 'TRUE']);
  assert.deepEqual(scope('permit (principal, action, resource); forbid (principal, action, resource);'), [
    'none',
    'FALSE',
  ]);
});
