import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { readPostgresUrl } from './postgres-url.ts';

const here = ['localhost', '127.0.0.1', '127.8.0.1', '[::1]'];
const elsewhere = [
  'db',
  'db.example.com',
  '10.0.0.7',
  '[2001:db8::1]',
  'localhost.example.com',
  '127.0.0.1.example.com',
];
const schemes = ['postgres', 'postgresql'];
const credentials = ['', 'castellan@', 'castellan:hunter2@', 'castellan:h%40nter2%2F@'];

/** Every URL of these parts. */
function* urls(hosts: readonly string[], query: string): Generator<string> {
  for (const scheme of schemes)
    for (const credential of credentials)
      for (const host of hosts)
        for (const port of ['', ':5433']) yield `${scheme}://${credential}${host}${port}/castellan${query}`;
}

test('a server on another machine is asked who it is unless somebody says otherwise, and one here is not', () => {
  for (const url of urls(elsewhere, '')) assert.ok(readPostgresUrl(url, '/').tls !== false, url);
  for (const url of urls(here, '')) assert.equal(readPostgresUrl(url, '/').tls, false, url);
  for (const url of urls([...here, ...elsewhere], '?sslmode=disable'))
    assert.equal(readPostgresUrl(url, '/').tls, false, url);
  for (const mode of ['require', 'verify-ca', 'verify-full'])
    for (const url of urls([...here, ...elsewhere], `?sslmode=${mode}&application_name=x`)) {
      const { tls, connectionString } = readPostgresUrl(url, '/');
      assert.ok(tls !== false && tls.rejectUnauthorized === true, url);
      assert.equal(tls.checkServerIdentity !== undefined, mode === 'verify-ca');
      assert.equal(connectionString.includes('ssl'), false);
      assert.ok(connectionString.includes('application_name=x'));
    }
  assert.equal(readPostgresUrl('postgres:///castellan?host=/var/run/postgresql', '/').tls, false);
});

test('no name of a store holds a credential', () => {
  for (const url of urls([...here, ...elsewhere], '')) {
    const { name } = readPostgresUrl(url, '/');
    assert.equal(/hunter2|nter2|castellan@/.test(name), false, name);
    assert.match(name, /^postgres(ql)?:\/\/[^/]+\/castellan$/);
  }
});

test('what is written wrongly is told in one line, with the fix and without the password', () => {
  for (const [query, message] of [
    ['?sslmode=prefer', /sslmode=prefer.*write verify-full/],
    ['?sslmode=allow', /write verify-full/],
    ['?sslmode=no-verify', /write verify-full/],
    ['?sslmode=on', /write one of disable, require, verify-ca, verify-full/],
    ['?sslmod=require', /unknown parameter sslmod.*did you mean sslmode\?/],
    ['?sslrootcrt=x', /did you mean sslrootcert\?/],
    ['?sslrootcert=/nowhere/ca.pem', /sslrootcert=\/nowhere\/ca.pem.*ENOENT/],
    ['?sslmode=require&sslcert=/dev/null', /names one of sslcert and sslkey/],
    [':notaport/x', /is no URL/],
  ] as const) {
    const url = query.startsWith(':')
      ? `postgres://castellan:hunter2@db${query}`
      : `postgres://castellan:hunter2@db/x${query}`;
    assert.throws(
      () => readPostgresUrl(url, '/'),
      (error) => {
        assert.ok(error instanceof CastellanError);
        assert.equal(error.code, 'store-url');
        assert.match(error.message, message);
        assert.equal(/hunter2|\n/.test(error.message), false);
        return true;
      },
      url,
    );
  }
});
