// What other keywords have evaluated is not unevaluated (JSON Schema 2020-12, sections 11.2 and 11.3): every keyword that
// evaluates, alone, within every other one, and where it does not hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema } from './compile.ts';
import { References } from './references.ts';

type Json = Record<string, unknown>;

function check(raw: Json, value: unknown): boolean {
  const references = new References();
  const uri = 'https://castellan.example/unevaluated.json';
  references.add(uri, raw, '2020-12');
  const compiled = compileSchema({ references }, { location: { document: uri, pointer: '' }, dialect: '2020-12', raw });
  const valid = compiled.check(value);
  assert.equal(compiled.explain(value).length === 0, valid, 'check and explain agree');
  return valid;
}

/** Schemas that evaluate the property `a` of `{ a: 1 }`, and nothing else. */
const properties: Readonly<Record<string, Json>> = {
  properties: { properties: { a: true } },
  patternProperties: { patternProperties: { '^a$': true } },
  'properties of another kind': { properties: { a: { type: 'integer' } } },
};
/** Schemas that evaluate the only item of `[1]`. */
const items: Readonly<Record<string, Json>> = {
  prefixItems: { prefixItems: [true] },
  items: { items: { type: 'integer' } },
  contains: { contains: { type: 'integer' } },
};
/** Ways to put a schema into another so that it still holds. */
const within: Readonly<Record<string, (inner: Json) => Json>> = {
  itself: (inner) => inner,
  allOf: (inner) => ({ allOf: [{}, inner] }),
  anyOf: (inner) => ({ anyOf: [{ type: 'string' }, inner] }),
  oneOf: (inner) => ({ oneOf: [inner, { type: 'string' }] }),
  if: (inner) => ({ if: inner }),
  then: (inner) => ({ if: true, then: inner }),
  else: (inner) => ({ if: false, else: inner }),
  $ref: (inner) => ({ $ref: '#/$defs/inner', $defs: { inner } }),
  $dynamicRef: (inner) => ({ $dynamicRef: '#inner', $defs: { inner: { $dynamicAnchor: 'inner', ...inner } } }),
};
/** Ways in which it does not hold, or is not looked at. */
const without: Readonly<Record<string, (inner: Json) => Json>> = {
  not: (inner) => ({ not: { not: inner } }),
  'a branch that fails': (inner) => ({ anyOf: [{}, { ...inner, type: 'string' }] }),
  'an if that fails': (inner) => ({ if: { ...inner, type: 'string' } }),
  'a then without its if': (inner) => ({ if: false, then: inner }),
  'an else beside its if': (inner) => ({ if: true, else: inner }),
};

for (const [unevaluated, schemas, good, more] of [
  ['unevaluatedProperties', properties, { a: 1 }, { a: 1, b: 1 }],
  ['unevaluatedItems', items, [1], [1, 'x']],
] as const) {
  for (const [outer, wrap] of Object.entries(within)) {
    test(`${unevaluated} beside ${outer}`, () => {
      for (const [name, inner] of Object.entries(schemas)) {
        const closed = { ...wrap(inner), [unevaluated]: false };
        assert.ok(check(closed, good), name);
        assert.ok(!check(closed, more), `${name}: more than is known`);
        const typed = { ...wrap(inner), [unevaluated]: { type: 'boolean' } };
        assert.ok(check(typed, good), name);
        assert.ok(!check(typed, more), `${name}: of another type`);
        assert.ok(check({ ...wrap(inner), [unevaluated]: true }, good), `${name}: everything may be there`);
      }
    });
  }
  for (const [outer, wrap] of Object.entries(without))
    test(`${unevaluated} beside ${outer}`, () => {
      for (const [name, inner] of Object.entries(schemas))
        assert.ok(!check({ ...wrap(inner), [unevaluated]: false }, good), name);
    });
  test(`${unevaluated} sees what one in a branch evaluated, and no cousin`, () => {
    assert.ok(check({ allOf: [{ [unevaluated]: true }], [unevaluated]: false }, more));
    for (const inner of Object.values(schemas))
      assert.ok(!check({ allOf: [inner, { [unevaluated]: false }] }, good), 'cousins do not see each other');
    assert.ok(check({ [unevaluated]: false }, 'a text'), 'other values');
  });
}

test('additionalProperties evaluates all, dependentSchemas where they count', () => {
  assert.ok(check({ additionalProperties: true, unevaluatedProperties: false }, { a: 1, b: 1 }));
  const dependent = { dependentSchemas: { a: { properties: { a: true, b: true } } }, unevaluatedProperties: false };
  assert.ok(check(dependent, { a: 1, b: 1 }));
  assert.ok(!check(dependent, { b: 1 }));
  assert.ok(check({ prefixItems: [true], items: true, unevaluatedItems: false }, [1, 2, 3]));
});
