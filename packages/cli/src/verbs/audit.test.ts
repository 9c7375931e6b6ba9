import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { PeopleFile, unseal } from '@castellan/guard/audit';
import { fetchGuard } from '@castellan/guard/fetch';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
after(() => rmSync(folder, { recursive: true }));
const key = 'a key of sixteen characters';
const policies = join(folder, 'owners.cedar');
const own = (user: string): string =>
  `permit (principal == User::"${user}", action, resource is Note) when { resource has ownerId && resource.ownerId == "${user}" };`;
writeFileSync(policies, ['ada@example.com', 'bob'].map(own).join('\n'));
const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: { id: { type: 'string' }, ownerId: { type: 'string' } },
};
const answers = { 200: { description: 'It', content: { 'application/json': { schema: note } } } };
const operation = (id: string): object => ({
  operationId: id,
  'x-castellan': { resource: { type: 'Note', id: 'path.id' } },
  responses: answers,
});
const contract = {
  openapi: '3.2.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: operation('getNote'),
    },
    '/drafts/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: operation('getDraft'),
    },
  },
  components: { securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'x-user' } }, schemas: { Note: note } },
};
const start = Date.UTC(2026, 10, 1);

/** Requests `user path`, one an hour, and their ids. */
async function record(
  dir: string,
  requests: readonly string[],
  more: Partial<GuardOptions['audit']> = {},
  hour = 0,
): Promise<string[]> {
  let now = start + hour * 3_600_000;
  const guard = await createGuard({
    contract,
    policies,
    authentication: { token: { verify: (user: string) => ({ subject: decodeURIComponent(user) }) } },
    clock: () => now,
    audit: { dir, key, ...more },
  });
  const handler = fetchGuard(guard, (request) => {
    const id = new URL(request.url).pathname.split('/').at(-1);
    return Response.json({ id, ownerId: id === 'a1' ? 'ada@example.com' : 'bob' });
  });
  const ids: string[] = [];
  for (const one of requests) {
    const [user = '', path = ''] = one.split(' ');
    const response = await handler(new Request(`http://api.example${path}`, { headers: { 'x-user': user } }), {
      remoteAddress: '203.0.113.77',
    });
    await response.text();
    ids.push(response.headers.get('x-request-id') ?? '');
    now += 3_600_000;
  }
  await guard.end();
  return ids;
}

