import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract, type LoadOptions } from './load-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-limits-'));
after(() => rmSync(folder, { recursive: true }));

function refuses(code: string, name: string, text: string, options: LoadOptions = {}): Promise<void> {
  writeFileSync(join(folder, name), text);
  return refusesInput(code, name, { cwd: folder, ...options });
}

function refusesInput(code: string, input: string | object, options: LoadOptions = {}): Promise<void> {
  return assert.rejects(loadContract(input, options), (error) => {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

const head = 'openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths: {}\n';

test('a document larger than the limit is not read', async () => {
  await refuses('document-too-large', 'large.yaml', `${head}x-a: ${'a'.repeat(2000)}\n`, {
    limits: { maxBytes: 1000 },
  });
  await refuses(
    'document-too-large',
    'total.yaml',
    `${head}components: { schemas: { A: { $ref: 'total.yaml2' } } }\n`,
    { limits: { maxTotalBytes: 60 } },
  );
});

test('a device that never ends is read up to the limit', async () => {
  await refusesInput('document-too-large', '/dev/zero', { limits: { maxBytes: 100_000 } });
});

test('nesting beyond the limit is refused before anything recurses', async () => {
  for (const depth of [600, 200_000]) {
    await refuses(
      'document-too-deep',
      'deep.json',
      `{"openapi":"3.1.0","x-a":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    );
    await refuses(
      'document-too-deep',
      'deep-objects.json',
      `{"openapi":"3.1.0","x-a":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`,
    );
    await refuses('document-too-deep', 'flow.yaml', `openapi: 3.1.0\nx-a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`);
  }
  await refuses('document-too-deep', 'compact.yaml', `openapi: 3.1.0\nx-a:\n  ${'- '.repeat(5000)}1\n`);
  let block = 'openapi: 3.1.0\n';
  for (let level = 0; level < 600; level++) block += `${' '.repeat(level)}a:\n`;
  await refuses('document-too-deep', 'block.yaml', block);
});

test('an object nested beyond the limit, containing itself, or growing when written out is refused', async () => {
  let deep: unknown[] = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  await refusesInput('document-too-deep', { openapi: '3.1.0', 'x-a': deep });
  const circle: Record<string, unknown> = { openapi: '3.1.0' };
  circle['paths'] = circle;
  await refusesInput('invalid-openapi', circle);
  let wide: unknown = 1;
  for (let level = 0; level < 60; level++) wide = { a: wide, b: wide };
  await refusesInput('alias-bomb', { openapi: '3.1.0', paths: {}, 'x-a': wide });
});

test('aliases of aliases are counted, not written out', async () => {
  let laughs = `${head}x-0: &a0 [lol]\n`;
  for (let level = 1; level < 60; level++)
    laughs += `x-${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}*a${level - 1}]\n`;
  await refuses('alias-bomb', 'laughs.yaml', laughs);
  let merges = `${head}x-0: &m0 { k: 1 }\n`;
  for (let level = 1; level < 60; level++)
    merges += `x-${level}: &m${level} { <<: [*m${level - 1}, *m${level - 1}] }\n`;
  await refuses('alias-bomb', 'merges.yaml', merges);
});

test('an alias inside its own anchor is refused', () => refuses('alias-loop', 'loop.yaml', `${head}x-a: &a [1, *a]\n`));

test('ordinary aliases and merge keys work, more than a hundred of them', async () => {
  const paths = Array.from(
    { length: 300 },
    (_, index) => `  /a${index}: { get: { <<: *base, operationId: a${index} } }\n`,
  ).join('');
  writeFileSync(
    join(folder, 'fine.yaml'),
    `openapi: 3.1.0\ninfo: { title: T, version: "1" }\nx-base: &base { responses: { 200: { description: ok } } }\npaths:\n${paths}`,
  );
  const contract = await loadContract('fine.yaml', { cwd: folder });
  assert.equal(contract.operations.length, 300);
  assert.ok(contract.operations.every((operation) => operation.responses[0]?.status === '200'));
});

test('more documents or references than allowed are refused', async () => {
  for (const name of ['b', 'c', 'd']) writeFileSync(join(folder, `${name}.yaml`), 'type: string\n');
  const three = `${head}components: { schemas: { B: { $ref: b.yaml }, C: { $ref: c.yaml }, D: { $ref: d.yaml } } }\n`;
  await refuses('too-many-documents', 'three.yaml', three, { limits: { maxDocuments: 2 } });
  await refuses('too-many-references', 'three.yaml', three, { limits: { maxReferences: 2 } });
});

test('__proto__ and constructor are names like others', async () => {
  const text = `{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{"__proto__":{"get":{}},"/a":{"get":{"operationId":"__proto__","security":[{"constructor":[]}]}}}}`;
  await refuses('unknown-security-scheme', 'proto.json', text);
  writeFileSync(join(folder, 'proto.json'), text.replace('{"constructor":[]}', ''));
  const contract = await loadContract('proto.json', { cwd: folder });
  assert.deepEqual(
    contract.operations.map((operation) => operation.operationId),
    ['get__proto__', '__proto__'].map((id) => (id === 'get__proto__' ? contract.operations[0]?.operationId : id)),
  );
  assert.equal(Object.hasOwn(Object.prototype, 'get'), false);
  assert.equal(contract.at({ document: contract.documents[0] ?? '', pointer: '/constructor' }), undefined);
});
