import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJson, parseMediaType } from './media-type.ts';

test('type, subtype and parameters', () => {
  const parsed = parseMediaType(' Text/HTML ; Charset="utf-8" ;x=y; quoted="a \\"b\\"; c" ; ');
  assert.deepEqual(parsed, {
    essence: 'text/html',
    parameters: new Map([
      ['charset', 'utf-8'],
      ['x', 'y'],
      ['quoted', 'a "b"; c'],
    ]),
  });
  assert.deepEqual(parseMediaType('application/*')?.essence, 'application/*');
  assert.deepEqual(parseMediaType('application/vnd.a+json;v=1')?.parameters.get('v'), '1');
});

test('anything else is no media type', () => {
  for (const text of [
    '',
    'a',
    '/',
    'a/',
    '/b',
    'a/b/c',
    'a b/c',
    'a/b c',
    'a/b;x',
    'a/b;=y',
    'a/b;x=',
    'a/b;x="y',
    'a/b;x=y;x=z',
    'a/b;x=y;X=z',
    'a/b,c/d',
    'a/b x=y',
    'a/b;x = y',
    'a/é',
    'a/b\r\nX: y',
  ]) {
    assert.equal(parseMediaType(text), undefined, JSON.stringify(text));
  }
});

test('JSON and what is built on it', () => {
  for (const type of ['application/json', 'application/json; charset=utf-8', 'application/problem+json', 'text/json'])
    assert.equal(isJson(type), true, type);
  for (const type of ['application/jsonl', 'application/json-seq', 'text/plain', 'application/xml'])
    assert.equal(isJson(type), false, type);
});
