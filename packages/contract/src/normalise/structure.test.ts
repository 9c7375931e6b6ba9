import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';

const operation = { responses: { 200: { description: 'ok' } } };

async function warningsOf(document: object): Promise<string[]> {
  const contract = await loadContract(document);
  return contract.warnings.map(({ code, location, mend }) => `${code} at ${location.pointer || '/'}: ${mend}`);
}

test('a document that says everything has no warning', async () => {
  assert.deepEqual(
    await warningsOf({ openapi: '3.1.0', info: { title: 'x', version: '1' }, paths: { '/a': { get: operation } } }),
    [],
  );
});

test('what is missing, misspelt or not read is a warning with its place', async () => {
  assert.deepEqual(
    await warningsOf({
      openapi: '3.1',
      info: { title: 'x' },
      paths: { a: { get: operation }, '/b': { gett: operation, parametres: [], POST: operation, 'x-own': 1 } },
    }),
    [
      'unknown-path-item-key at /paths/~1b/gett: did you mean get?',
      'unknown-path-item-key at /paths/~1b/parametres: did you mean parameters?',
      'method-case at /paths/~1b/POST: write post',
      'path-without-slash at /paths/a/get: write /a',
      'missing-info at /info: add version',
      "invalid-version at /openapi: write '3.1.0'",
    ],
  );
  assert.deepEqual(await warningsOf({ openapi: '3.0.0' }), [
    'missing-info at /: add info with title and version',
    'no-paths at /: add paths',
  ]);
});

test('an extension that is nearly x-castellan is refused: its controls would not be there', async () => {
  const info = { title: 'x', version: '1' };
  for (const document of [
    { openapi: '3.1.0', info, paths: {}, 'x-castelan': {} },
    { openapi: '3.1.0', info, paths: { '/a': { 'X-Castellan': {}, 'x-castellans': {} } } },
    { openapi: '3.1.0', info, paths: { '/a': { get: { ...operation, 'x-catellan': {} } } } },
  ])
    await assert.rejects(loadContract(document), (error) => {
      assert.ok(error instanceof CastellanError);
      assert.equal(error.code, 'misspelt-extension');
      assert.match(error.message, /did you mean x-castellan\?$/);
      return true;
    });
  await loadContract({ openapi: '3.1.0', info, paths: {}, 'x-castle': {}, 'x-codegen': {} });
});
