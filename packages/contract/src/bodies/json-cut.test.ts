import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutJson } from './json-cut.ts';

/** The pointers of all members. */
function membersOf(value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const below = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [...(Array.isArray(value) ? [] : [below]), ...membersOf(inner, below)];
  });
}

function without(value: unknown, pointers: ReadonlySet<string>, pointer = ''): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => without(inner, pointers, `${pointer}/${index}`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const below = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return pointers.has(below) ? [] : [[name, without(inner, pointers, below)]];
    }),
  );
}

test('what is cut is what a parser would leave out, however the text is written', () => {
  const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
  const spaces = fc.constantFrom(undefined, 1, '\t', ' \n');
  fc.assert(
    fc.property(json, spaces, fc.infiniteStream(fc.boolean()), (value, space, chosen) => {
      const text = JSON.stringify(value, undefined, space as never);
      const pointers = new Set(membersOf(JSON.parse(text)).filter(() => chosen.next().value as boolean));
      assert.deepEqual(JSON.parse(cutJson(text, pointers)), without(JSON.parse(text), pointers));
    }),
    { numRuns: 2000, seed: 5 },
  );
});

test('every other byte stays', () => {
  const rows: readonly [text: string, cut: readonly string[], left: string][] = [
    ['{"a":1.50,"b":2}', ['/b'], '{"a":1.50}'],
    ['{"a":1,"b":12345678901234567890}', ['/a'], '{"b":12345678901234567890}'],
    ['{ "a" : 1 , "b" : [ {"c":1, "d":2} ] }', ['/b/0/c'], '{ "a" : 1 , "b" : [ {"d":2} ] }'],
    ['{"\\u0061":1,"b":"\\u00e9"}', ['/a'], '{"b":"\\u00e9"}'],
    ['{"a/b":1,"~":2,"c":3}', ['/a~1b', '/~0'], '{"c":3}'],
    ['{"a":{"b":1}}', ['/a', '/a/b'], '{}'],
    ['{"a":"},{\\"","b":1}', ['/b'], '{"a":"},{\\""}'],
  ];
  for (const [text, cut, left] of rows) assert.equal(cutJson(text, new Set(cut)), left);
});
