// promise: parameter-lookalikes
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Parameter, Schema } from '../model.ts';
import { References } from '../schema/index.ts';
import { compileParameters } from './decode.ts';
import { aParameter, aSchema, anOperation } from './made-operation.ts';

const source = { references: new References() };

function query(name: string, raw: Schema['raw'], more: Partial<Parameter> = {}): Parameter {
  return aParameter({ name, in: 'query', schema: aSchema(raw), ...more });
}

function decoder(parameters: readonly Parameter[], path = '/') {
  const decode = compileParameters(source, anOperation({ path, parameters }));
  return (text: string, rawHeaders: readonly string[] = [], captures: readonly string[] = []) =>
    decode({ path: captures, query: text, rawHeaders });
}

function valuesOf(result: ReturnType<ReturnType<typeof decoder>>): Record<string, unknown> {
  assert.ok('value' in result, 'issues' in result ? JSON.stringify(result.issues) : '');
  return { ...result.value.query };
}

test('what URLSearchParams writes is read back, whatever the text', () => {
  const decode = decoder([
    query('a b[c]&=é', { type: 'string' }),
    query('list', { type: 'array', items: { type: 'string' } }),
  ]);
  const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 5 }), (one, list) => {
      const encoded = new URLSearchParams([
        ['a b[c]&=é', one],
        ...list.map((item): [string, string] => ['list', item]),
      ]).toString();
      assert.deepEqual(valuesOf(decode(encoded)), { 'a b[c]&=é': one, list });
    }),
    { seed: 3, numRuns: 5_000 },
  );
});

test('whatever is accepted, URLSearchParams reads as the same names and texts', () => {
  const decode = decoder([query('a', { type: 'string' }), query('b', { type: 'array', items: { type: 'string' } })]);
  const piece = fc.constantFrom(
    'a',
    'b',
    '=',
    '&',
    '%',
    '%41',
    '%61',
    '+',
    '%2B',
    '%C3%A9',
    '%C3',
    '%00',
    '[',
    ']',
    'x',
    '%26',
    '%3D',
    ';',
    '?',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const result = decode(text);
      if (!('value' in result)) return;
      const expected = new URLSearchParams(text);
      assert.equal(result.value.query['a'] ?? null, expected.get('a'));
      assert.deepEqual(result.value.query['b'] ?? [], expected.getAll('b'));
    }),
    { seed: 3, numRuns: 20_000 },
  );
});
