// promise: fix-keeps-files
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileSchema, References } from '@castellan/contract';
import { run } from '../run.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-check-'));
after(() => rmSync(folder, { recursive: true }));

async function castellan(...args: readonly string[]) {
  let out = '';
  let err = '';
  const status = await run(['check', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Whether a value is what a JSON Schema asks for; the mistakes otherwise. */
function mistakes(file: string, value: unknown): readonly unknown[] {
  const schema = JSON.parse(readFileSync(join(root, file), 'utf8')) as Readonly<Record<string, unknown>>;
  const references = new References();
  const document = `urn:test:${file}`;
  references.add(document, { ...schema, $id: undefined, $schema: undefined }, '2020-12');
  const raw = references.at({ document, pointer: '' }) as Readonly<Record<string, unknown>>;
  return compileSchema({ references }, { location: { document, pointer: '' }, dialect: '2020-12', raw }).explain(value);
}

const weak = write(
  'weak.yaml',
  `openapi: 3.1.0
info: { title: Weak, version: '1' }
servers: [{ url: http://api.example.com }]
security: [{ basic: [] }]
paths:
  /orders:
    post:
      operationId: order
      security: []
      responses: { '201': { description: made } }
components: { securitySchemes: { basic: { type: http, scheme: basic } } }
`,
);

test('findings with place, risk, reason and mend; exit status by --fail-on', async () => {
  const { status, out, err } = await castellan(weak);
  assert.deepEqual([status, err], [1, '']);
  assert.match(out, /^Weak 1\nweak\.yaml, profile standard, 1 operation\n/);
  assert.match(
    out,
    /high {5}Security declared and switched off again {2}authentication-undone; API2:2023, ASVS 6\.1\.3/,
  );
  assert.match(out, /\n {2}weak\.yaml:9:7\n {4}POST \/orders asks for no credential\n {4}why {3}An empty requirement/);
  assert.match(out, /\nScore \d+(?:\.\d)? of 100 {2}2 high/);
  assert.equal((await castellan(weak, '--fail-on', 'none')).status, 0);
  assert.equal((await castellan(weak, '--profile', 'toy')).out.includes('profile toy'), true);
  assert.equal((await castellan(join(root, 'examples/documents/openapi.yaml'), '--fail-on', 'info')).status, 0);
});

test('SARIF is valid by the schema of OASIS, for a finding in every way', async () => {
  const document = write('a document with spaces.yaml', readFileSync(join(folder, weak), 'utf8'));
  for (const file of [document, join(root, 'examples/weak/openapi.yaml')]) {
    const { out } = await castellan(file, '--format', 'sarif');
    const log: unknown = JSON.parse(out);
    assert.deepEqual(mistakes('conformance/sarif/sarif-2.1.0-rtm.5.json', log), []);
    assert.ok((log as { readonly runs: readonly { readonly results: readonly unknown[] }[] }).runs[0]?.results.length);
  }
  assert.notDeepEqual(mistakes('conformance/sarif/sarif-2.1.0-rtm.5.json', { version: '2.1.0' }), []);
});

test('each SARIF rule has the severity of its worst result: code scanning reads it there', async () => {
  interface Scored {
    readonly properties: { readonly 'security-severity': string };
  }
  const { out } = await castellan(weak, '--format', 'sarif');
  const { runs } = JSON.parse(out) as {
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly (Scored & { readonly id: string })[] } };
      readonly results: readonly (Scored & { readonly ruleId: string })[];
    }[];
  };
  const { tool, results } = runs[0] ?? assert.fail();
  assert.ok(tool.driver.rules.length > 0);
  for (const { id, properties } of tool.driver.rules) {
    const scores = results
      .filter(({ ruleId }) => ruleId === id)
      .map((one) => Number(one.properties['security-severity']));
    assert.equal(Number(properties['security-severity']), Math.max(...scores), id);
  }
});

