// Objects that are shared one by one, by a table: users, groups, tenants, everyone, with an end, and not for some. What single
// decisions say, lists and the condition for the database say too.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createGuard, type GuardOptions, type Share } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-sharing-'));
after(() => rmSync(folder, { recursive: true }));

const text = { type: 'string' };
const ref = { $ref: '#/components/schemas/Document' };
const ok = (schema: object): object => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } });
const one = [{ name: 'documentId', in: 'path', required: true, schema: text }];
const contract = {
  openapi: '3.1.0',
  info: { title: 'Shared', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/documents': {
      get: {
        operationId: 'listDocuments',
        'x-castellan': { denied: 'remove' },
        responses: ok({ type: 'array', maxItems: 500, items: ref }),
      },
    },
    '/documents/{documentId}': {
      parameters: one,
      get: { operationId: 'getDocument', responses: ok(ref) },
      delete: { operationId: 'dropDocument', responses: { 204: { description: 'gone' } } },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Document' },
        required: ['id'],
        properties: { id: text, locked: { type: 'boolean' }, shares_reader_users: { type: 'array', items: text } },
      },
    },
  },
};

const policies = join(folder, 'policies.cedar');
writeFileSync(
  policies,
  `@id("reader") permit (principal in ?principal, action in [Action::"getDocument", Action::"listDocuments"], resource == ?resource);
@id("owner") permit (principal == ?principal, action, resource == ?resource) unless { resource has locked && resource.locked };`,
);

const now = Date.parse('2026-05-05T12:00:00Z');
const people: Readonly<Record<string, { readonly groups: readonly string[]; readonly tenant?: string }>> = {
  ada: { groups: ['staff'], tenant: 'acme' },
  bob: { groups: [], tenant: 'acme' },
  cem: { groups: ['staff', 'night'], tenant: 'bolt' },
  eve: { groups: [] },
};
const ids = ['1', '2', '3', '4'];

interface Setting {
  readonly shares: readonly Share[];
  readonly rows?: readonly object[];
  readonly options?: Partial<GuardOptions>;
}

