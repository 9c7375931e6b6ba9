import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveUri, splitFragment } from './uri.ts';

// RFC 3986 sections 5.4.1 and 5.4.2, against http://a/b/c/d;p?q; fragments are dropped here.
const examples: Readonly<Record<string, string>> = {
  'g:h': 'g:h',
  g: 'http://a/b/c/g',
  './g': 'http://a/b/c/g',
  'g/': 'http://a/b/c/g/',
  '/g': 'http://a/g',
  '//g': 'http://g',
  '?y': 'http://a/b/c/d;p?y',
  'g?y': 'http://a/b/c/g?y',
  '#s': 'http://a/b/c/d;p?q',
  'g#s': 'http://a/b/c/g',
  ';x': 'http://a/b/c/;x',
  '': 'http://a/b/c/d;p?q',
  '.': 'http://a/b/c/',
  './': 'http://a/b/c/',
  '..': 'http://a/b/',
  '../g': 'http://a/b/g',
  '../..': 'http://a/',
  '../../g': 'http://a/g',
  '../../../g': 'http://a/g',
  '/./g': 'http://a/g',
  '/../g': 'http://a/g',
  'g.': 'http://a/b/c/g.',
  '..g': 'http://a/b/c/..g',
  './../g': 'http://a/b/g',
  './g/.': 'http://a/b/c/g/',
  'g/./h': 'http://a/b/c/g/h',
  'g/../h': 'http://a/b/c/h',
  'g?y/../x': 'http://a/b/c/g?y/../x',
  'http:g': 'http:g',
};
for (const [reference, expected] of Object.entries(examples))
  test(`'${reference}' against a base`, () => assert.equal(resolveUri('http://a/b/c/d;p?q#f', reference), expected));

test('bases of other kinds', () => {
  assert.equal(resolveUri('http://a', 'g'), 'http://a/g');
  assert.equal(resolveUri('urn:example:root', '#/a'), 'urn:example:root');
  assert.equal(resolveUri('file:///a/b.yaml', 'c.yaml'), 'file:///a/c.yaml');
  assert.equal(resolveUri('', 'a/b'), 'a/b');
});

test('fragments are decoded where they can be', () => {
  assert.deepEqual(splitFragment('a#/b%20c'), { uri: 'a', fragment: '/b c' });
  assert.deepEqual(splitFragment('a#%zz'), { uri: 'a', fragment: '%zz' });
  assert.deepEqual(splitFragment('a'), { uri: 'a', fragment: '' });
});
