import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileSchema, References } from '@castellan/contract';
import type { ContractReport } from '../contract/report.ts';
import { run } from '../run.ts';

const root = join(import.meta.dirname, '../../../..');
const documents = join(root, 'examples/documents');
const folder = mkdtempSync(join(tmpdir(), 'castellan-contract-'));
after(() => rmSync(folder, { recursive: true }));

async function castellan(args: readonly string[], interactive = false) {
  let out = '';
  let err = '';
  const status = await run(['contract', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

writeFileSync(
  join(folder, 'api.yaml'),
  `openapi: 3.1.0
info: { title: Documents, version: "2" }
servers: [{ url: https://api.example.com/v1 }]
security: [{ oauth: [read] }]
paths:
  /documents:
    post: { operationId: create, security: [], responses: { 201: { description: made } } }
  /documents/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: read
      security: [{ oauth: [read] }, { key: [], oauth: [] }, {}]
      deprecated: true
      responses: { 200: { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } } }
    delete: { responses: { 204: { description: gone } } }
components:
  schemas: { Document: { type: object, x-castellan: { resource: Document }, properties: { id: { type: string, format: colour } } } }
  securitySchemes:
    key: { type: apiKey, in: query, name: key }
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { read: '' } } } }
`,
);

test('prints operations with their security, resources, what is open, and warnings with places', async () => {
  const { status, out, err } = await castellan(['api.yaml']);
  assert.deepEqual([status, err], [0, '']);
  assert.equal(
    out.replace(/sha256:[0-9a-f]{64}/, 'sha256:…'),
    `Documents 2
api.yaml, OpenAPI 3.1.0, sha256:…
https://api.example.com/v1

3 operations
  POST    /documents       create             none: anyone may call it
  GET     /documents/{id}  read               oauth [read], or key and oauth, or anyone  (deprecated)
  DELETE  /documents/{id}  deleteDocumentsId  oauth [read]

Limits, where options of the guard say nothing else
  every operation  1200/minute by address    option limits.perAddress
                   1200/minute by principal  option limits.perPrincipal

1 resource
  Document  by id  declared

Not protected
  writes that anyone may call: 1
    create
    add security to them
  operations that take a credential in the query, which ends up in logs: 1
    read
    take it in a header field
  operations without a rate limit in the contract: 3
    create, read, deleteDocumentsId
    add x-castellan: { rateLimit: { rate: 60/minute } } to the document or to them

1 warning
  api.yaml:17:111
    the format colour is not known, so it checks nothing; say it with pattern, or remove it

`,
  );
});

test('says the limits of each operation, and where each comes from', async () => {
  const body = {
    content: { 'application/json': { schema: { type: 'object', properties: { email: {}, password: {} } } } },
  };
  const responses = { 200: { description: 'ok' } };
  const rateLimit = [
    { rate: '10/minute', burst: 3, by: ['tenant', 'header.x-device'], cost: 'query.n / 2' },
    { rate: '9/2 hours' },
  ];
  writeFileSync(
    join(folder, 'limits.json'),
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Limits', version: '1' },
      'x-castellan': { profile: 'bank' },
      paths: {
        '/login': { post: { operationId: 'signIn', requestBody: body, responses } },
        '/things': {
          get: {
            operationId: 'list',
            parameters: [{ name: 'n', in: 'query', schema: { type: 'integer' } }],
            'x-castellan': { rateLimit, concurrency: 2, budget: { records: '7/day' }, page: { limit: 'n', max: 5 } },
            responses,
          },
        },
      },
    }),
  );
  const { out } = await castellan(['limits.json']);
  for (const line of [
    /^  signIn +10\/hour by address and body\.email, failures only +profile bank, because it is for sign-in$/m,
    /^ +50\/hour by body\.email, failures only/m,
    /^ +1048576 bytes +option limits\.maxBody$|^ +body 1048576 bytes +option limits\.maxBody$/m,
    /^  list +10\/minute by tenant and header\.x-device, 3 at once, a call costs query\.n \/ 2 +x-castellan of the operation$/m,
    /^ +9\/7200s by principal/m,
    /^ +calls at once 2 by principal/m,
    /^ +records 7\/day by principal/m,
    /^ +page 5 +x-castellan of the operation$/m,
  ])
    assert.match(out, line);
  const { operations } = JSON.parse((await castellan(['limits.json', '--json'])).out) as ContractReport;
  assert.deepEqual(operations[0]?.limits[2], {
    what: 'requests',
    limit: '10/hour',
    by: 'address and body.email',
    counts: 'failures',
    from: 'profile bank, because it is for sign-in',
  });
});

test('colours only for a person', async () => {
  assert.equal((await castellan(['api.yaml'])).out.includes('\u001b['), false);
  assert.equal((await castellan(['api.yaml'], true)).out.includes('\u001b['), true);
});

test('an overlay is applied', async () => {
  writeFileSync(
    join(folder, 'over.yaml'),
    'overlay: 1.0.0\nactions: [{ target: "$.paths[\'/documents\'].post.security", update: [{ key: [] }] }]\n',
  );
  const { out } = await castellan(['api.yaml', '--overlay', 'over.yaml', '--json']);
  assert.deepEqual((JSON.parse(out) as ContractReport).operations[0]?.security, [{ key: [] }]);
});

test('bad use is one line and status 2', async () => {
  for (const [args, message] of [
    [[], /no OpenAPI document given; write castellan contract openapi\.yaml/],
    [['a', 'b'], /more than one/],
    [['nope.yaml'], /^castellan: nope\.yaml: there is no such file; check the path\n$/],
    [['api.yaml', '--jsn'], /--json/],
  ] as const) {
    const { status, out, err } = await castellan(args);
    assert.deepEqual([status, out], [2, '']);
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2);
  }
});

