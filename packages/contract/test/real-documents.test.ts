import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadContract } from '@castellan/contract';

const root = join(import.meta.dirname, '../../..');
const contracts = join(root, '../shared/contracts');
const github = join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json');

const documents = existsSync(contracts)
  ? [
      join(contracts, 'asana.yaml'),
      join(contracts, 'box.json'),
      ...readdirSync(join(contracts, 'adyen')).map((name) => join(contracts, 'adyen', name)),
    ]
  : [];

interface RawDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

/** `GET /things`, by a walk over the plain parsed file that shares nothing with the loader. */
function countedOperations(file: string): { name: string; operationId: string | undefined }[] {
  const text = readFileSync(file, 'utf8');
  const raw = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as RawDocument;
  const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
  return Object.entries(raw.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => methods.has(key))
      .map((method) => ({ name: `${method.toUpperCase()} ${path}`, operationId: item[method]?.operationId })),
  );
}

if (documents.length === 0) {
  test('real documents', (t) => t.skip('../shared/contracts is not here'));
}

for (const file of [...documents, github]) {
  test(`every operation of ${file.slice(file.lastIndexOf('/') + 1)} is in the contract, wholly readable`, async () => {
    const contract = await loadContract(file);
    const counted = countedOperations(file);
    assert.ok(counted.length > 0);
    assert.deepEqual(
      contract.operations.map((operation) => `${operation.method} ${operation.path}`),
      counted.map((operation) => operation.name),
    );
    assert.deepEqual(
      contract.operations
        .filter((operation) => operation.operationIdDeclared)
        .map((operation) => operation.operationId),
      counted.flatMap(({ operationId }) => (operationId === undefined ? [] : [operationId])),
    );
    assert.equal(new Set(contract.operations.map((operation) => operation.operationId)).size, counted.length);
    for (const operation of contract.operations) {
      assert.ok(operation.responses.length > 0, `${operation.operationId} has responses`);
      const variables = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      for (const name of variables) {
        assert.ok(
          operation.parameters.some((parameter) => parameter.in === 'path' && parameter.name === name),
          `${operation.operationId} has ${name}`,
        );
      }
    }
    for (const warning of contract.warnings)
      assert.ok(contract.place(warning.location).line, `${warning.code} has a line`);
  });
}

test('a large document costs little more memory than itself after everything in it was read', async () => {
  // 13 MB of JSON parse to about 30 MB of objects; whoever copied or kept the text would be far above this.
  const before = heapAfterCollection();
  const contract = await loadContract(github);
  for (const operation of contract.operations)
    void [operation.parameters, operation.body, operation.responses, operation.resource];
  const megabytes = (heapAfterCollection() - before) / 1e6;
  assert.ok(megabytes < 60, `${megabytes.toFixed(0)} MB`);
  assert.equal(contract.operations.length > 1000, true);
});

function heapAfterCollection(): number {
  // Without --expose-gc an allocation-free figure is not to be had; the limit above leaves room for that.
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
