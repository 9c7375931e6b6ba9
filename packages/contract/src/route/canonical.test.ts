// promise: one-path
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalPath, type TargetReason } from './canonical.ts';

test('a clean target is split and left as it is', () => {
  assert.deepEqual(canonicalPath('/'), { path: '/', query: '' });
  assert.deepEqual(canonicalPath('/v1/orders'), { path: '/v1/orders', query: '' });
  assert.deepEqual(canonicalPath('/v1/orders/?a=1?b=2'), { path: '/v1/orders/', query: 'a=1?b=2' });
  assert.deepEqual(canonicalPath('/a?'), { path: '/a', query: '' });
  assert.deepEqual(canonicalPath("/A-._~!$&'()*+,=:@/v1.0/.well-known/..."), {
    path: "/A-._~!$&'()*+,=:@/v1.0/.well-known/...",
    query: '',
  });
  assert.deepEqual(canonicalPath('/stra%C3%9fe/%F0%9F%98%80/a%20b%3Ac%2c'), {
    path: '/stra%C3%9fe/%F0%9F%98%80/a%20b%3Ac%2c',
    query: '',
  });
  assert.deepEqual(canonicalPath('/a?x[0]={"a":"b|c"}&u=../..//%2e%2f\\'), {
    path: '/a',
    query: 'x[0]={"a":"b|c"}&u=../..//%2e%2f\\',
  });
  assert.deepEqual(canonicalPath('/100%25'), { path: '/100%25', query: '' });
  assert.deepEqual(canonicalPath('/100%25xy'), { path: '/100%25xy', query: '' });
});

const refused: readonly [target: string, problem: 'ambiguous-path' | 'malformed-request', reason: TargetReason][] = [
  ['', 'malformed-request', 'empty-target'],
  ['*', 'malformed-request', 'asterisk-form'],
  ['http://a/b', 'malformed-request', 'absolute-form'],
  ['HTTPS://a/b', 'malformed-request', 'absolute-form'],
  ['example.com:443', 'malformed-request', 'not-origin-form'],
  ['orders', 'malformed-request', 'not-origin-form'],
  ['?a=1', 'malformed-request', 'not-origin-form'],
  ['//evil.example/a', 'ambiguous-path', 'empty-segment'],
  ['/a//b', 'ambiguous-path', 'empty-segment'],
  ['/a//', 'ambiguous-path', 'empty-segment'],
  ['/.', 'ambiguous-path', 'dot-segment'],
  ['/..', 'ambiguous-path', 'dot-segment'],
  ['/a/../b', 'ambiguous-path', 'dot-segment'],
  ['/a/./b', 'ambiguous-path', 'dot-segment'],
  ['/a/..?x', 'ambiguous-path', 'dot-segment'],
  ['/a/..;/b', 'ambiguous-path', 'dot-segment'],
  ['/a/%2e%2E/b', 'ambiguous-path', 'encoded-dot'],
  ['/a/.%2e/b', 'ambiguous-path', 'encoded-dot'],
  ['/a%2ejson', 'ambiguous-path', 'encoded-dot'],
  ['/a%2fb', 'ambiguous-path', 'encoded-slash'],
  ['/a%2Fb', 'ambiguous-path', 'encoded-slash'],
  ['/a%5cb', 'ambiguous-path', 'encoded-backslash'],
  ['/a\\b', 'ambiguous-path', 'backslash'],
  ['/a%252fb', 'ambiguous-path', 'double-encoding'],
  ['/a%25%32f', 'ambiguous-path', 'encoded-unreserved'],
  ['/a%00', 'ambiguous-path', 'encoded-control-character'],
  ['/a%0d%0ab', 'ambiguous-path', 'encoded-control-character'],
  ['/a%7F', 'ambiguous-path', 'encoded-control-character'],
  ['/%6frders', 'ambiguous-path', 'encoded-unreserved'],
  ['/%7Eme', 'ambiguous-path', 'encoded-unreserved'],
  ['/a;v=1', 'ambiguous-path', 'path-parameter'],
  ['/a%', 'malformed-request', 'invalid-percent-encoding'],
  ['/a%2', 'malformed-request', 'invalid-percent-encoding'],
  ['/a%g1', 'malformed-request', 'invalid-percent-encoding'],
  ['/a%u0041', 'malformed-request', 'invalid-percent-encoding'],
  ['/a%C3%', 'malformed-request', 'invalid-percent-encoding'],
  ['/%C0%AF', 'ambiguous-path', 'invalid-utf8'],
  ['/%C3', 'ambiguous-path', 'invalid-utf8'],
  ['/%C3x', 'ambiguous-path', 'invalid-utf8'],
  ['/%E0%80%AF', 'ambiguous-path', 'invalid-utf8'],
  ['/%ED%A0%80', 'ambiguous-path', 'invalid-utf8'],
  ['/%F4%90%80%80', 'ambiguous-path', 'invalid-utf8'],
  ['/%F5%80%80%80', 'ambiguous-path', 'invalid-utf8'],
  ['/%80', 'ambiguous-path', 'invalid-utf8'],
  ['/%FF', 'ambiguous-path', 'invalid-utf8'],
  ['/a b', 'malformed-request', 'whitespace'],
  ['/a\tb', 'malformed-request', 'whitespace'],
  ['/a\u0000', 'malformed-request', 'control-character'],
  ['/a\r\nX: y', 'malformed-request', 'control-character'],
  ['/a\u007f', 'malformed-request', 'control-character'],
  ['/é', 'malformed-request', 'non-ascii'],
  ['/\uff0f', 'malformed-request', 'non-ascii'],
  ['/a#b', 'malformed-request', 'fragment'],
  ['/a?b#c', 'malformed-request', 'fragment'],
  ['/a?b c', 'malformed-request', 'whitespace'],
  ['/a?b\u0000', 'malformed-request', 'control-character'],
  ['/a?b=é', 'malformed-request', 'non-ascii'],
  ['/a|b', 'malformed-request', 'invalid-character'],
  ['/{id}', 'malformed-request', 'invalid-character'],
  ['/a[1]', 'malformed-request', 'invalid-character'],
];

