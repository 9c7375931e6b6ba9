import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanJson } from './scan-json.ts';

const scan = scanJson;

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function referencesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value) && key === '$ref' && typeof member === 'string') found.add(member);
    referencesOf(member, found);
  }
  return found;
}

const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('$ref', '#/a', 'a"b\\', '{[', 'é'),
    fc.string(),
    fc.double({ noNaN: true }),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie('any')),
    fc.dictionary(fc.oneof(fc.constantFrom('$ref', 'a', '$id', 'x-castellan', '"'), fc.string()), tie('any')),
  ),
})).any;

test('depth and references agree with a walk over the parsed value, however the text is spaced', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t'), (any, space) => {
      const found = scan(JSON.stringify(any, null, space));
      assert.equal(found.depth, depthOf(any));
      assert.deepEqual([...found.references].sort(), [...referencesOf(any)].sort());
      assert.deepEqual(found.duplicates, []);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a key that stands twice is told with its offset and parents', () => {
  const text = '{ "paths": { "/a": { "get": {}, "g": 1, "get": {} } } }';
  assert.deepEqual(scan(text).duplicates, [
    { offset: text.lastIndexOf('"get"'), key: 'get', parents: ['paths', '/a'] },
  ]);
});

test('keys of sibling objects are not confused', () => {
  assert.deepEqual(scan('{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":2}]}').duplicates, []);
});

test('keys that change how the document is read are seen, also behind escapes', () => {
  assert.equal(scan('{"components":{"schemas":{"A":{"$id":"x"}}}}').identifiers, true);
  assert.equal(scan('{"a":{"$anchor":"x"}}').identifiers, true);
  assert.equal(scan('{"a":{"$dynamicAnchor":"x"}}').identifiers, true);
  assert.equal(scan('{"a":["$id"]}').identifiers, false);
  assert.equal(scan('{"a":{"x-castellan":{}}}').castellan, true);
  assert.equal(scan(String.raw`{"a":{"\u0024ref":"b.json"}}`).escaped, true);
});
