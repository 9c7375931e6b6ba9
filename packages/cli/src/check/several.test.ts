import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-several-'));
after(() => rmSync(folder, { recursive: true }));

async function check(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(['check', ...args, '--fail-on', 'none'], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const secured = `components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]`;
const api = (title: string, more = ''): string =>
  `openapi: 3.1.0
info: { title: ${title}, version: '1', contact: { name: Team ${title} } }
${more}
paths:
  /notes/{id}:
    get:
      operationId: getNote${title}
      parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { text: { type: string } } } } } } }
`;
write('services/a/openapi.yaml', api('A'));
write('services/b/openapi.yaml', api('B', secured));
write('services/b/package.json', '{ "name": "b", "scripts": {} }');
write('services/node_modules/x/openapi.yaml', api('X'));
write(
  'services/c/api.json',
  JSON.stringify({ openapi: '3.1.0', info: { title: 'C', version: '1' }, paths: { '/a': { get: { responses: {} } } } }),
);

interface Output {
  readonly documents: readonly {
    readonly file: string;
    readonly title: string;
    readonly owner?: string;
    readonly environment?: string;
    readonly score: { readonly value: number };
    readonly before?: { readonly at: string; readonly score: number };
    readonly first: readonly { readonly rule: string; readonly points: number; readonly fix: string }[];
    readonly findings: readonly { readonly rule: string; readonly operations: readonly string[] }[];
  }[];
}
const json = async (...args: readonly string[]): Promise<Output['documents']> =>
  (JSON.parse((await check(...args, '--format', 'json')).out) as Output).documents;

test('folders and globs are the OpenAPI documents in them; each once', async () => {
  const of = async (...named: readonly string[]) => (await json(...named)).map(({ file }) => file);
  const all = ['services/a/openapi.yaml', 'services/b/openapi.yaml', 'services/c/api.json'];
  assert.deepEqual(await of('services'), all);
  assert.deepEqual(await of('services/*/openapi.yaml'), all.slice(0, 2));
  assert.deepEqual(await of('./services/{a,b}/openapi.y?ml'), all.slice(0, 2));
  assert.deepEqual(await of('**/[bc]/*'), all.slice(1));
  assert.deepEqual(await of(join(folder, '*/a/*.yaml')), all.slice(0, 1));
  assert.deepEqual(await of('services/**/*.json', 'services/a/openapi.yaml', 'services/a'), [all[2], all[0]]);
  for (const none of ['services/*/nothing.yaml', 'services/node_modules/empty']) {
    mkdirSync(join(folder, 'services/node_modules/empty'), { recursive: true });
    const { status, err } = await check(none);
    assert.equal(status, 2);
    assert.match(err, /holds no OpenAPI document/);
  }
});

test('several documents have one table: the lowest score first, with owner and environment', async () => {
  write('castellan.yaml', `apis:\n  - { name: b, contract: services/b/openapi.yaml, environment: production }\n`);
  const text = (await check('services')).out;
  const rows = text
    .slice(text.search(/^API +score/m))
    .trim()
    .split('\n');
  assert.equal(rows.length, 4);
  assert.match(rows[0] ?? '', /^API +score +critical +high +operations +owner +environment +document$/);
  const scores = (await json('services')).toSorted((x, y) => x.score.value - y.score.value).map(({ title }) => title);
  assert.deepEqual(
    rows.slice(1).map((row) => row.charAt(0)),
    scores,
  );
  const markdown = (await check('services', '--format', 'markdown')).out;
  assert.match(markdown, /^\| API \| score \|/);
  assert.match(markdown, /\| A \| [\d.]+ \| \d+ \| \d+ \| 1 \| Team A \|/);
  const documents = await json('services', '--deployment', 'castellan.yaml');
  assert.equal(documents.find(({ title }) => title === 'B')?.environment, 'production');
  assert.equal(documents.find(({ title }) => title === 'A')?.environment, undefined);
});

test('what to do first: mending a rule gives the points that are promised', async () => {
  for (const document of await json('services')) {
    assert.ok(document.first.length > 0 && document.first.length <= 5);
    const points = document.first.map((one) => one.points);
    assert.deepEqual(
      points,
      points.toSorted((x, y) => y - x),
    );
    for (const { fix } of document.first) assert.ok(fix.length > 5);
  }
  const [a] = await json('services/a');
  const promised = a?.first.find(({ rule }) => rule === 'authentication-missing')?.points ?? 0;
  assert.ok(promised > 0);
  const until = 'until: 2099-01-01';
  write('ignore.yaml', `ignore: [{ rule: authentication-missing, reason: mended, ${until} }]\n`);
  const [mended] = await json('services/a', '--ignore', 'ignore.yaml');
  assert.ok(Math.abs((mended?.score.value ?? 0) - (a?.score.value ?? 0) - promised) <= 0.2);
});

test('--by operation: every finding stands under each of its operations', async () => {
  const [a] = await json('services/a');
  for (const format of ['text', 'markdown']) {
    const { out } = await check('services/a', '--by', 'operation', '--all', '--format', format);
    const from = out.indexOf('getNoteA');
    assert.ok(from > 0, format);
    for (const { rule, operations } of a?.findings ?? [])
      if (operations.includes('getNoteA')) assert.ok(out.indexOf(rule, from) > from, `${format} ${rule}`);
  }
  assert.match((await check('services/a', '--by', 'operations')).err, /did you mean operation/);
});

test('--trend: the change since the last day, and one entry a day', async () => {
  const [now] = await json('services/a', '--trend', 'trend.json');
  assert.equal(now?.before, undefined);
  const kept = JSON.parse(readFileSync(join(folder, 'trend.json'), 'utf8')) as {
    runs: { at: string; documents: { score: number }[] }[];
  };
  assert.equal(kept.runs.length, 1);
  assert.equal(kept.runs[0]?.documents[0]?.score, now?.score.value);
  for (const run of kept.runs) {
    run.at = '2020-01-01';
    for (const document of run.documents) document.score = 10;
  }
  write('trend.json', JSON.stringify(kept));
  const change = Math.round(((now?.score.value ?? 0) - 10) * 10) / 10;
  const { out } = await check('services/a', '--trend', 'trend.json');
  assert.ok(out.includes(`of 100 (+${change} since 2020-01-01)`), out);
  await check('services/a', '--trend', 'trend.json');
  assert.equal((JSON.parse(readFileSync(join(folder, 'trend.json'), 'utf8')) as { runs: unknown[] }).runs.length, 2);
  write('no-trend.json', '[]');
  assert.match(
    (await check('services/a', '--trend', 'no-trend.json')).err,
    /no trend of castellan check; name another file/,
  );
});

test('--policies: what a policy decides is no finding, what it permits to everybody is', async () => {
  write(
    'shop.yaml',
    `openapi: 3.1.0
info: { title: Shop, version: '1' }
${secured}
paths:
  /admin/users: { get: { operationId: listUsers, responses: { '200': { description: ok } } } }
  /notes: { get: { operationId: listNotes, responses: { '200': { description: ok } } } }
`,
  );
  const about = async (policy: string): Promise<boolean> => {
    write('shop.cedar', policy);
    const [shop] = await json('shop.yaml', '--policies', 'shop.cedar');
    return shop?.findings.some(({ rule }) => rule === 'admin-unprivileged') === true;
  };
  const [alone] = await json('shop.yaml');
  assert.ok(alone?.findings.some(({ rule }) => rule === 'admin-unprivileged'));
  assert.equal(await about(`permit(principal in Group::"admins", action == Action::"listUsers", resource);`), false);
  assert.equal(await about(`permit(principal, action == Action::"listNotes", resource);`), false);
  assert.equal(await about(`permit(principal, action == Action::"listUsers", resource);`), true);
  assert.equal(await about(`permit(principal, action, resource);`), true);
});

test('JUnit fails where --fail-on does; what is milder is told and passes', async () => {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: () => {},
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  };
  for (const [threshold, fails] of [
    ['info', true],
    ['none', false],
  ] as const) {
    out = '';
    const status = await run(['check', 'services/a', '--format', 'junit', '--fail-on', threshold], terminal);
    assert.equal(status, fails ? 1 : 0);
    assert.equal(/<failure/.test(out), fails);
    assert.equal(/failures="0"/.test(out), !fails);
    assert.equal(/<system-out>/.test(out), !fails);
  }
});
