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
  assert.ok(!('duplicate' in fields));
  assert.equal(fields.host, 'a');
  assert.equal(fields.contentType, 'application/json');
  assert.equal(fields.forwardedFor, '1.1.1.1, 2.2.2.2');
});

for (const name of ['Host', 'Authorization', 'Content-Type', 'Content-Length', 'Range', 'DPoP']) {
  test(`two ${name} fields are refused, even when they say the same`, () => {
    assert.deepEqual(readFields([name, 'x', 'accept', '*/*', name.toLowerCase(), 'x']), {
      duplicate: name.toLowerCase(),
    });
  });
}
