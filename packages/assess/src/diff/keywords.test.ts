// promise: diff-never-silent
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { diffContracts } from './index.ts';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string', maxLength: 50 };
const whole = { type: 'integer', minimum: 0, maximum: 90 };
const list = { type: 'array', maxItems: 9, items: text };
const object = { type: 'object', properties: { a: text, b: text }, additionalProperties: false };
const open = { type: 'object', properties: { a: text, b: text } };

/** A schema that takes less, and one that takes more; whether to take more is harmless in a request. */
const pairs: readonly (readonly [what: string, strict: Schema, loose: Schema, harmless?: boolean])[] = [
  ['maxLength raised', text, { ...text, maxLength: 51 }],
  ['maxLength dropped', text, { type: 'string' }],
  ['minLength lowered', { ...text, minLength: 3 }, { ...text, minLength: 2 }, true],
  ['minLength dropped', { ...text, minLength: 3 }, text],
  ['pattern dropped', { ...text, pattern: '^[a-z]+$' }, text],
  ['pattern that takes anything', { ...text, pattern: '^[a-z]+$' }, { ...text, pattern: '^.*$' }],
  ['format dropped', { ...text, format: 'uuid' }, text],
  ['format with the name of what every object has', { ...text, format: 'constructor' }, text],
  ['format widened', { ...text, format: 'uri' }, { ...text, format: 'uri-reference' }],
  ['enum widened', { enum: ['a'] }, { enum: ['b', 'a'] }],
  ['enum dropped', { type: 'string', enum: ['a', 'b'] }, { type: 'string', maxLength: 9 }],
  ['const to enum', { const: 'a' }, { enum: ['a', 'b'] }],
  ['null taken', text, { ...text, type: ['string', 'null'] }, true],
  ['null as an alternative', text, { anyOf: [text, { type: 'null' }] }, true],
  ['integer to number', whole, { ...whole, type: 'number' }, true],
  ['another type', text, { ...text, type: ['string', 'object'] }],
  ['type dropped', text, { maxLength: 50 }],
  ['maximum raised', whole, { ...whole, maximum: 91 }],
  ['maximum dropped', whole, { type: 'integer', minimum: 0 }],
  ['minimum lowered', whole, { ...whole, minimum: -1 }],
  ['minimum dropped', whole, { type: 'integer', maximum: 90 }],
  ['exclusiveMaximum raised', { type: 'number', exclusiveMaximum: 5 }, { type: 'number', exclusiveMaximum: 6 }],
  ['exclusive to inclusive', { type: 'number', exclusiveMinimum: 5 }, { type: 'number', minimum: 5 }],
  ['multipleOf dropped', { ...whole, multipleOf: 2 }, whole],
  ['multipleOf divided', { ...whole, multipleOf: 4 }, { ...whole, multipleOf: 2 }],
  ['maxItems raised', list, { ...list, maxItems: 10 }],
  ['maxItems dropped', list, { type: 'array', items: text }],
  ['minItems dropped', { ...list, minItems: 1 }, list],
  ['uniqueItems dropped', { ...list, uniqueItems: true }, list],
  ['contains dropped', { ...list, contains: { const: 'a' } }, list],
  ['maxProperties raised', { ...open, maxProperties: 2 }, { ...open, maxProperties: 3 }],
  ['maxProperties dropped', { ...open, maxProperties: 2 }, open],
  ['minProperties dropped', { ...open, minProperties: 1 }, open],
  ['propertyNames dropped', { ...open, propertyNames: { maxLength: 3 } }, open],
  ['additionalProperties opened', object, open],
  ['unevaluatedProperties opened', { ...open, unevaluatedProperties: false }, open],
  ['required dropped', { ...object, required: ['a'] }, object, true],
  ['required of what nothing describes dropped', { ...open, required: ['z'] }, open, true],
  ['not dropped', { ...text, not: { type: 'string', enum: ['root'] } }, text],
  ['if dropped', { ...object, if: { required: ['a'] }, then: { required: ['b'] } }, object],
  ['dependentRequired dropped', { ...object, dependentRequired: { a: ['b'] } }, object],
  ['dependentSchemas dropped', { ...object, dependentSchemas: { a: { required: ['b'] } } }, object],
  ['an alternative added', { anyOf: [text, whole] }, { anyOf: [text, whole, { type: 'boolean' }] }],
  ['an alternative widened', { oneOf: [text, whole] }, { oneOf: [{ ...text, maxLength: 5_000 }, whole] }],
  ['one alternative to two', { anyOf: [text] }, { anyOf: [text, { type: 'string', maxLength: 50_000 }] }],
  ['a required alternative dropped', { ...open, anyOf: [{ required: ['a'] }, { required: ['b'] }] }, open],
];

interface Place {
  readonly name: string;
  readonly answer?: boolean;
  readonly document: (schema: Schema) => Schema;
}

const json = (schema: Schema): Schema => ({ 'application/json': { schema } });
const operation = (more: Schema): Schema => ({ paths: { '/things': { post: { responses: {}, ...more } } } });
const body = (schema: Schema): Schema => operation({ requestBody: { required: true, content: json(schema) } });
const answer = (schema: Schema): Schema =>
  operation({ responses: { 200: { description: 'ok', content: json(schema) } } });
