import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-overlay-'));
after(() => rmSync(folder, { recursive: true }));

const base = `openapi: 3.1.0
info: { title: Base, version: "1" }
tags: [{ name: a }, { name: b }, { name: c }]
paths:
  /a:
    get: { operationId: a, tags: [x], responses: { 200: { description: ok } } }
  /b:
    get: { operationId: b, security: [{ key: [] }], responses: { 200: { description: ok } } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
`;

function load(actions: string, version = '1.0.0') {
  writeFileSync(join(folder, 'api.yaml'), base);
  writeFileSync(
    join(folder, 'over.yaml'),
    `overlay: ${version}\ninfo: { title: O, version: "1" }\nactions:\n${actions}`,
  );
  return loadContract('api.yaml', { cwd: folder, overlays: ['over.yaml'] });
}

test('update merges objects, replaces values and lengthens lists, in the order of the actions', async () => {
  const contract = await load(`  - target: $.paths['/a'].get
    update: { deprecated: true, tags: [y], security: [{ key: [] }] }
  - target: $.info.title
    update: Changed
  - target: $
    update: { info: { description: new } }
`);
  const [a] = contract.operations;
  assert.equal(a?.deprecated, true);
  assert.deepEqual(a.tags, ['x', 'y']);
  assert.equal(a.security[0]?.schemes[0]?.scheme.name, 'key');
  assert.deepEqual(contract.document['info'], { title: 'Changed', version: '1', description: 'new' });
});

test('remove takes members and items away; the rest keeps its place', async () => {
  const contract = await load(`  - target: $.tags[?@.name != 'c']
    remove: true
  - target: $.paths['/a']
    remove: true
`);
  assert.deepEqual(contract.document['tags'], [{ name: 'c' }]);
  assert.deepEqual(
    contract.operations.map((operation) => operation.operationId),
    ['b'],
  );
  const document = contract.documents[0] ?? '';
  assert.deepEqual(contract.place({ document, pointer: '/tags/0/name' }), { file: 'api.yaml', line: 3, column: 36 });
});

test('places lead into the overlay where it wrote, and into the document where it did not', async () => {
  const contract = await load(`  - target: $.paths['/a']
    update:
      post:
        operationId: added
        responses: { 200: { description: ok } }
`);
  const added = contract.operations.find((operation) => operation.operationId === 'added');
  assert.ok(added);
  assert.deepEqual(contract.place(added.location), { file: 'over.yaml', line: 6, column: 7 });
  assert.deepEqual(contract.place({ ...added.location, pointer: `${added.location.pointer}/responses/200` }), {
    file: 'over.yaml',
    line: 8,
    column: 22,
  });
  const [a] = contract.operations;
  assert.ok(a);
  assert.equal(contract.place(a.location).file, 'api.yaml');
});

test('errors in what an overlay wrote are in the overlay', async () => {
  await assert.rejects(
    load(`  - target: $.paths['/a'].get\n    update: { security: [{ kee: [] }] }\n`),
    /^CastellanError: over\.yaml:5:28: there is no security scheme kee; did you mean key\?/,
  );
});

test('one update given to several targets does not tie them together', async () => {
  const contract = await load(`  - target: $.paths.*.get
    update: { x-list: [1] }
  - target: $.paths['/a'].get['x-list']
    update: 2
`);
  assert.deepEqual(
    contract.operations.map((operation) =>
      contract.at({ ...operation.location, pointer: `${operation.location.pointer}/x-list` }),
    ),
    [[1, 2], [1]],
  );
});

test('YAML aliases are separate parts once an overlay changes one', async () => {
  writeFileSync(
    join(folder, 'alias.yaml'),
    'openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths:\n  /a: &a { get: { responses: {} } }\n  /b: *a\n',
  );
  const contract = await loadContract('alias.yaml', {
    cwd: folder,
    overlays: [{ overlay: '1.0.0', actions: [{ target: "$.paths['/b'].get", update: { deprecated: true } }] }],
  });
  assert.deepEqual(
    contract.operations.map((operation) => operation.deprecated),
    [false, true],
  );
});

test('1.1 copies', async () => {
  const contract = await load(
    `  - target: $.paths
    update: { /c: {} }
  - target: $.paths['/c']
    copy: $.paths['/b']
`,
    '1.1.0',
  );
  assert.deepEqual(
    contract.operations.map((operation) => operation.path),
    ['/a', '/b', '/c'],
  );
  assert.equal(contract.operations[2]?.security.length, 1);
});

test('what selects nothing, and what widens security, is said', async () => {
  const contract = await load(`  - target: $.paths['/nope']
    update: { get: {} }
  - target: $.paths['/b'].get.security
    update: [{}]
  - target: $.paths['/b'].get
    update: { security: [{}] }
`);
  assert.deepEqual(
    contract.warnings
      .filter((warning) => warning.code.startsWith('overlay'))
      .map((warning) => [warning.code, contract.place(warning.location)]),
    [
      ['overlay-target-unmatched', { file: 'over.yaml', line: 4, column: 5 }],
      ['overlay-widens-security', { file: 'over.yaml', line: 7, column: 5 }],
      ['overlay-widens-security', { file: 'over.yaml', line: 9, column: 15 }],
    ],
  );
});

test('the digest covers overlays', async () => {
  const first = await load(`  - target: $.info.title\n    update: One\n`);
  const second = await load(`  - target: $.info.title\n    update: Two\n`);
  assert.notEqual(first.digest, second.digest);
});

const invalid: readonly (readonly [actions: string, message: RegExp])[] = [
  ['  - update: {}\n', /^CastellanError: over\.yaml:4:5: an action has no target/],
  ['  - target: "$.["\n    update: {}\n', /is not a JSONPath/],
  ['  - target: $.info\n', /neither updates nor removes/],
  ['  - target: $.info\n    update: text\n', /the target is an object, but update is not/],
  ['  - target: $.info\n    update: { title: { a: 1 } }\n', /over\.yaml:5:15: title is of another kind/],
  ['  - target: $\n    remove: true\n', /the whole document cannot be removed/],
  ['  - target: $.info\n    remove: yes\n', /remove is not true or false/],
];
for (const [actions, message] of invalid) {
  test(`refused: ${actions.trim().replaceAll(/\s+/g, ' ')}`, () =>
    assert.rejects(load(actions), (error) => error instanceof CastellanError && message.test(String(error))));
}

test('another version or document is refused', async () => {
  await assert.rejects(
    load('  - { target: $, update: {} }\n', '2.0.0'),
    (error) => error instanceof CastellanError && error.code === 'unsupported-version',
  );
  writeFileSync(join(folder, 'api.yaml'), base);
  await assert.rejects(
    loadContract('api.yaml', { cwd: folder, overlays: ['api.yaml'] }),
    (error) => error instanceof CastellanError && error.code === 'invalid-overlay',
  );
});
