// What compiling a contract may cost is counted: more than its budget is refused with place and mend, honest documents never come near.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import type { Contract } from '../model.ts';
import { compileUndocumented } from '../undocumented/index.ts';
import { compileSchema } from './index.ts';
import { weighSchemas } from './weigh.ts';

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const times = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

/** Documents whose schemas lead to each other, of `n` schemas; the body is a list of `Root`. */
const forms: Readonly<Record<string, (n: number) => Record<string, object>>> = {
  'schemas in a row': (n) => ({
    Root: ref('S0'),
    ...Object.fromEntries(
      times(n, (i) => [`S${i}`, { type: 'object', properties: { next: i + 1 < n ? ref(`S${i + 1}`) : {} } }]),
    ),
  }),
  'schemas that are any of each other': (n) => ({
    Root: ref('S0'),
    ...Object.fromEntries(times(n, (i) => [`S${i}`, { anyOf: times(n, (j) => ref(`S${j}`)) }])),
  }),
  'schemas that hold each other': (n) => ({
    Root: ref('S0'),
    ...Object.fromEntries(
      times(n, (i) => [`S${i}`, { type: 'object', properties: { a: { oneOf: times(n, (j) => ref(`S${j}`)) } } }]),
    ),
  }),
  'heirs that each make other properties read-only': (n) => ({
    Root: { anyOf: times(n, (i) => ref(`Heir${i}`)) },
    ...Object.fromEntries(
      times(n, (i) => [
        `Heir${i}`,
        { allOf: [ref('Link0'), { properties: { [`p${i}`]: { type: 'string', readOnly: true } } }] },
      ]),
    ),
    ...Object.fromEntries(
      times(n, (i) => [
        `Link${i}`,
        {
          type: 'object',
          required: [`p${i}`],
          allOf: i + 1 < n ? [ref(`Link${i + 1}`)] : [{ required: times(n, (j) => `p${j}`) }],
        },
      ]),
    ),
  }),
  'twice the next': (n) => ({
    Root: ref('S0'),
    ...Object.fromEntries(
      times(n, (i) => [`S${i}`, i + 1 < n ? { allOf: [ref(`S${i + 1}`), ref(`S${i + 1}`)] } : { type: 'object' }]),
    ),
  }),
};

function load(schemas: Record<string, object>, maxSchemaWork?: number): Promise<Contract> {
  const content = { 'application/json': { schema: { type: 'array', items: ref('Root') } } };
  return loadContract(
    {
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: { '/a': { post: { requestBody: { content }, responses: { 200: { description: 'It', content } } } } },
      components: { schemas },
    },
    { limits: maxSchemaWork === undefined ? {} : { maxSchemaWork } },
  );
}

/** References in a document: what work is measured against. */
const references = (schemas: Record<string, object>): number =>
  JSON.stringify(schemas).split('"$ref"').length + Object.keys(schemas).length;

const refused = (error: unknown): boolean =>
  error instanceof CastellanError &&
  error.code === 'schemas-too-complex' &&
  error.message.includes('/components/schemas/') &&
  error.message.includes('limits.maxSchemaWork');

for (const [form, make] of Object.entries(forms)) {
  test(`${form}: weighed, and refused beyond the budget`, async () => {
    const contract = await load(make(20));
    weighSchemas(contract);
    const { steps } = contract.references.work;
    assert.ok(steps > 20, `${steps}`);
    const small = await load(make(20), steps - 1);
    assert.throws(() => weighSchemas(small), refused);
    weighSchemas(await load(make(20), steps));
  });

  test(`${form}: nobody weighed, and the first value meets the same budget`, async () => {
    const contract = await load(make(20), 30);
    const schema = contract.schemas.get('Root');
    assert.ok(schema);
    const deep = times(20, () => 'next').reduce<object>((inner, name) => ({ [name]: inner, a: {} }), {});
    for (let again = 0; again < 2; again++) {
      assert.throws(() => {
        compileSchema(contract, schema, { direction: 'request' }).check(deep);
        compileUndocumented(contract, schema, 'request').in(deep);
      }, refused);
    }
  });

  test(`${form}: weighing counts what compiling costs`, async () => {
    const [weighed, compiled] = [await load(make(12)), await load(make(12))];
    weighSchemas(weighed);
    const schema = compiled.schemas.get('Root');
    assert.ok(schema);
    for (const direction of ['request', 'response'] as const) {
      compileSchema(compiled, schema, { direction }).check({ a: { a: {} } });
      compileUndocumented(compiled, schema, direction).in({ a: { a: {} } });
    }
    const [{ done }, { done: meant }] = [compiled.references.work, weighed.references.work];
    assert.ok(done.schemas <= meant.schemas, `${done.schemas} of ${meant.schemas} schemas`);
    assert.ok(done.parts <= 2 * meant.parts, `${done.parts} of ${meant.parts} parts`);
  });
}

test('work grows as references do, where no part excuses another', async () => {
  for (const [form, make] of Object.entries(forms)) {
    if (form.startsWith('heirs')) continue;
    for (const n of [10, 40]) {
      const contract = await load(make(n));
      weighSchemas(contract);
      const { steps } = contract.references.work;
      assert.ok(steps <= 12 * references(make(n)), `${form}, ${n}: ${steps} steps`);
    }
  }
});

const real = new URL('../../../../../shared/contracts/adyen/', import.meta.url);
const files = ((): string[] => {
  try {
    return readdirSync(real);
  } catch {
    return [];
  }
})();
test('real documents take a hundredth of the budget', { skip: files.length === 0 }, async () => {
  for (const file of files) {
    const contract = await loadContract(new URL(file, real));
    weighSchemas(contract);
    assert.ok(contract.references.work.steps < 10_000, `${file}: ${contract.references.work.steps}`);
  }
});
