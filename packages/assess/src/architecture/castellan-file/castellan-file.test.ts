import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import fc from 'fast-check';
import { readCastellanFile } from './read.ts';
import { castellanYamlSchema } from '@castellan/gateway/configuration';

const root = join(import.meta.dirname, '../../../../..');

const whole = `apis:
  - name: documents
    contract: ./openapi.yaml
    overlays: [./security.overlay.yaml]
    policies: ./policies/*.cedar
    environment: production
    upstreams: [{ url: http://10.0.0.11:8080 }, { url: http://10.0.0.12:8080 }]
    mode: enforce
    authentication:
      oauth:  { issuer: https://login.example.com, audience: documents, groups: claims.groups }
      apiKey: { store: keys }
      basic:  { store: users }
consumes:
  - { name: payments, contract: ./payments.openapi.yaml }
listen: { port: 8443, tls: { cert: ./tls/cert.pem, key: ./tls/key.pem } }
store: { url: postgres://castellan:very-secret@db/castellan }
limits: { store: memory }
audit: { dir: .castellan/audit, otlp: http://collector:4318 }
console: { port: 8181 }
`;

test('everything that the design shows is read, and no credential is kept', () => {
  const file = readCastellanFile('castellan.yaml', whole);
  assert.equal(file.apis[0]?.name, 'documents');
  assert.deepEqual(file.apis[0]?.policies, ['./policies/*.cedar']);
  assert.deepEqual(
    file.apis[0]?.authentication.map(({ scheme, issuer, store }) => [scheme, issuer, store]),
    [
      ['oauth', 'https://login.example.com', undefined],
      ['apiKey', undefined, 'keys'],
      ['basic', undefined, 'users'],
    ],
  );
  assert.equal(file.listen?.tls?.place.line, 15);
  assert.equal(file.store?.url, 'postgres://db/castellan');
  assert.equal(JSON.stringify(file).includes('very-secret'), false);
});

test('a mistake is one line: what, where, the mend', () => {
  for (const [text, message] of [
    [
      'apis: [{ name: a, contract: b, polices: c }]',
      /^castellan\.yaml:1:32: apis\[0\] has no option 'polices'; did you mean policies\?$/,
    ],
    [
      'apis: [{ name: a, contract: b }]\nlisten: { port: 8080, tsl: {} }',
      /:2:23: listen has no option 'tsl'; did you mean tls\?$/,
    ],
    ['apis: [{ name: a }]', /:1:\d+: .*contract/],
    [
      'apis: [{ name: a, contract: b, mode: enforced }]',
      /:1:32: apis\[0\]\.mode is none of enforce, observe, off; did you mean enforce/,
    ],
    ['apis: [{ name: a, contract: b }]\nlisten: { port: 99999 }', /:2:11: listen\.port is /],
    ['apis: [{ name: a, contract: b }, { name: a, contract: c }]', /two APIs are called 'a'/],
    ['apis: [', /^castellan\.yaml:1:\d+: the file is not YAML/],
    ['', /the file is empty; write apis:/],
    ['- a', /is not an object/],
  ] as const) {
    assert.throws(
      () => readCastellanFile('castellan.yaml', text),
      (error) => {
        assert.ok(error instanceof CastellanError, String(error));
        assert.match(error.message, message);
        assert.equal(error.message.includes('\n'), false);
        return true;
      },
    );
  }
});

test('schemas/castellan.json is the schema that is checked', () => {
  assert.deepEqual(JSON.parse(readFileSync(join(root, 'schemas/castellan.json'), 'utf8')), castellanYamlSchema());
});

test('hostile text is refused as bad input or read, never anything else', () => {
  const pieces = fc.constantFrom(
    'apis:',
    ' - ',
    '{',
    '[',
    '&a ',
    '*a',
    '"',
    ': ',
    '\n',
    '  ',
    'name',
    '!!js/function ',
    '%',
    '<<: ',
    '__proto__',
    '\t',
    '?',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (words) => {
      try {
        readCastellanFile('castellan.yaml', words.join(''));
      } catch (error) {
        assert.ok(error instanceof CastellanError, String(error));
      }
    }),
    { seed: 6, numRuns: 500 },
  );
  assert.throws(() => readCastellanFile('castellan.yaml', '['.repeat(50_000)), CastellanError);
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 9 },
    (_, i) =>
      `b${i}: &b${i} [${Array(10)
        .fill(i === 0 ? '*a' : `*b${i - 1}`)
        .join(',')}]`,
  ).join('\n')}\n`;
  assert.throws(() => readCastellanFile('castellan.yaml', bomb), CastellanError);
});

test('secrets that are written in castellan.yaml are seen, and not kept', () => {
  const file = readCastellanFile(
    'castellan.yaml',
    `apis:
  - name: a
    contract: b
    authentication:
      key: { keys: { 9f2c1b7e55d04a6c: { subject: partner } } }
      basic: { users: { ada: { password: correct-horse-battery } } }
      oauth: { issuer: https://login.example.com, audience: a, proof: { required: true }, introspection: { client: { id: a, secret: 'env:CLIENT_SECRET' } } }
limits: { store: 'redis://:hunter2hunter2@cache' }
`,
  );
  assert.deepEqual(
    file.secrets.map(({ name, how, place }) => [name, how, place.line]),
    [
      ['key key', 'literal', 5],
      ['password', 'literal', 6],
      ['client_secret', 'reference', 7],
      ['limits', 'literal', 8],
    ],
  );
  assert.equal(file.apis[0]?.authentication[2]?.proofRequired, true);
  for (const secret of ['9f2c1b7e55d04a6c', 'correct-horse', 'hunter2'])
    assert.equal(JSON.stringify({ ...file, place: undefined }).includes(secret), false, secret);
});

test('the documents of a source are in its folder, and of one that is elsewhere nowhere here', () => {
  const { apis } = readCastellanFile(
    'castellan.yaml',
    `apis:
  - { name: a, source: { folder: ./apis }, contract: a/openapi.yaml, overlays: [o.yaml], policies: 'p/*.cedar' }
  - { name: b, source: { git: ./apis.git, folder: b }, contract: openapi.yaml, policies: p.cedar }
  - { name: c, source: { registry: published }, overlays: [/etc/o.yaml] }
  - { name: d, source: { git: ./apis.git }, contract: https://example.com/openapi.yaml }
  - { name: e, contract: ./openapi.yaml }
`,
  );
  assert.deepEqual(
    apis.map(({ contract, overlays, policies }) => [contract, overlays, policies]),
    [
      ['apis/a/openapi.yaml', ['apis/o.yaml'], ['apis/p/*.cedar']],
      ['', [], []],
      ['', ['/etc/o.yaml'], []],
      ['https://example.com/openapi.yaml', [], []],
      ['./openapi.yaml', [], []],
    ],
  );
});
