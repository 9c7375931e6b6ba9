import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitReplacement } from './replaced-fields.ts';

function fitted(status: number, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const fields = new Map(Object.entries(given));
  fitReplacement(
    {
      get: (name) => fields.get(name),
      set: (name, value) => void fields.set(name, value),
      delete: (name) => void fields.delete(name),
    },
    status,
  );
  return Object.fromEntries(fields);
}

test('what was said of other bytes does not stand beside a replaced body', () => {
  for (const name of ['content-encoding', 'content-digest', 'repr-digest', 'digest', 'content-md5', 'accept-ranges'])
    for (const status of [200, 201, 404])
      assert.deepEqual(fitted(status, { [name]: 'x', 'x-kept': 'y' }), { 'x-kept': 'y' });
});

test('a strong validator becomes weak, a weak one stays, one of an error and one that is none go', () => {
  const etags: readonly (readonly [status: number, given: string, left: string | undefined])[] = [
    [200, '"v1"', 'W/"v1"'],
    [206, '""', 'W/""'],
    [200, 'W/"v1"', 'W/"v1"'],
    [200, ' "v1" ', 'W/"v1"'],
    [200, 'v1', undefined],
    [200, '"a", "b"', undefined],
    [404, '"v1"', undefined],
    [500, 'W/"v1"', undefined],
  ];
  for (const [status, etag, left] of etags)
    assert.deepEqual(fitted(status, { etag }), left === undefined ? {} : { etag: left }, `${status} ${etag}`);
});
