import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CastellanError } from '../error.ts';
import { loadContract, type LoadOptions } from './load-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-load-'));
after(() => rmSync(folder, { recursive: true }));
let written = 0;

/** Writes files into a folder of their own and gives it. */
function files(contents: Readonly<Record<string, string>>): string {
  const own = join(folder, String(written++));
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), text);
  }
  return own;
}

function load(contents: Readonly<Record<string, string>>, options: LoadOptions = {}) {
  const [root = ''] = Object.keys(contents);
  return loadContract(root, { cwd: files(contents), ...options });
}

async function refuses(code: string, message: RegExp, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.equal(error.message.includes('\n'), false, 'one line');
    return true;
  });
}

const head = 'openapi: 3.1.0\ninfo: { title: Things, version: "1" }\n';
const one = `${head}paths:\n  /things/{id}:\n    get:\n      operationId: getThing\n      responses: { 200: { description: ok } }\n`;

test('a path, a file URL and an object give the same contract', async () => {
  const cwd = files({ 'a.yaml': one });
  const object = {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1' },
    paths: { '/things/{id}': { get: { operationId: 'getThing', responses: { '200': { description: 'ok' } } } } },
  };
  for (const input of ['a.yaml', pathToFileURL(join(cwd, 'a.yaml')), pathToFileURL(join(cwd, 'a.yaml')).href, object]) {
    const contract = await loadContract(input, { cwd });
    assert.equal(contract.title, 'Things');
    assert.equal(contract.version, '1');
    assert.deepEqual(
      contract.operations.map((operation) => [operation.operationId, operation.method, operation.path]),
      [['getThing', 'GET', '/things/{id}']],
    );
    assert.deepEqual(
      contract.operations[0]?.responses.map((response) => response.status),
      ['200'],
    );
  }
});

test('an object that is changed afterwards changes nothing', async () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'A', version: '1' },
    paths: { '/a': { get: { security: [] as unknown[], responses: {} } } },
  };
  const contract = await loadContract(document);
  document.paths['/a'].get.responses = { '200': { description: 'later' } };
  assert.equal(contract.operations[0]?.responses.length, 0);
});

test('places are those of the key, in the file as the user named it', async () => {
  const contract = await load({ 'a.yaml': one });
  const operation = contract.operations[0];
  assert.ok(operation);
  assert.deepEqual(contract.place(operation.location), { file: 'a.yaml', line: 5, column: 5 });
});

test('a file that changed since is named without a line', async () => {
  const cwd = files({ 'a.yaml': one });
  const contract = await loadContract('a.yaml', { cwd });
  writeFileSync(join(cwd, 'a.yaml'), `# moved\n${one}`);
  const operation = contract.operations[0];
  assert.ok(operation);
  assert.deepEqual(contract.place(operation.location), { file: 'a.yaml#/paths/~1things~1{id}/get' });
});

test('the digest of one file is its SHA-256; another byte gives another', async () => {
  const first = await load({ 'a.yaml': one });
  const second = await load({ 'a.yaml': `${one}\n` });
  assert.match(first.digest, /^sha256:[0-9a-f]{64}$/);
  assert.notEqual(first.digest, second.digest);
});

test('references lead through files, path items, parameters, bodies and responses', async () => {
  const contract = await load({
    'api.yaml': `${head}paths:
  /things/{id}: { $ref: 'paths/thing.yaml' }
`,
    'paths/thing.yaml': `parameters: [{ $ref: '../parts.yaml#/parameters/id' }]
put:
  operationId: putThing
  requestBody: { $ref: '../parts.yaml#/bodies/thing' }
  responses: { 200: { $ref: '../parts.yaml#/responses/thing' } }
`,
    'parts.yaml': `parameters: { id: { name: id, in: path, required: true, schema: { type: string } } }
bodies: { thing: { required: true, content: { application/json: { schema: { $ref: '#/schemas/Thing' } } } } }
responses: { thing: { description: ok, content: { application/json: { schema: { $ref: '#/schemas/Thing' } } } } }
schemas: { Thing: { type: object, properties: { parent: { $ref: '#/schemas/Thing' } } } }
`,
  });
  const [operation] = contract.operations;
  assert.ok(operation);
  assert.equal(operation.operationId, 'putThing');
  assert.deepEqual(
    operation.parameters.map((parameter) => [parameter.name, parameter.in]),
    [['id', 'path']],
  );
  assert.equal(operation.body?.required, true);
  const schema = operation.responses[0]?.content[0]?.schema;
  assert.ok(schema);
  assert.deepEqual(contract.place(operation.location), { file: 'paths/thing.yaml', line: 2, column: 1 });
  const ref = (schema.raw as { readonly $ref: string }).$ref;
  const target = contract.resolve(schema.location, ref);
  assert.equal(target.location.pointer, '/schemas/Thing');
  assert.equal(contract.documents.length, 3);
});

