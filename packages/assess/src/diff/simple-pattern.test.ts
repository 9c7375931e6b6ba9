import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthsOf, relatePatterns } from './simple-pattern.ts';

/** Classes and lengths of which every pair is compared with what the patterns themselves take. */
const CLASSES = ['[a-z]', '[a-z0-9]', '[A-Z]', '[abc]', '[0-9]', '\\d', '\\w', '[a-z_-]', '[\\d.]', '[a]'];
const TIMES = ['', '*', '+', '?', '{2}', '{1,3}', '{2,}', '{0}'];

test('patterns of one class differ as the texts that they take do', () => {
  const patterns = CLASSES.flatMap((one) => TIMES.map((times) => `^${one}${times}$`));
  const texts = [
    '',
    'a',
    'b',
    'z',
    'A',
    '0',
    '9',
    '_',
    '-',
    '.',
    'ab',
    'a0',
    '00',
    'AB',
    'a-',
    'abc',
    '0.0',
    'abcd',
    '0000',
    'AAAA',
  ];
  for (const old of patterns)
    for (const now of patterns) {
      const relation = relatePatterns(old, now);
      const [was, is] = [new RegExp(old, 'u'), new RegExp(now, 'u')];
      const more = texts.some((text) => is.test(text) && !was.test(text));
      const less = texts.some((text) => was.test(text) && !is.test(text));
      assert.ok(relation !== undefined, `${old} ${now}`);
      assert.ok(relation.more || !more, `${now} takes more than ${old}`);
      assert.ok(relation.less || !less, `${now} takes less than ${old}`);
      if (old === now) assert.deepEqual(relation, { more: false, less: false, unjudged: false });
    }
  assert.deepEqual(relatePatterns('^[a-z0-9]*$', '^[a-z]+$'), { more: false, less: true, unjudged: false });
});

test('patterns that say more are not compared', () => {
  for (const pattern of [
    '^a|b$',
    '[a-z]',
    '^[a-z]+[0-9]$',
    '^[^a]$',
    '^(?:[a-z])+$',
    '^[a-z\\s]+$',
    '^[z-a]$',
    '^[\\p{L}]$',
  ])
    assert.equal(relatePatterns(pattern, '^[a-z]+$'), undefined, pattern);
});

test('how long texts of a pattern are', () => {
  const lengths = {
    '^.{2}$': [2, 2],
    '^[a-z]+$': [1, Infinity],
    '^\\d{1,3}$': [1, 3],
    '^[^\\]]$': [1, 1],
    '^.*$': [0, Infinity],
  };
  for (const [pattern, [least, most]] of Object.entries(lengths)) assert.deepEqual(lengthsOf(pattern), [least, most]);
  for (const pattern of ['^a$|^bb$', '.{2}', '^(a|bb)$', '^ab$']) assert.equal(lengthsOf(pattern), undefined, pattern);
});