test('JSON is what its schema says; HTML and XML escape what a document says', async () => {
  const { out } = await castellan(weak, '--format', 'json');
  assert.deepEqual(mistakes('schemas/check-output.json', JSON.parse(out)), []);
  const hostile = write(
    'hostile.yaml',
    readFileSync(join(folder, weak), 'utf8')
      .replace('title: Weak', `title: '</title><script>alert(1)</script>'`)
      .replace('/orders:', `'/<b>"&':`),
  );
  const html = (await castellan(hostile, '--format', 'html')).out;
  assert.doesNotMatch(html, /<script|<b>"/);
  const xml = (await castellan(hostile, '--format', 'junit')).out;
  assert.match(xml, /&lt;b&gt;&quot;&amp;/);
  const github = (await castellan(weak, '--format', 'github')).out;
  assert.match(
    github,
    /^::error file=weak\.yaml,line=9,col=7,title=Security declared and switched off again \(authentication-undone\)::POST/m,
  );
});

test('an ignore needs a rule, a reason and an end, and says when it matches nothing', async () => {
  const ignore = (text: string) => castellan(weak, '--ignore', write('ignore.yaml', text));
  const good = await ignore(
    'ignore: [{ rule: authentication-undone, operation: order, reason: a public kiosk, until: 2999-01-01 }]',
  );
  assert.doesNotMatch(good.out, /authentication-undone/);
  assert.match(good.out, /1 ignored/);
  const none = await ignore('ignore: [{ rule: trace-method, reason: was needed, until: 2999-01-01 }]');
  assert.equal(none.status, 1);
  assert.equal(none.err, 'castellan: ignore.yaml:1: the ignore of trace-method matches nothing; remove it\n');
  const ended = await ignore('ignore: [{ rule: authentication-undone, reason: old, until: 2020-01-01 }]');
  assert.match(ended.out, /authentication-undone/);
  assert.match(ended.err, /the ignore of authentication-undone ended on 2020-01-01/);
  for (const [text, message] of [
    [
      'ignore: [{ rule: trace-method, until: 2999-01-01 }]',
      /ignore\.yaml:1:10: the ignore of trace-method has no reason; add reason/,
    ],
    ['ignore: [{ rule: trace-method, reason: x }]', /has no end; add until/],
    [
      'ignore: [{ rule: trace-methd, reason: x, until: 2999-01-01 }]',
      /there is no rule 'trace-methd' to ignore; did you mean trace-method\?/,
    ],
    ['ignore: [{ rule: trace-method, reson: x, until: 2999-01-01 }]', /no key 'reson'; did you mean reason\?/],
    ['ignored: []', /no list called ignore/],
    ['ignore: [', /castellan: ignore\.yaml/],
  ] as const) {
    const { status, err } = await ignore(text);
    assert.equal(status, 2, text);
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2);
  }
});

test('an ignore in the document itself', async () => {
  const document = write(
    'ignoring.yaml',
    `x-castellan: { ignore: [{ rule: authentication-undone, reason: a kiosk, until: '2999-01-01' }, { rule: http-basic, at: /nowhere, reason: x, until: '2999-01-01' }] }\n${readFileSync(join(folder, weak), 'utf8')}`,
  );
  const { out, err } = await castellan(document);
  assert.doesNotMatch(out, /authentication-undone/);
  assert.match(err, /ignoring\.yaml:1: the ignore of http-basic matches nothing/);
});

test('a baseline hides what is known; what is new fails', async () => {
  assert.equal((await castellan(weak, '--baseline', 'known.json', '--update-baseline')).status, 0);
  const same = await castellan(weak, '--baseline', 'known.json');
  assert.equal(same.status, 0);
  assert.match(same.out, /no findings \(and \d+ in the baseline\)/);
  // Lines move; the findings stay the same ones.
  const moved = write('weak.yaml', `# moved\n\n${readFileSync(join(folder, weak), 'utf8')}`);
  assert.equal((await castellan(moved, '--baseline', 'known.json')).status, 0);
  write('weak.yaml', readFileSync(join(folder, weak), 'utf8').replace('# moved\n\n', ''));
  const more = write(
    'more.yaml',
    readFileSync(join(folder, weak), 'utf8').replace(
      '  /orders:',
      '  /debug: { trace: { responses: {} } }\n  /orders:',
    ),
  );
  assert.equal((await castellan(more, '--baseline', 'known.json', '--fail-on', 'medium')).status, 1);
  assert.match(
    (await castellan(weak, '--baseline', write('bad.json', '{'))).err,
    /bad\.json: the baseline is not JSON/,
  );
});