for (const [target, problem, reason] of refused) {
  test(`refuses ${JSON.stringify(target)}: ${reason}`, () =>
    assert.deepEqual(canonicalPath(target), { problem, reason }));
}

test('path parameters pass only where they are asked for, and never hide dot segments', () => {
  assert.deepEqual(canonicalPath('/a;v=1/b', { allowSemicolon: true }), {
    path: '/a;v=1/b',
    query: '',
  });
  for (const target of ['/a/..;/b', '/.;x=1/b', '/a/..;'])
    assert.deepEqual(canonicalPath(target, { allowSemicolon: true }), {
      problem: 'ambiguous-path',
      reason: 'dot-segment',
    });
});

test('what passes decodes without error, is what a URL parser makes of it, and holds no second meaning', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%',
      '%2e',
      '%2F',
      '%25',
      '%41',
      '%c3',
      '%A9',
      '?',
      '#',
      ';',
      '\\',
      ' ',
      'a',
      'B',
      '~',
      '[',
      '%00',
      '\u00e9',
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = `/${pieces.join('')}`;
      const result = canonicalPath(target);
      if ('problem' in result) return;
      assert.equal(
        result.query === '' ? result.path : `${result.path}?${result.query}`,
        result.query === '' ? target.replace(/\?$/, '') : target,
      );
      assert.equal(new URL(target, 'http://host').pathname, result.path);
      const segments = result.path.slice(1).split('/').map(decodeURIComponent);
      for (const [index, segment] of segments.entries()) {
        assert.ok(segment !== '.' && segment !== '..' && !/[/\\\p{Cc}]/u.test(segment));
        assert.ok(segment !== '' || index === segments.length - 1);
        assert.ok(!/%[0-9a-f]{2}/i.test(segment));
      }
    }),
    { seed: 3, numRuns: 20_000 },
  );
});

test('a megabyte of slashes, dots, or percent signs is refused or read in one pass', () => {
  assert.deepEqual(canonicalPath('/'.repeat(1 << 20)), {
    problem: 'ambiguous-path',
    reason: 'empty-segment',
  });
  assert.deepEqual(canonicalPath(`/${'%'.repeat(1 << 20)}`), {
    problem: 'malformed-request',
    reason: 'invalid-percent-encoding',
  });
  assert.ok('path' in canonicalPath(`/${'.a'.repeat(1 << 19)}`));
});
