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

const T = { type: 'string' };
/** A document in which one finding speaks of several things; then with one thing more of the kind. */
const grown: Readonly<Record<string, readonly [object, object, RegExp]>> = {
  'string-unbounded': [
    body({ Note: object({ text: T }) }),
    body({ Note: object({ text: T, title: T }) }),
    /new since the baseline: title$/,
  ],
  'string-unbounded of items': [
    body({ Note: object({ text: T }) }),
    body({ Note: object({ text: T, tags: { type: 'array', maxItems: 3, items: T } }) }),
    /new since the baseline: the items of tags$/,
  ],
  'personal-data-unclassified': [
    body({ Note: object({ email: T }) }),
    body({ Note: object({ email: T, phoneNumber: T }) }),
    /new since the baseline: phoneNumber in \/components\/schemas\/Note$/,
  ],
  'personal-data-unclassified of another schema': [
    body({ Note: object({ email: T, to: { $ref: '#/components/schemas/To' } }), To: object({ name: T }) }),
    body({ Note: object({ email: T, to: { $ref: '#/components/schemas/To' } }), To: object({ name: T, email: T }) }),
    /new since the baseline: email in \/components\/schemas\/To$/,
  ],
  'unknown-properties-accepted': [
    body({ Note: object({ text: T }), Other: { ...object({ id: T }), additionalProperties: false } }, 'Other'),
    body({ Note: object({ text: T }), Other: object({ id: T }) }, 'Other'),
    /new since the baseline: \/components\/schemas\/Other$/,
  ],
  'outbound-webhook-unsigned': [
    webhooks('paid'),
    webhooks('paid', 'refunded'),
    /new since the baseline: POST refunded$/,
  ],
  'versions-side-by-side': [versions('a'), versions('a', 'b'), /new since the baseline: b1$/],
};

function object(properties: object): object {
  return { type: 'object', properties };
}
function body(schemas: object, ...others: readonly string[]): object {
  const posts = ['Note', ...others].map((name) => {
    const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
    return [`/${name}`, { post: operation(name, { requestBody: { content } }) }] as const;
  });
  return { ...token, components: { ...token.components, schemas }, paths: Object.fromEntries(posts) };
}
function webhooks(...names: readonly string[]): object {
  return { paths: old, webhooks: Object.fromEntries(names.map((name) => [name, { post: operation(name) }])) };
}
function versions(...names: readonly string[]): object {
  const both = names.flatMap((name) => [1, 2].map((n) => [`/v${n}/${name}`, { get: operation(`${name}${n}`) }]));
  return { paths: Object.fromEntries(both) };
}

for (const [name, [before, after, says]] of Object.entries(grown))
  test(`one thing more in a finding that speaks of several is new: ${name}`, async () => {
    const rule = name.split(' ')[0];
    const of = async (document: object): Promise<readonly Finding[]> =>
      (await findings({}, document)).filter((finding) => finding.rule === rule);
    const known = baseline(await of(before));
    assert.equal(known.size, 1);
    assert.deepEqual(newSince(known, await of(before)), []);
    const fresh = newSince(known, await of(after));
    assert.equal(fresh.length, 1);
    assert.match(fresh[0]?.message ?? '', says);
    assert.equal(fresh[0]?.members?.length, 1);
    assert.deepEqual(newSince(baseline(await of(after)), await of(before)), []);
  });