test('--fix writes an overlay that the next run applies, and never over a file of others', async () => {
  const { err } = await castellan(weak, '--fix=all', '--fail-on', 'none');
  assert.match(
    err,
    /weak\.fixes\.overlay\.yaml holds \d+ fixes that change nothing for good clients, \d+ that change behaviour/,
  );
  const overlay = readFileSync(join(folder, 'weak.fixes.overlay.yaml'), 'utf8');
  assert.match(overlay, /CHANGES BEHAVIOUR: authentication-undone: remove security/);
  const mended = await castellan(weak, '--overlay', 'weak.fixes.overlay.yaml');
  assert.doesNotMatch(mended.out, /authentication-undone/);
  assert.match(mended.out, /http-basic/);
  const foreign = await castellan(weak, '--fix', '--fix-to', write('mine.yaml', 'overlay: 1.0.0'));
  assert.equal(foreign.status, 2);
  assert.match(foreign.err, /mine\.yaml: there is a file that castellan check did not write/);
});

test("rules of the user's own", async () => {
  const rules = write(
    'rules.ts',
    `export default [{ examines: 'contract', id: 'title-shouts', title: 'Loud title', owasp: ['API9:2023'], asvs: [], severity: 'high', confidence: 'high',
      why: 'It hurts.', mend: 'whisper', bad: [], good: [], *find(api: { contract: { title: string; documents: string[] } }) {
        if (api.contract.title === 'Weak') yield { at: { document: api.contract.documents[0], pointer: '/info/title' }, message: 'too loud' }; } }];`,
  );
  const { out } = await castellan(weak, '--rules', rules);
  assert.match(out, /high {5}Loud title {2}title-shouts; API9:2023\n {2}weak\.yaml:2:9\n {4}too loud/);
  for (const [name, text, message] of [
    ['none.ts', 'export default [{}];', /none\.ts: the 1\. default export is no rule/],
    ['cut.ts', 'export default (', /cut\.ts: the rules cannot be loaded/],
  ] as const)
    assert.match((await castellan(weak, '--rules', write(name, text))).err, message);
});

test('bad input is one clear line and status 2', async () => {
  const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [[], /no OpenAPI document given/],
    [['nope.yaml'], /nope\.yaml: there is no such file/],
    [[write('text.yaml', 'hello: world\n')], /text\.yaml/],
    [[write('list.json', '[1, 2]')], /list\.json/],
    [
      [write('cut.yaml', 'openapi: 3.1.0\ninfo: { title: "Cut\npaths:\n')],
      /cut\.yaml:\d+:\d+: the document is not YAML/,
    ],
    [[write('cut.json', '{"openapi": "3.1.0", "paths": {"/a": ')], /cut\.json:1:\d+/],
    [
      [weak, '--profile', 'standart'],
      /--profile standart is none of toy, internal, standard, bank; did you mean standard\?/,
    ],
    [[weak, '--format', 'pdf'], /--format pdf is none of/],
    [[weak, '--fail-on', 'severe'], /--fail-on severe is none of/],
    [[weak, '--update-baseline'], /needs --baseline/],
    [[weak, '--spectral', 'x.yaml'], /spectral-core is not installed here/],
    [[weak, '--ignore', 'nope.yaml'], /nope\.yaml: the file cannot be read/],
  ];
  for (const [args, message] of cases) {
    const { status, out, err } = await castellan(...args);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2, err);
  }
});

test('a document of 100 MB is refused by its size, before it is parsed', async () => {
  const huge = join(folder, 'huge.json');
  writeFileSync(huge, Buffer.alloc(100 * 1024 * 1024, 32));
  const { status, err } = await castellan('huge.json');
  assert.equal(status, 2);
  assert.match(err, /huge\.json: the document is larger than \d+ bytes; split it/);
});