test('description beside a 3.1 reference overrides, in 3.0 it is ignored', async () => {
  const document = (version: string) => `openapi: ${version}
info: { title: T, version: '1' }
paths:
  /a: { get: { responses: { 200: { $ref: '#/components/responses/ok', description: mine } } } }
components: { responses: { ok: { description: theirs } } }
`;
  assert.equal((await load({ 'a.yaml': document('3.1.0') })).operations[0]?.responses[0]?.description, 'mine');
  assert.equal((await load({ 'a.yaml': document('3.0.3') })).operations[0]?.responses[0]?.description, 'theirs');
});

test('$id and $anchor are followed', async () => {
  const contract = await load({
    'a.yaml': `${head}paths: { /a: { get: { responses: { 200: { description: ok, content: { application/json: { schema: { $ref: 'https://example.com/thing#it' } } } } } } } }
components: { schemas: { Thing: { $id: 'https://example.com/thing', $defs: { x: { $anchor: it, type: object } } } } }
`,
  });
  const schema = contract.operations[0]?.responses[0]?.content[0]?.schema;
  assert.ok(schema);
  assert.equal(
    contract.resolve(schema.location, 'https://example.com/thing#it').location.pointer,
    '/components/schemas/Thing/$defs/x',
  );
});

test('references in examples, defaults and enums are data', async () => {
  const contract = await load({
    'a.json': JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: {},
      components: {
        schemas: {
          A: {
            example: { $ref: 'nowhere.json' },
            default: { $ref: '#/nowhere' },
            enum: [{ $ref: 'x.json' }],
            properties: { $ref: { type: 'string' } },
          },
        },
      },
    }),
  });
  assert.equal(contract.schemas.size, 1);
});

