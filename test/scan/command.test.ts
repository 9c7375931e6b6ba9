// promise: guard-proven-by-scan
// castellan scan as it is typed: against an API that is open, against the same behind a guard, and what its mistakes are answered with.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { run } from 'castellan';
import { compileSchema, References } from '@castellan/contract';
import { readEvidence } from '@castellan/assess/controls';
import { loadExample, openStage } from '../../packages/cli/src/demo/stage.ts';
import { document, startLedger, tokenFor, type Flaw } from './ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-scan-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
writeFileSync(
  join(folder, 'identities.yaml'),
  'identities:\n  ada: { credential: "${env:ADA}" }\n  bob: { credentials: { token: "${env:BOB}" }, mayNot: [listPeople] }\n',
);

const credentials: Record<string, string> = { ADA: tokenFor('ada'), BOB: tokenFor('bob'), EMPTY: '' };

async function castellan(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const status = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: credentials,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

async function open(t: TestContext, ...flawed: readonly Flaw[]): Promise<string> {
  const ledger = await startLedger(new Set(flawed));
  t.after(() => ledger.close());
  return ledger.url;
}

const both = ['--identity', 'ada=env:ADA', '--identity', 'bob=env:BOB', '--rate', '100000'];

test('what goes through is said with a line that shows it again, and the status is 1', async (t) => {
  const url = await open(t, 'objects-of-others');
  const { status, out } = await castellan('scan', 'openapi.json', '--target', url, ...both);
  assert.equal(status, 1);
  assert.match(
    out,
    /✖ getNote: 'Each object is authorized' does not hold \(API1:2023\)\n {4}answered 200 for a Note that only \w+ was shown, by \w+\n {4}fix: /,
  );
  assert.match(out, /curl -i 'http:\/\/127\.0\.0\.1:\d+\/v1\/notes\/\w+-\d+' -H "Authorization: Bearer \$(?:ADA|BOB)"/);
});

test('JSON is as its schema says, and evidence is as the inventory reads it', async (t) => {
  const url = await open(t, 'more-than-documented');
  const { status, out } = await castellan(
    'scan',
    'openapi.json',
    '--target',
    url,
    '--identities',
    'identities.yaml',
    '--rate',
    '100000',
    '--evidence',
    'evidence.json',
    '--api',
    'ledger',
    '--environment',
    'staging',
    '--json',
  );
  assert.equal(status, 1);
  const raw = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/scan-output.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const references = new References();
  references.add('urn:x', raw, '2020-12');
  const schema = compileSchema(
    { references },
    { location: { document: 'urn:x', pointer: '' }, dialect: '2020-12', raw },
  );
  assert.deepEqual(schema.explain(JSON.parse(out)), []);
  const records = readEvidence('evidence.json', readFileSync(join(folder, 'evidence.json'), 'utf8'));
  const levels = new Map(records.map(({ control, operation, level }) => [`${control} ${operation}`, level]));
  assert.equal(levels.get('output-validation getNote'), 'broken');
  assert.equal(levels.get('authentication getNote'), 'proven');
  assert.equal(levels.get('function-authorization listPeople'), 'proven');
  for (const { api, environment, digest } of records)
    assert.deepEqual([api, environment, digest?.slice(0, 7)], ['ledger', 'staging', 'sha256:']);
});

test('an API that a call ends: the call is named, and the status is 1', async (t) => {
  const inner = await open(t);
  for (const [what, ends] of [
    ['an odd credential', ({ headers }) => headers.authorization?.split('.').length !== 3],
    ['a debug path', ({ url = '' }) => /actuator|debug|\.env|\.git/.test(url)],
  ] as const satisfies readonly (readonly [string, (request: IncomingMessage) => boolean])[]) {
    let last = '';
    const mortal = createServer((request, response) => {
      if (ends(request)) {
        last ||= `${request.method ?? ''} ${(request.url ?? '').split('?', 1)[0] ?? ''}`;
        mortal.close();
        mortal.closeAllConnections();
        return;
      }
      fetch(`${inner}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: { authorization: request.headers.authorization ?? '' },
      })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
          response.end(await answer.text());
        })
        .catch(() => response.destroy());
    });
    t.after(() => mortal.close());
    await new Promise<void>((resolve) => mortal.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(mortal.address() as AddressInfo).port}`;
    const { status, out } = await castellan('scan', 'openapi.json', '--target', url, ...both);
    assert.equal(status, 1, what);
    assert.match(out, /^✖ the API answered nothing any more since (?:GET|HEAD) \//m, what);
    assert.ok(last !== '' && out.includes(last.replace('/v1', '')), `${what}: ${last}\n${out}`);
  }
});

test('without --write and --delete nothing is changed', async (t) => {
  const url = await open(t, 'changes-of-others', 'deletes-of-others');
  const { status, out } = await castellan('scan', 'openapi.json', '--target', url, ...both);
  assert.equal(status, 0, out);
  assert.match(out, /Nothing can be said of .*putNote, deleteNote/);
});

test('what was typed wrong is answered with what to write', async (t) => {
  const url = await open(t);
  const target = ['--target', url];
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /no OpenAPI document given; write castellan scan/],
    [['openapi.json'], /no --target given; write --target http/],
    [['openapi.json', '--target', 'localhost'], /--target is no URL/],
    [['openapi.json', '--target', 'ftp://localhost'], /has the scheme ftp:/],
    [
      ['openapi.json', '--target', 'http://ada:secret@localhost'],
      /--target holds a credential; give it with --identity/,
    ],
    [
      ['openapi.json', '--target', 'https://api.example.com'],
      /api\.example\.com is not this machine; .* --allow-host api\.example\.com/,
    ],
    [['openapi.json', '--target', 'http://10.0.0.1', '--allow-host', '10.0.0.2'], /10\.0\.0\.1 is not this machine/],
    [['openapi.json', ...target], /nobody is named as whom the API is called/],
    [
      ['openapi.json', ...target, '--identity', 'ada'],
      /an identity has a name and a credential; write --identity ada=env/,
    ],
    [['openapi.json', ...target, '--identity', 'ada=env:NONE'], /the environment variable NONE is not set/],
    [['openapi.json', ...target, '--identity', 'ada=env:EMPTY'], /the environment variable EMPTY is empty/],
    [['openapi.json', ...target, ...both, '--identity', 'bob=x'], /the identity 'bob' is given twice/],
    [
      ['openapi.json', ...target, ...both, '--only', 'magic'],
      /there is no attack 'magic'; write undocumented-answer, /,
    ],
    [['openapi.json', ...target, ...both, '--shared', 'Nota'], /the document has no type 'Nota'; write one of Note, /],
    [['openapi.json', ...target, ...both, '--max-requests', '0'], /--max-requests is no number/],
    [['openapi.json', ...target, ...both, '--evidence', 'x.json'], /evidence is of an API; name it with --api/],
    [['openapi.json', ...target, ...both, '--idenity', 'x'], /did you mean --identity\?/],
    [['openapi.json', ...target, '--identities', 'none.yaml'], /the identities cannot be read \(ENOENT\)/],
    [
      ['openapi.json', ...target, '--identity', 'ada=wrong'],
      /no call of ada was answered with success at http.*: nothing can be said; see that/,
    ],
  ];
  for (const [args, message] of rows) {
    const { status, err, out } = await castellan('scan', ...args);
    assert.match(err, message, args.join(' '));
    assert.deepEqual([status, out, err.trim().split('\n').length], [2, '', 1], args.join(' '));
  }
  for (const [text, message] of [
    ['identities: {}\n', /nobody is named/],
    ['people: {}\n', /there are no identities/],
    ['identities: { ada: { credental: x } }\n', /identities\.ada: 'credental' is not known; write credential/],
    [
      'identities: { ada: { credential: x, mayNot: [listPeple] } }\n',
      /there is no operation 'listPeple'; did you mean listPeople\?/,
    ],
    ['identities: { ada: { credentials: { tokn: x } } }\n', /no security scheme 'tokn'; write one of token/],
    ['identities: { ada: {} }\n', /identities\.ada has no credential/],
    ['identities: { ada: { credential: 7 } }\n', /identities\.ada\.credential is no text/],
    ['{', /the identities cannot be read \(no YAML\)/],
  ] as const) {
    writeFileSync(join(folder, 'wrong.yaml'), text);
    const { status, err } = await castellan('scan', 'openapi.json', ...target, '--identities', 'wrong.yaml');
    assert.equal(status, 2, text);
    assert.match(err, message, text);
  }
});

test('the example: full of holes as it is, and nothing goes through the gateway in front of it', async (t) => {
  const { url } = await openRegistry(t);
  const stage = await openStage(
    { bare: 0, guarded: 0 },
    { registry: { url, key: randomBytes(24).toString('base64') }, environment: 'test' },
  );
  t.after(() => stage.close());
  const { contractFile } = await loadExample();
  const seen = [];
  for (const { base, tokens } of [stage.bare, stage.guarded]) {
    Object.assign(credentials, { DEMO_ADA: tokens.ada, DEMO_BOB: tokens.bob, DEMO_EVE: tokens.eve });
    const people = ['ada', 'bob', 'eve'].flatMap((name) => ['--identity', `${name}=env:DEMO_${name.toUpperCase()}`]);
    const args = ['--target', base, ...people, '--rate', '100000', '--write', '--delete', '--json'];
    const { out, err } = await castellan('scan', String(contractFile), ...args);
    assert.equal(err, '');
    const { results } = JSON.parse(out) as { results: readonly { level: string; control: string }[] };
    const of = (level: string): readonly string[] => [
      ...new Set(results.filter((one) => one.level === level).map(({ control }) => control)),
    ];
    seen.push([
      of('broken').length,
      of('proven').length,
      of('unclear').length,
      results.filter(({ level }) => level === 'broken').length,
    ]);
  }
  const [bare, guarded] = seen;
  assert.ok((bare?.[3] ?? 0) >= 15, JSON.stringify(seen));
  assert.deepEqual([guarded?.[0], guarded?.[1], guarded?.[2]], [0, 6, 0], JSON.stringify(seen));
});

/** Somebody who takes reports, and keeps none. */
async function openRegistry(t: TestContext): Promise<{ readonly url: string }> {
  const server = createServer((_, response) => response.writeHead(202).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
