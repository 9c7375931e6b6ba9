import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { syntaxErrorOffset } from './json-syntax.ts';

test('the first character that is wrong is found', () => {
  const marked = [
    '{"a": ^}',
    '{"a" ^1}',
    '[1 ^2]',
    '[1,^]',
    '{^a: 1}',
    '{"a": ^tru}',
    '{"a": 0^1}',
    '[^"a\n"]',
    '{} ^{}',
    '^}',
    '{"a": 1,^}',
    "[^'a']",
    '["a", ^"\\x"]',
  ];
  for (const text of marked) {
    const offset = text.indexOf('^');
    assert.equal(syntaxErrorOffset(text.replace('^', '')), offset, text);
  }
});

test('a text that ends too early ends at its end', () => {
  for (const text of ['', '{', '{"a"', '{"a":', '[1', '[1,', '["a'])
    assert.equal(syntaxErrorOffset(text), text.length, text);
});

test('of a broken text, what stands before the offset can be completed, with it cannot', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('}', ']', ',', ':', '"', 'x', '{'),
      (json, position, character) => {
        const at = position % (json.length + 1);
        const broken = json.slice(0, at) + character + json.slice(at);
        try {
          JSON.parse(broken);
          assert.equal(syntaxErrorOffset(broken), broken.length);
        } catch {
          assert.ok(syntaxErrorOffset(broken) <= broken.length);
          assert.ok(syntaxErrorOffset(broken) >= 0);
        }
      },
    ),
    { seed: 4, numRuns: 1000 },
  );
});
