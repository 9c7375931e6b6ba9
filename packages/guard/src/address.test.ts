import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileClientAddress, limitKey } from './address.ts';

test('without trusted proxies nobody is believed', () => {
  const client = compileClientAddress([]);
  assert.equal(client('203.0.113.7', '10.1.1.1'), '203.0.113.7');
  assert.equal(client('::ffff:203.0.113.7', undefined), '203.0.113.7');
});

test('the client is the last address that no trusted proxy has', () => {
  const client = compileClientAddress(['10.0.0.0/8', 'loopback']);
  assert.equal(client('10.0.0.1', '198.51.100.9, 203.0.113.7, 10.0.0.2'), '203.0.113.7');
  assert.equal(client('127.0.0.1', '203.0.113.7:4711'), '203.0.113.7');
  assert.equal(client('127.0.0.1', '[2001:db8::1]:443'), '2001:db8::1');
});

test('what an untrusted peer forwards is ignored', () => {
  assert.equal(compileClientAddress(['10.0.0.0/8'])('203.0.113.7', '10.0.0.1'), '203.0.113.7');
});

test('a hop that cannot be read is nobody who is trusted, and never the proxy itself', () => {
  const client = compileClientAddress(['10.0.0.0/8']);
  for (const hop of ['unknown', '_hidden', '', 'client.example', '10.0.0', '[2001:db8::1', '1e3'])
    for (const list of [hop, `${hop}, 10.0.0.2`, `203.0.113.7, ${hop}, 10.0.0.2`])
      assert.equal(client('10.0.0.1', list), 'unknown', list);
});

test('a list of any length is read from the right', () => {
  const client = compileClientAddress(['10.0.0.0/8']);
  for (const left of [','.repeat(33), '1.1.1.1,'.repeat(40), '10.0.0.9,'.repeat(500), '127.0.0.1,'.repeat(100_000)])
    assert.equal(client('10.0.0.1', `${left}203.0.113.7, 10.0.0.2`), '203.0.113.7');
  assert.equal(client('10.0.0.1', Array.from({ length: 100 }, () => '10.0.0.2').join()), 'unknown');
  assert.equal(client('10.0.0.1', '10.0.0.3, 10.0.0.2'), '10.0.0.3');
});

test('a range that is none is refused with its mend', () => {
  assert.throws(() => compileClientAddress(['10.0.0.0/33']), /10\.0\.0\.0\/33.*CIDR/);
  assert.throws(() => compileClientAddress(['proxy.example']), { code: 'bad-trusted-proxy' });
});

test('an IPv6 customer counts by its /64', () => {
  assert.equal(limitKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(limitKey('2001:db8::5'), limitKey('2001:db8::6'));
  assert.notEqual(limitKey('2001:db8:1::1'), limitKey('2001:db8:2::1'));
  assert.equal(limitKey('203.0.113.7'), '203.0.113.7');
});