test('a reference that leads nowhere is an error at the reference', async () => {
  const missing = `${one}components: { schemas: { A: { $ref: '#/components/schemas/B' } } }\n`;
  await refuses('unresolved-reference', /^a\.yaml:8:31: .*#\/components\/schemas\/B/, load({ 'a.yaml': missing }));
  const file = `${one}components:\n  schemas:\n    A:\n      $ref: 'b.yaml'\n`;
  await refuses(
    'document-not-found',
    /^a\.yaml:11:7: the reference 'b\.yaml' cannot be followed/,
    load({ 'a.yaml': file }),
  );
  const json = JSON.stringify(
    {
      openapi: '3.0.0',
      info: {},
      paths: {},
      components: { schemas: { A: { properties: { b: { $ref: '#/nope' } } } } },
    },
    null,
    1,
  );
  await refuses('unresolved-reference', /^a\.json:10:7: /, load({ 'a.json': json }));
  await refuses('unresolved-reference', /#\/nope/, load({ 'a.json': json.replace('$ref', '\\u0024ref') }));
});

test('references that go in a circle are an error', async () => {
  await refuses(
    'reference-loop',
    /^a\.yaml:8:/,
    load({
      'a.yaml': `${one}components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }\n`,
    }),
  );
});

test('references stay in the project: not above it, not through links, not to other kinds of address', async () => {
  const outside = files({ 'secret.yaml': 'a: 1\n' });
  const leak = (ref: string) => `${one}components: { schemas: { A: { $ref: '${ref}' } } }\n`;
  await refuses('reference-refused', /leads out of/, load({ 'a.yaml': leak('../../../../../../../../etc/passwd') }));
  await refuses(
    'reference-refused',
    /leads out of/,
    load({ 'a.yaml': leak(pathToFileURL(join(outside, 'secret.yaml')).href) }),
  );
  const cwd = files({ 'a.yaml': leak('link.yaml') });
  symlinkSync(join(outside, 'secret.yaml'), join(cwd, 'link.yaml'));
  await refuses('reference-refused', /leads out of/, loadContract('a.yaml', { cwd }));
  await refuses(
    'unresolved-reference',
    /no document has the address/,
    load({ 'a.yaml': leak('data:application/json,{}') }),
  );
});

test('a parent folder is fine inside of a project, or where it was allowed', async () => {
  const contents = {
    'specs/a.yaml': `${one}components: { schemas: { A: { $ref: '../shared.yaml' } } }\n`,
    'shared.yaml': 'type: object\n',
  };
  assert.equal((await load(contents)).documents.length, 2);
  const cwd = files(contents);
  await refuses('reference-refused', /within/, loadContract('a.yaml', { cwd: join(cwd, 'specs') }));
  assert.equal((await loadContract('a.yaml', { cwd: join(cwd, 'specs'), within: cwd })).documents.length, 2);
  writeFileSync(join(cwd, 'package.json'), '{}');
  const contract = await loadContract('a.yaml', { cwd: join(cwd, 'specs') });
  assert.equal(contract.place({ document: contract.documents[1] ?? '', pointer: '' }).file, '../shared.yaml');
});

test('what cannot be read is one clear line', async () => {
  await refuses(
    'document-not-found',
    /^nope\.yaml: there is no such file; /,
    loadContract('nope.yaml', { cwd: folder }),
  );
  await refuses('document-unreadable', /it is a directory/, loadContract('.', { cwd: folder }));
  await refuses('invalid-json', /^a\.json:2:8: .*'}' is unexpected/, load({ 'a.json': '{\n  "a": }' }));
  await refuses('invalid-json', /ends too early/, load({ 'a.json': '{"a": [1' }));
  await refuses('invalid-yaml', /^a\.yaml:3:1: /, load({ 'a.yaml': 'a: 1\nb: [1, 2\nc: 3\n' }));
  await refuses('invalid-yaml', /more than one YAML document/, load({ 'a.yaml': `${one}---\na: 1\n` }));
  await refuses('invalid-openapi', /neither openapi nor swagger/, load({ 'a.yaml': 'a: 1\n' }));
  await refuses('invalid-openapi', /not an object/, load({ 'a.yaml': '- 1\n' }));
  await refuses('invalid-openapi', /the document is empty/, load({ 'a.yaml': '' }));
  await refuses('invalid-openapi', /an Overlay document/, load({ 'a.yaml': 'overlay: 1.0.0\nactions: []\n' }));
  await refuses(
    'unsupported-version',
    /^a\.yaml:1:1: OpenAPI version '4\.0\.0'/,
    load({ 'a.yaml': 'openapi: 4.0.0\n' }),
  );
  await refuses('unsupported-version', /'1\.2'/, load({ 'a.yaml': 'swagger: "1.2"\n' }));
});

test('nothing of a file that is no document is repeated', async () => {
  for (const name of ['a.json', 'a.yaml', 'a']) {
    await assert.rejects(
      load({ [name]: '{"password": s3cret-value, ["x": s3cret' }),
      (error) => error instanceof CastellanError && !error.message.includes('s3cret'),
    );
    await assert.rejects(
      load({ [name]: 'root:x:0:0:s3cret\n  - "s3cret\n' }),
      (error) => error instanceof CastellanError && !error.message.includes('s3cret'),
    );
  }
});

test('JSON that is really YAML in flow style is read', async () => {
  assert.equal(
    (await load({ 'a.yaml': '{openapi: 3.1.0, info: {title: Flow, version: 1}, paths: {}}' })).title,
    'Flow',
  );
});

test('a byte order mark is passed over; other encodings are named', async () => {
  assert.equal((await load({ 'a.yaml': `\uFEFF${one}` })).title, 'Things');
  const cwd = files({ 'a.yaml': one });
  writeFileSync(join(cwd, 'a.yaml'), Buffer.from(one, 'utf16le'));
  await refuses('invalid-encoding', /not UTF-8/, loadContract('a.yaml', { cwd }));
});

test('a key that stands twice where it matters is an error at the second; elsewhere the last counts, with a warning', async () => {
  await refuses(
    'duplicate-key',
    /^a\.yaml:8:3: the key '\/things\/\{id\}' is a duplicate/,
    load({ 'a.yaml': `${one}  /things/{id}: {}\n` }),
  );
  await refuses(
    'duplicate-key',
    /^a\.json:1:\d+: the key 'security'/,
    load({ 'a.json': '{"openapi":"3.1.0","security":[],"paths":{},"security":[{}]}' }),
  );
  const contract = await load({ 'a.yaml': `${one}components: { schemas: { A: { type: string, type: object } } }\n` });
  assert.deepEqual(
    contract.warnings
      .filter((warning) => warning.code === 'duplicate-key')
      .map((warning) => contract.place(warning.location).line),
    [8],
  );
});