async function guarded({ shares, rows = ids.map((id) => ({ id })), options = {} }: Setting) {
  const asked: (readonly string[])[] = [];
  let selected: unknown;
  const guard = await createGuard({
    contract,
    policies,
    clock: () => now,
    authentication: {
      token: { verify: (subject: string) => Promise.resolve({ subject, ...people[subject] }) },
    } as never,
    resources: { Document: (wanted) => wanted.map((id) => rows.find((row) => (row as { id: string }).id === id)) },
    sharing: {
      Document: (wanted) => {
        asked.push(wanted);
        return shares.filter(({ object }) => wanted.includes(String(object)));
      },
    },
    ...options,
  });
  const handler = fetchGuard(guard, async (request, context) => {
    const filter = await context.filter('Document');
    selected = options.filters === undefined ? await filter.keep(rows as { id: string }[]) : filter.sql();
    const id = new URL(request.url).pathname.split('/')[2];
    if (request.method === 'DELETE') return new Response(null, { status: 204 });
    return Response.json(id === undefined ? rows : rows.find((row) => (row as { id: string }).id === id));
  });
  const ask = async (who: string, path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
    const answer = await handler(
      new Request(`http://api.example.com${path}`, { method, headers: { authorization: `Bearer ${who}` } }),
      {
        remoteAddress: '192.0.2.1',
        target: path,
        rawHeaders: ['host', 'api.example.com', 'authorization', `Bearer ${who}`],
      },
    );
    const body = await answer.text();
    return { status: answer.status, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
  };
  return { ask, asked, guard, selected: () => selected };
}

/** What the table means, said once more. */
function may(who: string, id: string, template: string, shares: readonly Share[]): boolean {
  const { groups = [], tenant } = people[who] ?? {};
  const those = shares.filter(
    (share) =>
      share.template === template &&
      String(share.object) === id &&
      (share.until === undefined || share.until === null || new Date(share.until).getTime() > now),
  );
  const isWith = ({ with: to }: Share): boolean =>
    to === 'everyone' ||
    to === `User::"${who}"` ||
    (typeof to === 'object' && to.tenant === tenant) ||
    (template === 'reader' && groups.some((group) => to === `Group::"${group}"`));
  const isNot = ({ with: to }: Share): boolean =>
    to === `User::"${who}"` || groups.some((group) => to === `Group::"${group}"`);
  return (
    those.some((share) => share.not !== true && isWith(share)) &&
    !those.some((share) => share.not === true && isNot(share))
  );
}

const shareArbitrary: fc.Arbitrary<Share> = fc
  .record({
    object: fc.constantFrom(...ids),
    template: fc.constantFrom('reader', 'reader', 'owner'),
    with: fc.constantFrom<Share['with']>(
      'User::"ada"',
      'User::"bob"',
      'User::"cem"',
      'Group::"staff"',
      'Group::"night"',
      'everyone',
      { tenant: 'acme' },
      { tenant: 'bolt' },
    ),
    until: fc.constantFrom<Share['until']>(
      undefined,
      undefined,
      null,
      now,
      now - 1,
      now + 1,
      new Date(now + 1),
      '2026-05-05T12:00:00.001Z',
      '2026-05-05T14:00:00+02:00',
    ),
    not: fc.constantFrom(false, false, false, true),
  })
  .map((share) =>
    share.not && (share.with === 'everyone' || typeof share.with === 'object') ? { ...share, not: false } : share,
  );

const table = new DatabaseSync(':memory:');
after(() => table.close());
table.exec(`CREATE TABLE documents (id text PRIMARY KEY, locked integer);
CREATE TABLE shares (document_id text, template text, kind text, who text, ends_at integer, excluded integer);
${['reader', 'owner']
  .flatMap((template) =>
    [
      ['users', 'user', 0],
      ['groups', 'group', 0],
      ['tenants', 'tenant', 0],
      ['not_users', 'user', 1],
      ['not_groups', 'group', 1],
    ].map(
      ([name, kind, excluded]) =>
        `CREATE VIEW ${template}_${name} AS SELECT document_id, who, ends_at FROM shares WHERE template = '${template}' AND kind = '${kind}' AND excluded = ${excluded};`,
    ),
  )
  .join('\n')}`);
const sets = Object.fromEntries(
  ['reader', 'owner'].flatMap((template) =>
    ['users', 'groups', 'tenants', 'not_users', 'not_groups'].map((name) => [
      `shares_${template}_${name}`,
      { table: `${template}_${name}`, owner: 'document_id', value: 'who', until: 'ends_at' },
    ]),
  ),
);
const columns = Object.fromEntries(
  ['reader', 'owner'].map((template) => [
    `shares_${template}_everyone`,
    {
      sql: `EXISTS (SELECT 1 FROM shares WHERE document_id = documents.id AND template = '${template}' AND kind = 'everyone' AND (ends_at IS NULL OR ends_at > ${now}))`,
    },
  ]),
);
const filters: GuardOptions['filters'] = {
  dialect: 'sqlite',
  times: 'milliseconds',
  tables: { Document: { table: 'documents', columns, sets } },
};

function store(shares: readonly Share[]): void {
  table.exec('DELETE FROM documents; DELETE FROM shares');
  for (const id of ids) table.prepare('INSERT INTO documents (id) VALUES (?)').run(id);
  for (const { object, template, with: who, until, not } of shares) {
    const [kind, name] =
      typeof who === 'object'
        ? ['tenant', who.tenant]
        : who === 'everyone'
          ? ['everyone', '']
          : [who.startsWith('User') ? 'user' : 'group', who.split('"')[1] ?? ''];
    const end = until === undefined || until === null ? null : new Date(until).getTime();
    table
      .prepare('INSERT INTO shares VALUES (?, ?, ?, ?, ?, ?)')
      .run(String(object), template, kind, name, end, not === true ? 1 : 0);
  }
}

test('what a table of shares says is what single decisions, lists and the database say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(shareArbitrary, { maxLength: 12 }), async (shares) => {
      const inMemory = await guarded({ shares });
      const inDatabase = await guarded({ shares, options: { filters } });
      store(shares);
      for (const who of Object.keys(people)) {
        const readable = ids.filter((id) => may(who, id, 'reader', shares) || may(who, id, 'owner', shares));
        for (const id of ids) {
          const { status } = await inMemory.ask(who, `/documents/${id}`);
          assert.equal(status, readable.includes(id) ? 200 : 403, `${who} ${id} ${JSON.stringify(shares)}`);
          const dropped = await inMemory.ask(who, `/documents/${id}`, 'DELETE');
          assert.equal(
            dropped.status,
            may(who, id, 'owner', shares) ? 204 : 403,
            `${who} drops ${id} ${JSON.stringify(shares)}`,
          );
        }
        const list = await inMemory.ask(who, '/documents');
        assert.deepEqual(
          ((list.body as { id: string }[] | undefined) ?? []).map(({ id }) => id),
          readable,
        );
        assert.deepEqual(
          (inMemory.selected() as { id: string }[]).map(({ id }) => id),
          readable,
        );
        await inDatabase.ask(who, '/documents');
        const { text: sql, params } = inDatabase.selected() as { text: string; params: (string | number)[] };
        const found = table.prepare(`SELECT id FROM documents WHERE ${sql} ORDER BY id`).all(...params);
        assert.deepEqual(
          found.map((row) => row['id']),
          readable,
          `${who} ${sql} ${JSON.stringify(shares)}`,
        );
      }
      await inMemory.guard.end();
      await inDatabase.guard.end();
    }),
    { numRuns: 12, seed: 12 },
  );
});