async function audit(...args: string[]) {
  let out = '';
  let err = '';
  const status = await run(['audit', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

const requests = [
  'ada@example.com /notes/a1',
  'ada@example.com /notes/b1',
  'bob /notes/b1',
  'bob /drafts/b1',
  'bob /drafts/a1',
  'bob /nothing',
];

/** Everything in the files of a log, inflated. */
async function textOf(dir: string): Promise<string> {
  const { out } = await audit('search', dir, '--json', '--limit', 'all');
  return out;
}

for (const pseudonyms of [false, true])
  test(`search finds by each thing that it can be asked for${pseudonyms ? ', where people have pseudonyms' : ''}`, async () => {
    const dir = `search-${pseudonyms}`;
    const ids = await record(join(folder, dir), requests, { pseudonyms });
    const count = async (...args: string[]): Promise<number> =>
      Number((await audit('search', dir, '--count', ...args)).out);
    assert.equal((await audit('verify', dir)).status, 0);
    assert.equal(await count(), 6);
    assert.equal(await count('--principal', 'ada@example.com'), 2);
    assert.equal(await count('--principal', 'nobody'), 0);
    assert.equal(await count('--operation', 'getDraft'), 2);
    const event = (await textOf(dir))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .at(-1);
    const people = pseudonyms ? new PeopleFile(join(folder, dir)) : undefined;
    const person = people?.byPseudonym(event.actor.user.uid);
    const sealed = person === undefined ? undefined : unseal(person, event.unmapped.castellan.sealed);
    for (const credential of [event.actor.session.uid, sealed?.credential ?? event.actor.session.uid]) {
      assert.equal(
        await count('--credential', credential),
        await count('--principal', sealed?.subject ?? event.actor.user.uid),
      );
      assert.equal(await count('--credential', credential, '--decision', 'allowed', '--operation', 'nothing'), 0);
      const { out } = await audit('search', dir, '--credential', credential, '--limit', '1');
      assert.equal(out.trim().split('\n').length, 1);
    }
    assert.equal(await count('--credential', 'another'), 0);
    assert.equal(await count('--decision', 'refused'), 3);
    assert.equal(await count('--decision', 'refused', '--principal', 'bob', '--operation', 'getDraft'), 1);
    assert.equal(await count('--resource', 'Note'), 5);
    assert.equal(await count('--resource', 'Note:b1', '--hash-key', key), 3);
    assert.equal(await count('--resource', 'Note:b1', '--hash-key', `${key}!`), 0);
    assert.equal(await count('--from', '2026-11-01T02:00:00Z'), 4);
    assert.equal(await count('--from', '2026-11-01T01:00:00Z', '--to', '2026-11-01T03:00:00Z'), 2);
    // A day is one whole day, wherever it stands; the day before and the day after hold nothing.
    const all = await count();
    for (const [from, to, found] of [
      ['2026-11-01', '2026-11-01', all],
      ['2026-10-31', '2026-11-01', all],
      ['2026-11-01', '2026-11-02', all],
      ['2026-10-31', '2026-10-31', 0],
      ['2026-11-02', '2026-11-02', 0],
    ] as const)
      assert.equal(await count('--from', from, '--to', to), found, `${from} to ${to}`);
    const one = await audit('search', dir, '--id', ids[3] ?? '');
    assert.match(
      one.out,
      /^2026-11-01T03:00:00\.000Z {2}200 {2}GET {2}getDraft {2}bob {2}203\.0\.113\.77 {2}Note [\w-]{16} {2}allowed {2}\S+\n$/,
    );
    const newest = await audit('search', dir, '--limit', '2');
    assert.deepEqual(
      newest.out
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(11, 13)),
      ['05', '04'],
    );
    assert.match(newest.err, /--limit all/);
    // Whom nobody recognised has no pseudonym, and is an address.
    const known = (await textOf(dir)).split('\n').filter((line) => line.includes('"session"'));
    assert.equal(known.length, 5);
    assert.equal(/ada@example|203\.0\.113\.77/.test(known.join()), !pseudonyms);
  });

// promise: erasure
test('erasing a person leaves the chain whole, and nobody can tell whose records they were', async () => {
  await record(join(folder, 'erase'), requests, { pseudonyms: true });
  const before = await textOf('erase');
  const erased = await audit('erase', 'erase', '--principal', 'ada@example.com');
  assert.equal(erased.status, 0);
  assert.equal((await audit('verify', 'erase')).status, 0);
  assert.equal(await textOf('erase'), before, 'not a byte of the log is another');
  assert.equal((await audit('search', 'erase', '--principal', 'ada@example.com', '--count')).out, '0\n');
  const shown = await audit('search', 'erase');
  assert.match(shown.out, /getNote {2}p-[\w-]{16} {2}203\.0\.113\.0/);
  assert.match(shown.out, /bob {2}203\.0\.113\.77/);
  for (const file of readdirSync(join(folder, 'erase')))
    if (/people/.test(file)) assert.doesNotMatch(readFileSync(join(folder, 'erase', file), 'utf8'), /ada@|example/);
  assert.equal((await audit('erase', 'erase', '--principal', 'ada@example.com')).status, 1);
  await record(join(folder, 'plain'), requests);
  assert.match((await audit('erase', 'plain', '--principal', 'bob')).err, /audit\.pseudonyms/);
});

test('a legal hold keeps what it is about over retention', async () => {
  const dir = join(folder, 'hold');
  await record(dir, ['ada@example.com /notes/a1']);
  await record(dir, ['bob /notes/b1'], {}, 1);
  const held = await audit('hold', 'hold', '--principal', 'bob', '--reason', 'case 17');
  assert.match(held.out, /^hold [\da-f]{8}: /);
  assert.match((await audit('hold', 'hold')).out, /case 17 +\{"principal":"bob"\}/);
  assert.match((await audit('hold', 'hold', '--principal', 'bob')).err, /--reason/);
  await record(dir, ['bob /notes/b1'], { retention: { age: 60 } }, 100);
  assert.deepEqual(
    readdirSync(dir).filter((file) => file.endsWith('.idx')),
    ['000000002.idx', '000000003.idx'],
  );
  assert.equal((await audit('verify', 'hold')).status, 0, 'what retention removed is no finding');
  assert.equal((await audit('release', 'hold', held.out.slice(5, 13))).status, 0);
  await record(dir, ['bob /notes/b1'], { retention: { age: 60 } }, 200);
  assert.deepEqual(
    readdirSync(dir).filter((file) => file.endsWith('.idx')),
    ['000000004.idx'],
  );
  assert.equal((await audit('verify', 'hold')).status, 0);
});

test('verify says what was changed, and ends with status 1', async () => {
  await record(join(folder, 'changed'), requests, { durability: 'fsync' });
  writeFileSync(join(folder, 'changed', 'last-head.json'), '{}\n');
  const { status, out } = await audit('verify', 'changed');
  assert.equal(status, 1);
  assert.match(out, /^✖ last-head\.json: changed: /);
  const json = JSON.parse((await audit('verify', 'changed', '--json')).out) as {
    readonly findings: readonly unknown[];
  };
  assert.equal(json.findings.length, 1);
  assert.equal((await audit('verify', 'nowhere')).status, 2);
});

/** What somebody may be called who wants to run in whoever reads the report. */
const stored: readonly string[] = [
  ...['<', '</td><', '"><', "'><", '&lt;', '\u003c', '<!--', '<![CDATA[<', '</title><'].map(
    (open) => `${open}img src=x onerror=alert(1)>`,
  ),
  ...[
    'javascript:alert(1)',
    'https://evil.example/a',
    'www.evil.example',
    'eve@evil.example',
    '//evil.example',
  ].flatMap((link) => [link, `[x](${link})`, `![x](${link})`, `<${link}>`]),
  'a | b | c',
  'a\\| b',
  '`code`',
  '# heading',
  '- item',
  '&#60;script&#62;',
  '\u001b[2J\u001b]0;title\u0007',
  'a\u202eb',
  '::error::x',
  '##[error]x',
  '{{constructor.constructor("x")()}}',
  '=HYPERLINK("https://evil.example")',
];

for (const format of ['markdown', 'html'])
  test(`nothing that callers wrote is markup in a report: ${format}`, async () => {
    const dir = `stored-${format}`;
    // Ten callers at most stand in a report.
    for (let at = 0; at < stored.length; at += 10) {
      const own = `${dir}-${at}`;
      const names = stored.slice(at, at + 10);
      await record(
        join(folder, own),
        names.map((name) => `${encodeURIComponent(name)} /notes/b1`),
      );
      const { out } = await audit('report', own, '--format', format, '--from', '2026-11-01');
      assert.doesNotMatch(out, new RegExp(String.raw`[\u0000-\u0009\u000b-\u001f\u007f\u202e]`));
      if (format === 'html') {
        const tags = new Set([...out.matchAll(/<\/?([^\s>]*)[^>]*>/g)].map(([, name]) => name));
        const known = [
          '!doctype',
          'html',
          'head',
          'meta',
          'title',
          'style',
          'body',
          'h1',
          'h2',
          'p',
          'table',
          'thead',
          'tbody',
          'tr',
          'th',
          'td',
        ];
        assert.deepEqual(
          [...tags].filter((name) => !known.includes(name ?? '')),
          [],
        );
        assert.doesNotMatch(out, /<[^>]*(?:onerror|href|src)=/);
      } else {
        const rows = out.split('\n').filter((line) => line.startsWith('| ') && line.split(/(?<!\\)\|/).length === 4);
        const cells = rows
          .map((row) => row.split(/(?<!\\)\|/)[1] ?? '')
          .filter((cell) => names.some((name) => cell.includes(name.slice(-4, -1))));
        for (const cell of cells) {
          const bare = cell.replaceAll(/\\[^\w\s]/g, '');
          assert.doesNotMatch(bare, /[<>[\]`*_#!~@&]|:\/\/|www\./, cell);
        }
        assert.ok(cells.length > 0);
      }
    }
  });

test('a report of a period, as Markdown and as HTML', async () => {
  await record(join(folder, 'report'), [...requests, '<script>alert(1)</script> /notes/b1']);
  const { out } = await audit('report', 'report', '--from', '2026-11-01', '--to', '2026-11-02');
  assert.match(out, /\| getNote \| 2 \| 2 \| 0 \| 0 \| 0 \|/);
  assert.match(out, /\| release forbidden policy-denied \| 2 \|/);
  assert.match(out, /It is as it was written/);
  assert.match(out, /\\<script\\>/);
  const html = await audit('report', 'report', '--format', 'html', '--output', 'report.html');
  assert.equal(html.out, 'report.html\n');
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  assert.match(page, /<td>getNote<\/td><td>2<\/td><td>2<\/td>/);
  assert.doesNotMatch(page, /<script/);
  assert.match((await audit('report', 'report', '--last', '1 minute')).out, /^0 exchanges/m);
});

test('what is written wrongly is said in one line', async () => {
  for (const [args, said] of [
    [['find'], /no subcommand of audit/],
    [['verfy', 'x'], /did you mean verify\?/],
    [['search'], /which log\?/],
    [['search', 'report', '--decision', 'refuse'], /did you mean refused\?/],
    [['search', 'report', '--from', 'yesterday'], /is no time/],
    [
      ['search', 'report', '--from', '2026-11-03', '--to', '2026-11-01'],
      /--to '2026-11-01' is not after --from '2026-11-03'/,
    ],
    [['search', 'report', '--princpal', 'x'], /did you mean --principal\?/],
    [['release', 'report', 'zz'], /there is no hold zz/],
  ] as const) {
    const { status, err } = await audit(...args);
    assert.equal(status, 2);
    assert.match(err, said);
    assert.equal(err.trimEnd().split('\n').length, 1);
  }
});

test('reloads are found, shown in one line each, and counted as no exchange', async () => {
  const dir = join(folder, 'reloads');
  const file = join(folder, 'reloaded.json');
  writeFileSync(file, JSON.stringify(contract));
  const guard = await createGuard({
    contract: file,
    policies,
    authentication: { token: { verify: () => ({ subject: 'ada' }) } },
    clock: () => start,
    audit: { dir, key },
  });
  await guard.reload();
  writeFileSync(file, '{"openapi":"3.1.0"');
  await assert.rejects(guard.reload());
  assert.match(guard.stale ?? '', /^$|since 2026-11-01T00:00:00\.000Z/);
  await guard.end();
  const { out } = await audit('search', dir);
  const row =
    /^2026-11-01T00:00:00\.000Z {2}reload {2}(.+) {2}in force: contract [\da-f]{12} since 2026-11-01T00:00:00\.000Z {2}\S+$/;
  const [failed, done, ...none] = out
    .trim()
    .split('\n')
    .map((line) => row.exec(line)?.[1] ?? line);
  assert.match(failed ?? '', /^failed {2}.*reloaded\.json:1:/);
  assert.deepEqual([done, none], ['done', []]);
  assert.equal((await audit('search', dir, '--decision', 'reload', '--count')).out.trim(), '2');
  assert.equal((await audit('search', dir, '--credential', 'none')).out, 'nothing of this is in the log\n');
  assert.match((await audit('report', dir)).out, /0 exchanges of 0 callers/);
});
