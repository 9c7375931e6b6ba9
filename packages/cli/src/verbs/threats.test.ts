import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileSchema, loadContract, References } from '@castellan/contract';
import type { ThreatsReport } from '@castellan/assess/threats';
import { run } from '../run.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-threats-'));
after(() => rmSync(folder, { recursive: true }));
cpSync(join(root, 'examples/shop'), join(folder, 'shop'), { recursive: true });
/** 2026-11-25T12:00:00Z. */
const now = '1795608000';

async function threats(args: readonly string[], time = now) {
  let out = '';
  let err = '';
  const status = await run(['threats', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: time },
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

async function report(args: readonly string[]): Promise<ThreatsReport> {
  const { out, err } = await threats([...args, '--json']);
  assert.equal(err, '');
  return JSON.parse(out) as ThreatsReport;
}

const pick = ({ threats: all }: ThreatsReport, id: string) => {
  const found = all.find((threat) => threat.id === id);
  assert.ok(found, `no threat ${id}`);
  return found;
};

test('the shop: documents and deployment in one model, with places and at most ten steps', async () => {
  const shop = await report(['shop/openapi.yaml']);
  assert.equal(pick(shop, 'around-the-gateway@process:shop').place?.line, 8);
  assert.match(pick(shop, 'around-the-gateway@process:shop').place?.file ?? '', /compose\.yaml$/);
  assert.equal(pick(shop, 'object-of-another@shop/getOrder').place?.line, 49);
  assert.equal(pick(shop, 'shared-store@store:db').status, 'open');
  assert.equal(pick(shop, 'default-credential@store:db').level, 'critical');
  assert.ok(shop.next.length > 0 && shop.next.length <= 10);
  assert.ok(shop.next.every(({ command, change, removes }) => (command ?? change) !== null && removes > 0));
  assert.deepEqual(
    shop.assets.map(({ data }) => data),
    ['contact', 'personal', 'financial', 'secret'],
  );
  assert.equal(JSON.stringify(shop).includes('changeme'), false);
  assert.match(shop.evidence.note, /declared at most/);
});

test("the same API as a student's toy and as an online bank: other risks, other advice", async () => {
  const [toy, bank] = [
    await report(['shop/openapi.yaml', '--profile', 'toy']),
    await report(['shop/openapi.yaml', '--profile', 'bank']),
  ];
  assert.deepEqual(toy.threats.map(({ id }) => id).sort(), bank.threats.map(({ id }) => id).sort());
  assert.deepEqual(toy.next, [], 'nothing is asked of a toy');
  assert.equal(toy.summary.byLevel['critical'], 0);
  assert.equal(bank.next.length, 10);
  assert.ok((bank.summary.byLevel['critical'] ?? 0) > 20);
  const refund = 'stolen-token@shop/refundOrder';
  assert.deepEqual([pick(toy, refund).status, pick(bank, refund).status], ['not-asked', 'open']);
  assert.ok(pick(bank, refund).score > 3 * pick(toy, refund).score);
  assert.equal((await threats(['shop/openapi.yaml', '--profile', 'toy'])).status, 0);
  assert.equal((await threats(['shop/openapi.yaml', '--profile', 'bank'])).status, 1);
});

test('status follows evidence: declared, enforced, mitigated, broken', async () => {
  const overlay = (await threats(['shop/openapi.yaml', '--step', 'rate-limit'])).out;
  writeFileSync(join(folder, 'rate.overlay.yaml'), overlay);
  const args = ['shop/openapi.yaml', '--overlay', 'rate.overlay.yaml'];
  const id = 'flood@shop/getOrder';
  const at = '2026-11-20T00:00:00Z';
  const record = { api: 'shop', environment: 'production', control: 'rate-limit', at, source: 'castellan-guard 0.1.0' };
  const cases: [object[], string][] = [
    [[], 'declared'],
    [[{ ...record, level: 'enforced' }], 'enforced'],
    [[{ ...record, level: 'enforced', mode: 'observe' }], 'declared'],
    [[{ ...record, level: 'enforced', environment: 'staging' }], 'declared'],
    [[{ ...record, level: 'proven', operation: 'getOrder' }], 'mitigated'],
    [[{ ...record, level: 'proven', operation: 'placeOrder' }], 'declared'],
    [[{ ...record, level: 'proven', at: '2026-01-01T00:00:00Z' }], 'declared'],
    [[{ ...record, level: 'proven', digest: `sha256:${'0'.repeat(64)}` }], 'declared'],
    [
      [
        { ...record, level: 'proven' },
        { ...record, level: 'broken', at: '2026-11-21T00:00:00Z' },
      ],
      'broken',
    ],
  ];
  const scores: number[] = [];
  for (const [records, status] of cases) {
    writeFileSync(join(folder, 'evidence.json'), JSON.stringify({ version: 1, records }));
    const found = pick(await report([...args, '--evidence', 'evidence.json']), id);
    assert.equal(found.status, status, JSON.stringify(records));
    scores.push(found.score);
  }
  assert.ok((scores[0] ?? 0) > (scores[1] ?? 0) && (scores[1] ?? 0) > (scores[4] ?? 0));
});

test("each step's overlay is one, applies, and removes what it says", async () => {
  const before = await report(['shop/openapi.yaml', '--profile', 'bank']);
  let tried = 0;
  for (const { id, actions } of before.next) {
    if (actions === 0) continue;
    tried += 1;
    const { out, status } = await threats(['shop/openapi.yaml', '--profile', 'bank', '--step', id]);
    assert.equal(status, 0);
    writeFileSync(join(folder, 'step.overlay.yaml'), out);
    await loadContract('shop/openapi.yaml', { cwd: folder, overlays: ['step.overlay.yaml'] });
    const after = await report(['shop/openapi.yaml', '--profile', 'bank', '--overlay', 'step.overlay.yaml']);
    assert.ok(after.summary.risk < before.summary.risk, id);
    const missing = (one: ThreatsReport): number =>
      one.threats
        .flatMap(({ controls }) => controls)
        .filter(({ control, state }) => control === id && state === 'missing').length;
    assert.ok(missing(after) < missing(before), id);
  }
  assert.ok(tried >= 4);
});

test('what people decide needs an owner, a reason and an end, and ends', async () => {
  const file = join(folder, 'shop/openapi.review.yaml');
  const decide = (more: string): void =>
    writeFileSync(file, `version: 1\ndecisions:\n  - threat: flood@shop/listProducts\n    status: mitigated\n${more}`);
  decide('    owner: Ada\n    reason: the CDN limits it\n');
  const { status, err } = await threats(['shop/openapi.yaml']);
  assert.deepEqual([status, err.split('\n').length], [2, 2]);
  assert.match(err, /shop\/openapi\.review\.yaml:3:5: until is missing; write until when it counts as 2027-01-31/);
  decide('    owner: Ada\n    reason: the CDN limits it\n    until: 2027-01-31\n');
  const found = pick(await report(['shop/openapi.yaml']), 'flood@shop/listProducts');
  assert.equal(found.status, 'mitigated');
  assert.equal(found.decision?.owner, 'Ada');
  const later = JSON.parse((await threats(['shop/openapi.yaml', '--json'], '1802000000')).out) as ThreatsReport;
  assert.equal(pick(later, 'flood@shop/listProducts').status, 'open');
  assert.deepEqual(later.review.idleDecisions, [{ threat: 'flood@shop/listProducts', why: 'ended' }]);
  for (const format of ['text', 'markdown', 'html'])
    assert.match(
      (await threats(['shop/openapi.yaml', '--format', format], '1802000000')).out,
      /flood@shop\/listProducts.*it has ended/,
      format,
    );
  rmSync(file);
});

test('--review asks, keeps what was answered, and uses it', async () => {
  const file = join(folder, 'shop/openapi.review.yaml');
  assert.match(
    (await threats(['shop/openapi.yaml', '--review'])).out,
    /openapi\.review\.yaml: \d+ questions, \d+ to be answered/,
  );
  const answer = (id: string, text: string): void => {
    const written = readFileSync(file, 'utf8');
    const block = new RegExp(`(- id: ${id}\\n(?:    .*\\n)*?)    answer:.*\\n    by:.*\\n    at:.*\\n`);
    assert.match(written, block);
    writeFileSync(file, written.replace(block, `$1    answer: ${text}\n    by: Ada\n    at: 2026-11-25\n`));
  };
  const before = await report(['shop/openapi.yaml']);
  answer('how-bad:financial', '"5"');
  answer('worst-misuse', 'refund to an account of their own');
  answer('who-may-see:personal', 'the customer and support');
  const after = await report(['shop/openapi.yaml']);
  assert.ok(
    pick(after, 'object-of-another@shop/getOrder').score > pick(before, 'object-of-another@shop/getOrder').score,
  );
  assert.equal(after.abuseCases[0]?.steps[0], 'refund to an account of their own');
  assert.equal(after.abuseCases[0]?.by, 'Ada, 2026-11-25');
  assert.match(
    pick(after, 'disclosing-people@shop/getCustomer').controls[0]?.why ?? '',
    /personal data is for: the customer and support \(Ada\)/,
  );
  await threats(['shop/openapi.yaml', '--review']);
  assert.match(readFileSync(file, 'utf8'), /answer: refund to an account of their own\n\s+by: Ada/);
  answer('exposure', 'internal');
  assert.equal((await report(['shop/openapi.yaml'])).apis[0]?.exposureFrom, 'review');
  writeFileSync(file, 'version: 1\nquestions:\n  - id: safety\n    answer: yes\n    at: 2026-11-25\n');
  assert.match((await threats(['shop/openapi.yaml'])).err, /by is missing; write the name of whoever answered/);
  rmSync(file);
});

test('a second run says what changed', async () => {
  await threats(['shop/openapi.yaml', '--out', 'out']);
  assert.deepEqual(readdirSync(join(folder, 'out')).sort(), [
    'threat-dragon.json',
    'threats.html',
    'threats.json',
    'threats.md',
    'threats.mmd',
    'threats.otm.json',
    'threats.svg',
  ]);
  const text = readFileSync(join(folder, 'shop/openapi.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'shop/openapi.yaml'),
    text.replace(
      '  /webhooks:\n',
      '  /coupons/redeem:\n    post: { operationId: redeem, security: [], responses: { 204: { description: ok } } }\n  /webhooks:\n',
    ),
  );
  const { out } = await threats(['shop/openapi.yaml', '--out', 'out']);
  assert.match(out, /Since 2026-11-25: risk [\d.]+ → [\d.]+; \d+ new, \d+ worse, \d+ better, 0 gone/);
  assert.match(out, /new: .*POST \/coupons\/redeem/);
  const { changes } = JSON.parse(readFileSync(join(folder, 'out/threats.json'), 'utf8')) as ThreatsReport;
  assert.equal(
    changes?.appeared.some(({ id }) => id === 'automated-flow@shop/redeem'),
    true,
  );
  assert.equal(changes?.gone.length, 0);
  writeFileSync(join(folder, 'shop/openapi.yaml'), text);
});

test('bad use is one line and status 2', async () => {
  writeFileSync(join(folder, 'not.json'), '{');
  writeFileSync(join(folder, 'other.json'), '{"a":1}');
  writeFileSync(
    join(folder, 'bad-evidence.json'),
    '{"version":1,"records":[{"api":"shop","control":"rate-limits","level":"proven","at":"2026-11-20T00:00:00Z","source":"x"}]}',
  );
  for (const [args, message] of [
    [[], /no OpenAPI document given; write castellan threats openapi\.yaml/],
    [['nope.yaml'], /nope\.yaml: there is no such file/],
    [['shop/openapi.yaml', '--profile', 'bnak'], /there is no profile 'bnak'; did you mean bank\?/],
    [['shop/openapi.yaml', '--format', 'makrdown'], /there is no format 'makrdown'; did you mean markdown\?/],
    [['shop/openapi.yaml', '--fail-on', 'hi'], /there is no level 'hi'/],
    [['shop/openapi.yaml', '--step', 'rate-limt'], /there is no step 'rate-limt'; did you mean rate-limit\?/],
    [['shop/openapi.yaml', '--evidence', 'not.json'], /not\.json: the evidence file is not JSON/],
    [['shop/openapi.yaml', '--evidence', 'bad-evidence.json'], /bad-evidence\.json: \/records\/0\/control/],
    [['shop/openapi.yaml', '--since', 'other.json'], /other\.json: the file is no threats report/],
    [['shop/openapi.yaml', '--import', 'other.json'], /no threat model that castellan reads/],
    [['shop/openapi.yaml', '--deployment', 'other.json'], /no deployment file/],
  ] as const) {
    const { status, out, err } = await threats(args);
    assert.deepEqual([status, out, err.split('\n').length], [2, '', 2], args.join(' '));
    assert.match(err, message);
  }
});

test('--json is what its schema says, for every real document', async (t) => {
  const raw = JSON.parse(readFileSync(join(root, 'schemas/threats-output.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  const references = new References();
  references.add('urn:x', raw, '2020-12');
  const schema = compileSchema(
    { references },
    { location: { document: 'urn:x', pointer: '' }, dialect: '2020-12', raw },
  );
  const contracts = join(root, '../shared/contracts');
  const files = [
    join(folder, 'shop/openapi.yaml'),
    join(root, 'examples/documents/openapi.yaml'),
    join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json'),
  ];
  if (existsSync(contracts))
    files.push(
      join(contracts, 'asana.yaml'),
      join(contracts, 'box.json'),
      ...readdirSync(join(contracts, 'adyen')).map((name) => join(contracts, 'adyen', name)),
    );
  else t.diagnostic('../shared/contracts is not here: only three documents were tried');
  for (const file of files) {
    const { status, out } = await threats([file, '--json', '--fail-on', 'none']);
    assert.equal(status, 0, file);
    assert.deepEqual(schema.explain(JSON.parse(out)), [], file);
  }
});

test('a castellan.yaml: every API in it, each with its own threats and questions', async () => {
  writeFileSync(
    join(folder, 'castellan.yaml'),
    `apis:
  - { name: shop, contract: shop/openapi.yaml, environment: production, upstreams: [{ url: http://api:3000 }], owner: team-shop }
  - { name: documents, contract: documents.yaml, environment: production }
listen: { port: 8443, tls: { cert: c.pem, key: k.pem } }
audit: { dir: audit }
`,
  );
  cpSync(join(root, 'examples/documents/openapi.yaml'), join(folder, 'documents.yaml'));
  const both = await report(['castellan.yaml', '--deployment', 'shop/deploy', '--deployment', 'castellan.yaml']);
  assert.deepEqual(
    both.apis.map(({ name, owner }) => [name, owner]),
    [
      ['shop', 'team-shop'],
      ['documents', 'team-documents'],
    ],
  );
  assert.equal(pick(both, 'denied-action@actor:anyone').status, 'declared', 'there is an audit sink');
  assert.ok(both.threats.some(({ id }) => id === 'object-of-another@documents/getDocument'));
  assert.ok(both.flows.some(({ from, to }) => from === 'process:castellan' && to === 'process:shop'));
  const { out } = await threats(['castellan.yaml', '--review']);
  assert.match(out, /castellan\.review\.yaml/);
  assert.match(readFileSync(join(folder, 'castellan.review.yaml'), 'utf8'), /id: documents:exposure/);
  rmSync(join(folder, 'castellan.review.yaml'));
});

test('docs/threats.md shows what is printed', async () => {
  const docs = readFileSync(join(root, 'docs/threats.md'), 'utf8');
  const shown = async (...args: string[]) => {
    let out = '';
    const terminal = {
      out: (text: string) => void (out += text),
      err: () => {},
      interactive: false,
      cwd: root,
      env: {},
      signal: new AbortController().signal,
    };
    await run(['threats', 'examples/shop/openapi.yaml', ...args], terminal);
    return out;
  };
  const text = await shown();
  for (const line of text.split('\n').slice(0, 12)) assert.ok(docs.includes(line), line);
  const bank = JSON.parse(await shown('--profile', 'bank', '--json')) as ThreatsReport;
  const { risk, byLevel } = bank.summary;
  assert.ok(
    docs.includes(`${risk}: ${byLevel['critical']} critical, ${byLevel['high']} high, ${byLevel['medium']} medium`),
  );
});

test('a document cannot steer the terminal, the page or the picture', async () => {
  const evil = '\u001b[2J</svg><script>alert(1)</script>';
  writeFileSync(
    join(folder, 'evil.json'),
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: evil, version: '1' },
      tags: [{ name: evil }],
      paths: { [`/a${evil}`]: { post: { tags: [evil], responses: {} } } },
    }),
  );
  for (const format of ['text', 'html', 'svg', 'markdown']) {
    const { out } = await threats(['evil.json', '--format', format, '--fail-on', 'none']);
    assert.ok(out.includes('alert(1)'), format);
    if (format === 'text') assert.equal(out.includes('\u001b'), false);
    else assert.equal(out.includes('<script'), false, format);
  }
});
