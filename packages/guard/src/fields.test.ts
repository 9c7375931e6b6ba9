import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFields } from './fields.ts';

test('the fields that stages need are found whatever their case', () => {
  const fields = readFields([
    'HOST',
    'a',
    'Content-Type',
    'application/json',
    'x-forwarded-for',
    '1.1.1.1',
    'X-Forwarded-For',
    '2.2.2.2',
  ]);
  assert.equal(fields.duplicate, undefined);
  assert.equal(fields.host, 'a');
  assert.equal(fields.contentType, 'application/json');
  assert.equal(fields.forwardedFor, '1.1.1.1, 2.2.2.2');
});

for (const name of ['Host', 'Authorization', 'Content-Type', 'Content-Length', 'Range', 'DPoP']) {
  test(`two ${name} fields are refused, even when they say the same`, () => {
    assert.equal(readFields([name, 'x', 'accept', '*/*', name.toLowerCase(), 'x']).duplicate, name.toLowerCase());
  });
}

test('of several duplicates one by which the message is framed is told', () => {
  const twice = ['Authorization', 'a', 'Authorization', 'b'];
  assert.equal(readFields([...twice, 'Host', 'a', 'Host', 'b', 'Range', 'x', 'Range', 'x']).duplicate, 'host');
  assert.deepEqual([readFields(twice).duplicate, readFields(twice).authorization], ['authorization', 'a']);
});