test('the shares of a list are asked for once, and those of nobody else', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => ({ id: String(n), shares_reader_users: ['eve'] }));
  const shares: Share[] = rows
    .filter((_, n) => n % 2 === 0)
    .map(({ id }) => ({ object: id, template: 'reader', with: 'User::"ada"' }));
  const { ask, asked, guard } = await guarded({ shares, rows });
  asked.length = 0;
  const { body } = await ask('ada', '/documents');
  assert.equal((body as object[]).length, 100);
  // Once for all, by the filter in the handler; the answer asks nothing again.
  assert.deepEqual(
    asked.map(({ length }) => length),
    [200],
  );
  // What an object says of itself under such a name counts for nothing.
  assert.deepEqual((await ask('eve', '/documents')).body, []);
  await guard.end();
});

test('what cannot be read of shares refuses, and tells why', async () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[{ object: '1', template: 'raeder', with: 'User::"ada"' }], /template 'raeder'/],
    [[{ object: '1', template: 'reader', with: 'ada' }], /with nobody/],
    [[{ object: '1', template: 'reader', with: 'User::"ada"', until: 'tomorrow' }], /no time/],
    [[{ object: '1', template: 'reader', with: { tenant: 'acme' }, not: true }], /with nobody/],
    ['none', /no list/],
  ];
  for (const [shares, pattern] of wrong) {
    const { guard } = await guarded({ shares: [] });
    await guard.end();
    let log = '';
    const made = await guarded({
      shares: [],
      options: {
        sharing: { Document: () => shares as never },
        onEvent: ({ unmapped }) => void (log = unmapped.castellan.refused?.log ?? log),
      },
    });
    assert.equal((await made.ask('ada', '/documents/1')).status, 500, String(pattern));
    assert.match(log, pattern);
    await made.guard.end();
  }
});

test('a type that is not there, and one that no template is for, are errors at start', async () => {
  await assert.rejects(
    guarded({ shares: [], options: { sharing: { Documnet: () => [] } } }),
    /no resource 'Documnet'.*did you mean Document/,
  );
  const other = join(folder, 'other.cedar');
  writeFileSync(other, '@id("all") permit (principal, action == Action::"getDocument", resource);');
  await assert.rejects(guarded({ shares: [], options: { policies: other } }), /no template .*Document/);
});
