// Many alternatives that a property tells apart cost a value what one of them costs, and what is valid stays what it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileDefaults } from '../bodies/defaults.ts';
import { loadContract } from '../load/load-contract.ts';
import { compileResourceAccess, type Findings } from '../resources/access.ts';
import { compileUndocumented } from '../undocumented/index.ts';
import { fuel, REQUEST_FUEL } from './fuel.ts';
import { compileSchema } from './index.ts';

const size = 250;
const times = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const name = (index: number): string => `Kind${index}`;
const ref = (to: string): object => ({ $ref: `#/components/schemas/${to}` });

/** What one kind of item looks like, but for its tag. */
const model = (index: number): { properties: object; required: string[] } => ({
  properties: {
    [`own${index}`]: { type: 'string', 'x-castellan': { write: ['admin'] } },
    level: { type: 'integer', default: index },
  },
  required: [`own${index}`],
});
const kind = (index: number, tag: object, more: object = {}): object => {
  const { properties, required } = model(index);
  return { type: 'object', required: ['kind', ...required], properties: { kind: tag, ...properties }, ...more };
};
interface Form {
  readonly version: '3.0.3' | '3.1.0';
  readonly schemas: Record<string, object>;
  readonly item: object;
}
const refs = times(size, (index) => ref(name(index)));
const schemas = (make: (index: number) => object, more: Record<string, object> = {}): Record<string, object> => ({
  ...Object.fromEntries(times(size, (index) => [name(index), make(index)])),
  ...more,
});
const constant = (index: number): object => kind(index, { const: name(index) });
const listed = (index: number): object => kind(index, { type: 'string', enum: [name(index)] });
const named = (index: number): object => kind(index, { type: 'string' });
const mapping = Object.fromEntries(times(size, (index) => [name(index), `#/components/schemas/${name(index)}`]));
const base = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };

const forms: Readonly<Record<string, Form>> = {
  'oneOf, const': { version: '3.1.0', schemas: schemas(constant), item: { oneOf: refs } },
  'anyOf, const': { version: '3.1.0', schemas: schemas(constant), item: { anyOf: refs } },
  'oneOf, written out': { version: '3.1.0', schemas: {}, item: { oneOf: times(size, constant) } },
  'oneOf, enum of one, 3.0': { version: '3.0.3', schemas: schemas(listed), item: { oneOf: refs } },
  'oneOf, closed': {
    version: '3.1.0',
    schemas: schemas((index) => kind(index, { const: name(index) }, { additionalProperties: false })),
    item: { oneOf: refs },
  },
  'oneOf under unevaluatedProperties': {
    version: '3.1.0',
    schemas: schemas(constant),
    item: { oneOf: refs, unevaluatedProperties: false },
  },
  'oneOf, const and a discriminator': {
    version: '3.1.0',
    schemas: schemas(constant),
    item: { oneOf: refs, discriminator: { propertyName: 'kind' } },
  },
  'oneOf, a discriminator with a mapping alone, 3.0': {
    version: '3.0.3',
    schemas: schemas(named),
    item: { oneOf: refs, discriminator: { propertyName: 'kind', mapping } },
  },
  'oneOf, a discriminator under unevaluatedProperties': {
    version: '3.1.0',
    schemas: schemas(named),
    item: { oneOf: refs, discriminator: { propertyName: 'kind' }, unevaluatedProperties: false },
  },
  'oneOf of heirs': {
    version: '3.1.0',
    schemas: schemas((index) => ({ allOf: [ref('Base'), constant(index)] }), { Base: base }),
    item: { oneOf: refs },
  },
  'a base with a discriminator and its heirs': {
    version: '3.0.3',
    schemas: schemas((index) => ({ allOf: [ref('Base'), listed(index)] }), {
      Base: { ...base, discriminator: { propertyName: 'kind', mapping } },
    }),
    item: ref('Base'),
  },
  'tags that are referred to': {
    version: '3.1.0',
    schemas: schemas(
      (index) => kind(index, ref(`Tag${index}`)),
      Object.fromEntries(times(size, (index) => [`Tag${index}`, { type: 'string', const: name(index) }])),
    ),
    item: { oneOf: refs },
  },
  'if and then, in a row': {
    version: '3.1.0',
    schemas: schemas(constant, { Base: base }),
    item: {
      allOf: [
        ref('Base'),
        ...times(size, (index) => ({
          if: { required: ['kind'], properties: { kind: { const: name(index) } } },
          then: ref(name(index)),
        })),
      ],
    },
  },
};

