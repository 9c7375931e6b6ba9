// promise: one-json
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasDuplicateKeys } from './duplicate-keys.ts';

test('no JSON text that JavaScript writes has a key twice', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      assert.equal(hasDuplicateKeys(text, JSON.parse(text)), false);
      assert.equal(hasDuplicateKeys(Buffer.from(text), JSON.parse(text)), false);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a key twice is found at any depth, however it is written', () => {
  for (const object of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a\\"":1,"a\\"":":"}', '{"a":{},"b":":","a":[]}'])
    for (const text of [object, `[${object}]`, `{"x":[{"y":${object}}]}`, ` {"x" : "\\\\" , "y" : ${object} }`])
      assert.equal(hasDuplicateKeys(text, JSON.parse(text)), true, text);
});
