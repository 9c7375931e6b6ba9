import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { iri, iriReference, uri, uriReference, uriTemplate } from './uri.ts';

// RFC 3986 section 1.1.2 and 3.
const absolute = [
  'ftp://ftp.is.co.za/rfc/rfc1808.txt',
  'ldap://[2001:db8::7]/c=GB?objectClass?one',
  'mailto:John.Doe@example.com',
  'tel:+1-816-555-1212',
  'telnet://192.0.2.16:80/',
  'urn:oasis:names:specification:docbook:dtd:xml:4.1.2',
  'a:',
  'a+b-c.d:e',
  'http://',
  'http://u:p@h:80/p;a=b,c?q=/?#f/?',
  'http://h:/',
  'http://[::1]:80',
  'http://[v1.a:b]/',
  "http://h/-._~!$&'()*+,;=:@%41",
];
const relative = ['', '/', '//h', '//h:1/p', 'a/b:c', './a:b', '?q', '#f', '../x', '%41'];
const neither = [
  'http://[::1',
  'http://[::g]/',
  'http://[v.a]/',
  'http://[v1.]/',
  'http://[vg.a]/',
  'http://[::1]x/',
  'http://h:8a/',
  'http://h h/',
  'http://u[@h/',
  'a:b#c#d',
  'a:%4',
  'a:%zz',
  'a:{b}',
  'a:\\b',
  'a: b',
  'http://h%4/',
  'http://h/"',
];
const international = ['a:ü', 'http://ü.example/ä?ö#ß', 'a:😀', 'http://ü@日本/'];
const private_ = ['a:\u0080', 'a:\ufdd0', 'a:\uffff', 'a:\ud800', 'a:\u{1fffe}', 'a:\u{e0000}'];

test('absolute URIs', () => {
  for (const text of absolute) for (const form of [uri, uriReference, iri, iriReference]) assert.ok(form(text), text);
});
test('relative references are references only', () => {
  for (const text of relative) {
    assert.ok(uriReference(text) && iriReference(text), text);
    assert.ok(!uri(text) && !iri(text), text);
  }
});
test('what is neither', () => {
  for (const text of neither) for (const form of [uri, uriReference, iri, iriReference]) assert.ok(!form(text), text);
  for (const text of ['1a:b', 'a_b:c', ':a', '-a:b']) assert.ok(!uri(text) && !uriReference(text), text);
});
test('letters of all scripts are for IRIs', () => {
  for (const text of international)
    assert.ok(iri(text) && iriReference(text) && !uri(text) && !uriReference(text), text);
  for (const text of private_) assert.ok(!iri(text) && !iriReference(text), text);
});

test('what the grammar makes is a URI, and one character that it has not makes none of it', () => {
  const letters = (characters: string): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(`^(?:[${characters}]|%[0-9A-F]{2}){0,6}$`));
  const pchar = "A-Za-z0-9._~!$&'()*+,;=:@-";
  const made = fc
    .tuple(
      fc.stringMatching(/^[a-z][a-z0-9+.-]{0,5}$/),
      fc.option(fc.tuple(letters("A-Za-z0-9._~!$&'()*+,;=:-"), letters('A-Za-z0-9._~-'), fc.option(fc.nat(99_999)))),
      fc.array(letters(pchar), { maxLength: 3 }),
      fc.option(letters(`/?${pchar}`)),
      fc.option(letters(`/?${pchar}`)),
    )
    .map(([scheme, authority, segments, query, fragment]) => {
      const [user, host, port] = authority ?? [];
      const before = authority === null ? '' : `//${user}@${host}${port === null ? '' : `:${port}`}`;
      const path = segments.map((segment) => `/${segment}`).join('');
      // Without an authority, a path begins with no two slashes.
      return `${scheme}:${before}${authority === null ? path.replace(/^\/+/, '/') : path}${query === null ? '' : `?${query}`}${fragment === null ? '' : `#${fragment}`}`;
    });
  fc.assert(
    fc.property(made, fc.constantFrom(...' "<>\\^`{|}\u0000\u007f'), fc.nat(), (text, wrong, at) => {
      assert.ok(uri(text), text);
      const place = text.indexOf(':') + 1 + (at % (text.length - text.indexOf(':')));
      assert.ok(!uri(text.slice(0, place) + wrong + text.slice(place)), `${text} with ${wrong} at ${place}`);
    }),
    { seed: 3, numRuns: 3000 },
  );
});

test('URI templates', () => {
  for (const text of ['', 'a', '{a}', '/{a,b}', '{?a,b*}', '{+a:3}', '{a.b}', '{%41}', 'ü/{a}', '%41', '{#a}{&b}{;c}'])
    assert.ok(uriTemplate(text), text);
  for (const text of [
    '{',
    '}',
    '{}',
    '{a',
    '{a b}',
    '{a:0}',
    '{a:12345}',
    '{a**}',
    '{a..b}',
    '{a,}',
    '{a,+b}',
    '{-a}',
    '%4',
    '%',
    'a b',
    '<',
    '{a}"',
    '{{a}}',
  ])
    assert.ok(!uriTemplate(text), text);
});