test('--json is what its schema says, for every real document', async (t) => {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/contract-output.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  const references = new References();
  const document = 'urn:castellan:schema:contract-output';
  references.add(document, schema, '2020-12');
  const compiled = compileSchema(
    { references },
    { location: { document, pointer: '' }, dialect: '2020-12', raw: schema },
  );
  const contracts = join(root, '../shared/contracts');
  const files = [join(folder, 'api.yaml'), join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json')];
  if (existsSync(contracts)) {
    files.push(
      join(contracts, 'asana.yaml'),
      join(contracts, 'box.json'),
      ...readdirSync(join(contracts, 'adyen')).map((name) => join(contracts, 'adyen', name)),
    );
  } else t.diagnostic('../shared/contracts is not here: only two documents were tried');
  for (const file of files) {
    const { status, out } = await castellan([file, '--json']);
    assert.equal(status, 0);
    const report: unknown = JSON.parse(out);
    assert.deepEqual(compiled.explain(report), [], file);
    assert.ok((report as ContractReport).operations.length > 0);
  }
  assert.equal(compiled.check({}), false);
  const { out } = await castellan([
    join(documents, 'openapi.yaml'),
    '--policies',
    join(documents, 'policies/*.cedar'),
    '--json',
  ]);
  assert.deepEqual(compiled.explain(JSON.parse(out)), []);
  assert.equal((JSON.parse(out) as { policies: { operations: object[] } }).policies.operations.length, 9);
});

test('with --policies it says of each operation what it acts on, when that is decided, and who gets in by which policy', async () => {
  const files = ['--policies', join(documents, 'policies/*.cedar')];
  const { status, out } = await castellan([join(documents, 'openapi.yaml'), ...files]);
  assert.equal(status, 0);
  const lines = out.split('\n');
  const row = lines.find((line) => line.startsWith('editSection PATCH')) ?? '';
  assert.match(row, /Section \(path\.sectionId\)/);
  assert.match(row, /before, as getSection answers it/);
  assert.match(row, /in Group::"section-editors", if \(edit-approved-section\)/);
  assert.match(out, /resource +id +described at/);
  assert.match(out, /Section +id +\S*openapi\.yaml:\d+:\d+/);
  // Without them it stays what the document says.
  assert.doesNotMatch((await castellan([join(documents, 'openapi.yaml')])).out, /described at/);
  const none = await castellan([join(documents, 'openapi.yaml'), '--policies', 'none/*.cedar']);
  assert.equal(none.status, 2);
  assert.match(none.err, /none\/\*\.cedar/);
});
