import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { subschemasOf } from '@castellan/contract';
import { placeWithin } from './place-within.ts';
import type { JsonSchema } from './reader.ts';

const schemas = join(import.meta.dirname, '../../../../schemas');

/** Options at a path; there may be several of one form. */
function at(schema: JsonSchema, path: string): readonly JsonSchema[] {
  let here: readonly JsonSchema[] = [schema];
  const open = (one: JsonSchema): readonly JsonSchema[] => [
    one,
    ...subschemasOf(one).flatMap(({ place, raw }) => (place === 'value' || place === 'item' ? open(raw) : [])),
  ];
  for (const name of path.replaceAll('[]', '').split('.'))
    here = here
      .flatMap(open)
      .flatMap((one) =>
        subschemasOf(one).flatMap((inner) => (inner.place === 'property' && inner.key === name ? [inner.raw] : [])),
      );
  return here;
}

for (const file of ['castellan', 'guard-options', 'gateway-options'])
  test(`an option of ${file} that stands too high is named with a place that there is`, () => {
    const schema = JSON.parse(readFileSync(join(schemas, `${file}.json`), 'utf8')) as JsonSchema;
    const names = new Set<string>();
    const look = (raw: JsonSchema, depth: number): void => {
      for (const { place, key, raw: inner } of subschemasOf(raw)) {
        if (place === 'property' && key !== undefined && depth > 0) names.add(key);
        if (depth < 3) look(inner, depth + 1);
      }
    };
    look(schema, 0);
    assert.ok(names.size > 20, String(names.size));
    for (const name of names) {
      const path = placeWithin(schema, name);
      if (path === undefined) continue;
      assert.ok(path.endsWith(`.${name}`), path);
      assert.ok(at(schema, path).length > 0, path);
    }
  });

test('what stands nowhere has no place', () => {
  const schema = { properties: { apis: { type: 'array', items: { properties: { bans: {} } } }, limits: {} } };
  assert.equal(placeWithin(schema, 'bans'), 'apis[].bans');
  assert.equal(placeWithin(schema, 'ban'), undefined);
  assert.equal(placeWithin(schema, 'limits'), undefined);
});
