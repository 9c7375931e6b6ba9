import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from '../posture/example.ts';
import { checkContract } from '../posture/engine.ts';
import { contractRules } from '../posture/rules/index.ts';
import { newSince, readBaseline, writeBaseline, type Baseline } from './baseline.ts';
import type { Finding } from './finding.ts';

const place = { file: 'baseline.json' };
type Paths = Readonly<Record<string, object>>;
const findings = async (paths: Paths, more: object = {}): Promise<readonly Finding[]> =>
  checkContract(await loadExample(stringify({ paths, ...more })), { rules: contractRules, now: 0, profile: 'bank' });
const baseline = (found: readonly Finding[]): Baseline => readBaseline(writeBaseline(found), place);

const token = { security: [{ b: [] }], components: { securitySchemes: { b: { type: 'http', scheme: 'bearer' } } } };
const operation = (operationId: string, more: object = {}): object => ({
  operationId,
  responses: { 200: { description: 'ok' } },
  ...more,
});
const old = { '/invoices/{id}': { get: operation('getInvoice') } };

test('what was there is not new, nor what moved', async () => {
  const known = baseline(await findings(old, token));
  assert.deepEqual(newSince(known, await findings(old, token)), []);
  assert.deepEqual(newSince(known, await findings(old, { 'x-first': 'a line more', ...token })), []);
});

test('a new operation is new in each finding of the whole document that it belongs to', async () => {
  const before = await findings(old, token);
  for (const method of ['get', 'put', 'post', 'delete', 'patch']) {
    const after = await findings({ ...old, '/payouts/{id}': { [method]: operation('added') } }, token);
    const fresh = newSince(baseline(before), after);
    const whole = after.filter(({ location, operations }) => location?.pointer === '' && operations.includes('added'));
    assert.ok(whole.length >= 3, method);
    for (const { rule } of whole) {
      const found = fresh.find((finding) => finding.rule === rule);
      assert.deepEqual(found?.operations, ['added'], `${method} ${rule}`);
      assert.match(found.message, /new since the baseline: added$/);
    }
  }
});

test('an operation that goes, and one more that refers to a schema that is known to be weak, is not new by that', async () => {
  const body = { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } } };
  const components = {
    ...token.components,
    schemas: { Note: { type: 'object', properties: { text: { type: 'string' } } } },
  };
  const document = { ...token, components };
  const two = { '/a': { post: operation('a', body) }, '/b': { post: operation('b', body) } };
  const known = baseline(await findings(two, document));
  assert.deepEqual(newSince(known, await findings({ '/a': two['/a'] }, document)), []);
  const three = { ...two, '/c': { post: operation('c', body) } };
  assert.ok(newSince(known, await findings(three, document)).every(({ rule }) => rule !== 'string-unbounded'));
});

test('a baseline of before, which names no operations, knows what it knew', async () => {
  const found = await findings(old, token);
  const file = JSON.parse(writeBaseline(found)) as { findings: { operations?: unknown }[] };
  for (const finding of file.findings) delete finding.operations;
  const more = await findings({ ...old, '/payouts/{id}': { delete: operation('added') } }, token);
  const fresh = newSince(readBaseline(JSON.stringify(file), place), more);
  assert.ok(fresh.every(({ location }) => location?.pointer !== ''));
});