const holds = (p: Schema): Schema => ({ type: 'object', additionalProperties: false, properties: { p } });

const places: readonly Place[] = [
  { name: 'property', document: (schema) => body(holds(schema)) },
  { name: 'whole body', document: body },
  { name: 'item', document: (schema) => body({ type: 'array', maxItems: 3, items: schema }) },
  { name: 'value of a map', document: (schema) => body({ type: 'object', additionalProperties: schema }) },
  { name: 'part of allOf', document: (schema) => body({ allOf: [{ type: 'object' }, holds(schema)] }) },
  {
    name: 'component',
    document: (schema) => ({
      ...body(holds({ $ref: '#/components/schemas/P' })),
      components: { schemas: { P: schema } },
    }),
  },
  {
    name: 'parameter',
    document: (schema) => operation({ parameters: [{ name: 'q', in: 'query', schema }] }),
  },
  { name: 'answer', answer: true, document: (schema) => answer(holds(schema)) },
  { name: 'item of an answer', answer: true, document: (schema) => answer({ type: 'array', items: schema }) },
];

/** All members in another order, at every depth. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

/** The same schema written otherwise. */
const sames: Readonly<Record<string, (schema: Schema) => Schema>> = {
  'as it is': (schema) => schema,
  'with words': (schema) => ({ ...schema, title: 'T', description: 'What it is', examples: [1] }),
  'in another order': (schema) => reversed(schema) as Schema,
  'with its alternatives and values in another order': (schema) =>
    Object.fromEntries(
      Object.entries(schema).map(([key, value]) => [
        key,
        /^(?:anyOf|oneOf|enum|type|required)$/.test(key) && Array.isArray(value) ? value.toReversed() : value,
      ]),
    ),
  'in a part of allOf': (schema) => ({ allOf: [schema] }),
  'as the only alternative': (schema) => ({ anyOf: [schema] }),
};

async function diff(before: Schema, after: Schema) {
  const load = (document: Schema) =>
    loadContract({ openapi: '3.1.0', info: { title: 'T', version: '1' }, ...document });
  return diffContracts(await load(before), await load(after));
}

for (const [what, strict, loose, harmless = false] of pairs)
  test(`diff: ${what}, in every place`, async () => {
    for (const { name, answer: answered = false, document } of places) {
      const wider = await diff(document(strict), document(loose));
      const narrower = await diff(document(loose), document(strict));
      const said = `${name}: ${JSON.stringify({ wider, narrower })}`;
      const kinds = (changes: typeof wider) => new Set(changes.map(({ kind }) => kind));
      assert.ok(wider.length > 0, said);
      if (answered) {
        const closing = /Properties opened/.test(what);
        assert.ok(kinds(wider).has(closing ? 'security' : 'breaking'), said);
        assert.deepEqual([...kinds(narrower)], [], said);
      } else {
        assert.ok(!kinds(wider).has('breaking'), said);
        assert.equal(kinds(wider).has('security'), !harmless, said);
        assert.deepEqual([...kinds(narrower)], ['breaking'], said);
      }
    }
  });

test('diff: what means the same is no change, in every place', async () => {
  for (const schema of pairs.flatMap(([, strict, loose]) => [strict, loose]))
    for (const { name, document } of places)
      for (const [how, written] of Object.entries(sames)) {
        const said = `${name} ${how}: ${JSON.stringify(schema)}`;
        assert.deepEqual(await diff(document(schema), document(written(schema))), [], said);
      }
});

test('diff: OpenAPI 3.0 and 3.1 write the same bound and the same null in two ways', async () => {
  const load = (openapi: string, schema: Schema) =>
    loadContract({ openapi, info: { title: 'T', version: '1' }, ...body(holds(schema)) });
  for (const [old, now] of [
    [
      { type: 'integer', minimum: 1, exclusiveMinimum: true },
      { type: 'integer', exclusiveMinimum: 1 },
    ],
    [
      { type: 'number', maximum: 1.5, exclusiveMaximum: true },
      { type: 'number', exclusiveMaximum: 1.5 },
    ],
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'string', nullable: true }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  ] as const)
    assert.deepEqual(diffContracts(await load('3.0.3', old), await load('3.1.0', now)), [], JSON.stringify([old, now]));
});

test('diff: what is guessed may not become shorter, what decides about rights may not take more values', async () => {
  const worst = async (name: string, strict: Schema, loose: Schema) => {
    const of = (p: Schema) => body({ type: 'object', properties: { [name]: p } });
    return (await diff(of(strict), of(loose)))[0];
  };
  const [long, short] = [12, 4].map((minLength) => ({ ...text, minLength }));
  for (const name of ['password', 'newPassword', 'pin', 'otp', 'access_token', 'apiKey', 'verificationCode'])
    assert.equal((await worst(name, long ?? {}, short ?? {}))?.severity, 'high', name);
  assert.equal((await worst('nickname', long ?? {}, short ?? {}))?.kind, 'compatible');
  for (const [name, severity] of [
    ['role', 'high'],
    ['is_admin', 'high'],
    ['sort', 'low'],
  ] as const)
    assert.equal((await worst(name, { enum: ['a'] }, { enum: ['a', 'b'] }))?.severity, severity, name);
});