for (const [form, { version, schemas, item }] of Object.entries(forms))
  test(`${size} alternatives and ${size} items: ${form}`, async () => {
    const contract = await loadContract({
      openapi: version,
      info: { title: 'T', version: '1' },
      paths: {},
      components: { schemas: { ...schemas, List: { type: 'array', items: item } } },
    });
    const list = contract.schemas.get('List');
    assert.ok(list);
    const items = (): Record<string, unknown>[] =>
      times(size, (index) => ({ kind: name(index), [`own${index}`]: 'x', level: 1 }));
    const compiled = compileSchema(contract, list, { direction: 'request' });
    assert.equal(compiled.check(items()), true);
    const spent = REQUEST_FUEL - fuel.left;
    // Conditions are no alternatives: each is asked.
    if (form !== 'if and then, in a row') assert.ok(spent < REQUEST_FUEL / 3, `the check spent ${spent}`);

    const undocumented = compileUndocumented(contract, list, 'request');
    assert.equal(undocumented.in(items()), false);
    const wrong = items();
    const [last] = wrong.slice(-1);
    assert.ok(last);
    last['own0'] = 'of another kind';
    last['isAdmin'] = true;
    assert.deepEqual(undocumented.find(wrong), [`/${size - 1}/own0`, `/${size - 1}/isAdmin`]);

    const found: Findings = { resources: [], properties: [] };
    assert.equal(compileResourceAccess(contract, list, 'request')?.visit(items(), found), true);
    assert.deepEqual(
      new Set(found.properties.map(({ rule }) => rule.name)),
      new Set(times(size, (index) => `own${index}`)),
    );

    const bare = items().map(({ level, ...rest }) => (level === 1 ? rest : {}));
    assert.deepEqual(
      (compileDefaults(contract, list)(bare) as { level: unknown }[]).map(({ level }) => level),
      times(size, (index) => index),
    );

    delete last['own0'];
    last[`own${size - 1}`] = 7;
    // Nothing in a base refers to its heirs: they document, and validate nothing (OpenAPI 3.1.1, Discriminator Object).
    const heirs = form.startsWith('a base');
    assert.equal(compiled.check(wrong), heirs);
    if (heirs) return assert.ok(undocumented.find(wrong).includes(`/${size - 1}/own${size - 1}`));
    assert.equal(
      compiled.explain(wrong).some(({ pointer }) => pointer === `/${size - 1}/own${size - 1}`),
      true,
      JSON.stringify(compiled.explain(wrong)),
    );
  });

test('a kind that no alternative has is told by its name', async () => {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {},
    components: { schemas: { ...schemas(constant), One: { oneOf: refs } } },
  });
  const one = contract.schemas.get('One');
  assert.ok(one);
  const compiled = compileSchema(contract, one, { direction: 'request' });
  assert.equal(compiled.check({ kind: 'Other' }), false);
  assert.equal(compiled.explain({ kind: 'Other' }).at(-1)?.pointer, '/kind');
});

test('what is valid is decided by all alternatives, whatever their tags are', async () => {
  const tags = fc.constantFrom<object>(
    { const: 'a' },
    { const: 'b' },
    { enum: ['a', 'b'] },
    { enum: ['a', null] },
    { enum: [1, 'c'] },
    { const: 1 },
    { type: 'string' },
    { allOf: [{ enum: ['a', 'c'] }, { enum: ['b', 'c'] }] },
    { $ref: '#/components/schemas/Tag' },
    { anyOf: [{ const: 'a' }, { const: 'z' }] },
    { not: { const: 'a' } },
  );
  const branches = fc.oneof(
    fc.record({ tag: tags, required: fc.boolean(), other: fc.boolean() }).map(({ tag, required, other }) => ({
      properties: { kind: tag, ...(other ? { other: { const: 'a' } } : {}) },
      ...(required ? { required: ['kind'] } : {}),
    })),
    tags.map((tag) => ({ allOf: [{ properties: { kind: tag } }, { type: 'object' }] })),
    tags.map((tag) => ({ anyOf: [{ properties: { kind: tag } }, { required: ['more'] }] })),
    fc.constantFrom<object | boolean>({ type: 'string' }, { type: 'array' }, false, { required: ['more'] }),
  );
  const kinds = fc.constantFrom<unknown>('a', 'b', 'c', 'z', 1, null, undefined, ['a'], '');
  const values = fc.oneof(
    fc.record({ kind: kinds, other: fc.constantFrom<unknown>('a', 'b', undefined) }),
    fc.record({ kind: kinds, more: fc.constant(1) }),
    fc.constantFrom<unknown>('a', null, ['a'], {}),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(branches, { minLength: 9, maxLength: 14 }),
      fc.array(values, { minLength: 20, maxLength: 20 }),
      async (alternatives, tried) => {
        const contract = await loadContract({
          openapi: '3.1.0',
          info: { title: 'T', version: '1' },
          paths: {},
          components: {
            schemas: {
              Tag: { enum: ['b', 'c'] },
              One: { oneOf: alternatives },
              Any: { anyOf: alternatives },
              Tracked: { oneOf: alternatives, unevaluatedProperties: { type: ['string', 'number', 'null', 'array'] } },
              ...Object.fromEntries(alternatives.map((branch, index) => [`B${index}`, branch])),
            },
          },
        });
        const checkOf = (schema: string): ((value: unknown) => boolean) => {
          const found = contract.schemas.get(schema);
          assert.ok(found);
          return compileSchema(contract, found).check;
        };
        const [one, any, tracked] = [checkOf('One'), checkOf('Any'), checkOf('Tracked')];
        const each = alternatives.map((_, index) => checkOf(`B${index}`));
        for (const value of tried) {
          const matching = each.filter((check) => check(value)).length;
          assert.equal(one(value), matching === 1, JSON.stringify(value));
          assert.equal(any(value), matching > 0, JSON.stringify(value));
          assert.equal(tracked(value), matching === 1, JSON.stringify(value));
        }
      },
    ),
    { seed: 11, numRuns: 150 },
  );
});
