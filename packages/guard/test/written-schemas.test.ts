// The JSON Schemas for editors take what the readers take, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CastellanError } from '@castellan/contract';
import fc from 'fast-check';
import { authenticationReaders } from '../src/authenticate/read-configuration.ts';
import { onlyInCode, type JsonSchema, type Reader } from '../src/configuration/reader.ts';
import { authenticationSchema, optionsSchema } from '../src/configuration/schemas.ts';
import { wholeNumbers } from '../src/configuration/whole-numbers.ts';
import { optionsReader } from '../src/read-options.ts';

const folder = join(import.meta.dirname, '../../../schemas');
const shipped = (name: string): object => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as object;
const compile = (schema: object) => new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

function takes(reader: Reader<unknown>, value: unknown): boolean {
  try {
    reader(value, 'it');
    return true;
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    return false;
  }
}

test('schemas/authentication.json and guard-options.json are what the readers say', () => {
  assert.deepEqual(shipped('authentication'), authenticationSchema());
  assert.deepEqual(shipped('guard-options'), optionsSchema());
});

/** Texts that numbers, durations, sizes, rates, dates and choices have or nearly have. */
const number = fc.oneof(
  fc.constantFrom(0, 1, 10, 59, 60, 61, 300, 301, 3600, 3601, 86_400, 86_401, 999, 1000, 1001, 1e7, 1e7 + 1, 1e300),
  fc.nat(400_000_000),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const unit = fc.constantFrom(
  '',
  's',
  ' s',
  'second',
  ' seconds',
  'm',
  ' minutes',
  'h',
  'd',
  'weeks',
  'ms',
  'MB',
  ' KiB',
  'GB',
  'B',
  '/minute',
  '/15m',
  '/2 days',
  'x',
);
const words = fc.constantFrom(
  '',
  'a',
  'a b',
  'a,b',
  'true',
  'false',
  'off',
  'always',
  'enforce',
  'dpop',
  'uri',
  '500',
  '502',
  '2027-01-31',
  '2027-02-30',
  '2027-04-31',
  '2027-13-01',
  '2027-01-01T00:00:00Z',
  '2027-01-01T00:00:00',
  '2027-01-01T24:00:00Z',
  '2027-01-01T00:00:00+02:00',
  'x'.repeat(31),
  'x'.repeat(32),
  '😀'.repeat(20),
  '007',
  '1.0',
  '1.5',
  '300.0',
  '300.5',
  '-1',
  '9'.repeat(16),
);
const scalar = fc.oneof(
  words,
  number,
  fc.tuple(number, unit).map(([count, of]) => `${count}${of}`),
  fc.tuple(fc.constantFrom(0, 1, 5, 6, 300, 301, 3600, 999_999, 1_000_000), unit).map(([count, of]) => `${count}${of}`),
  fc.constantFrom(true, false, null, 500, 502),
);
const anything = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'keys', 'subject'), scalar),
);

/** What one way at least of filling a schema in asks for. */
function neededOf({ required = [], else: otherwise }: JsonSchema): readonly string[] {
  const names = required as readonly string[];
  return otherwise === undefined ? names : [...names, ...neededOf(otherwise as JsonSchema)];
}

/** A value that fits a schema mostly, so that what is deep inside is tried too. */
function mostly(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { properties, additionalProperties, items, anyOf, enum: choices } = schema;
  if (schema === onlyInCode) return anything;
  const wild = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ arbitrary: right, weight: 24 }, { arbitrary: anything, weight: 1 });
  if (anyOf !== undefined) return fc.oneof(...(anyOf as JsonSchema[]).map(mostly), anything);
  if (choices !== undefined) return wild(fc.constantFrom(...(choices as unknown[])));
  if (items !== undefined) return wild(fc.array(mostly(items as JsonSchema), { maxLength: 3 }));
  if (properties !== undefined) {
    const members = Object.entries(properties as Record<string, JsonSchema>);
    const needed = neededOf(schema);
    const writable = members.filter(([, inner]) => inner !== onlyInCode);
    const known = Object.fromEntries(writable.map(([name, inner]) => [name, rightOf(inner)]));
    return wild(
      fc
        .tuple(
          fc.record(known),
          fc.subarray(Object.keys(known), { maxLength: Math.min(3, writable.length) }),
          fc.option(fc.constantFrom(...members), { freq: 1, nil: null }),
          anything,
          fc.integer({ min: 0, max: 11 }),
        )
        .map(([all, some, replaced, by, dice]) => {
          const value = Object.fromEntries(
            [...needed, ...some].filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]),
          );
          if (dice === 0) return { ...value, expires: 1 };
          return replaced === null ? value : { ...value, [replaced[0]]: by };
        }),
    );
  }
  if (typeof additionalProperties === 'object')
    return wild(fc.dictionary(fc.constantFrom('a', 'b'), mostly(additionalProperties as JsonSchema), { maxKeys: 2 }));
  return anything;
}

/** Like `mostly`, and more often right than not. */
function rightOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema['type'] === 'string' && schema['pattern'] === undefined)
    return fc.constantFrom('some-text', 'y'.repeat(32), 'z'.repeat(40));
  if (schema['type'] === 'number' || schema['type'] === 'integer')
    return fc.constantFrom(schema['minimum'] ?? 1, schema['maximum'] ?? 2, 30);
  return mostly(schema);
}

for (const [name, reader] of Object.entries({ ...authenticationReaders, options: optionsReader })) {
  test(`${name}: the reader and its schema take the same values`, () => {
    const validate = compile(reader.schema);
    const count = { taken: 0, refused: 0 };
    const same = (value: unknown): void => {
      const read = takes(reader as Reader<unknown>, value);
      count[read ? 'taken' : 'refused'] += 1;
      assert.equal(validate(value), read, `${JSON.stringify(value)} ${JSON.stringify(validate.errors?.slice(-1))}`);
    };
    fc.assert(fc.property(mostly(reader.schema), same), { numRuns: 1500, seed: 11 });
    assert.ok(count.refused > 50, JSON.stringify(count));
    // Of what only code can give, nothing that is written is taken.
    if (name !== 'sessions' && name !== 'verify') assert.ok(count.taken > 20, JSON.stringify(count));
  });
}

/** Each member alone, with every kind of value: nothing hides behind a neighbour that is wrong. */
test('every member alone: the reader and its schema agree', () => {
  const members: [string, JsonSchema, (value: unknown) => unknown, Reader<unknown>][] = [];
  for (const [name, reader] of Object.entries({ ...authenticationReaders, options: optionsReader })) {
    const base: Record<string, object> = {
      issuer: { issuer: 'https://id.example', audience: 'a' },
      keys: { keys: {} },
      store: { store: 'a' },
      users: { users: {} },
      certificates: { certificates: {} },
      signatures: { signatures: { keys: {} } },
      options: { contract: 'a' },
    };
    if (base[name] === undefined) continue;
    const properties = reader.schema['properties'] as Record<string, JsonSchema>;
    for (const [member, schema] of Object.entries(properties))
      members.push([
        `${name}.${member}`,
        schema,
        (value) => ({ ...base[name], [member]: value }),
        reader as Reader<unknown>,
      ]);
  }
  assert.ok(members.length > 40);
  for (const [name, schema, within, reader] of members) {
    const validate = compile(reader.schema);
    const agree = (value: unknown): void =>
      assert.equal(validate(within(value)), takes(reader, within(value)), `${name}: ${JSON.stringify(value)}`);
    fc.assert(fc.property(fc.oneof(anything, mostly(schema)), agree), { numRuns: 200, seed: 7 });
  }
});

test('authentication.json: a reference may stand for a text, a number, a choice, a list', () => {
  const validate = compile(authenticationSchema());
  const right = {
    issuer: '${env:ISSUER}',
    audience: '${env:A}',
    clockSkew: '${env:SKEW}',
    once: '${file:/run/once}',
    proof: { nonce: '${env:N}', kinds: ['${env:K}'] },
  };
  assert.equal(validate({ token: right }), true, JSON.stringify(validate.errors));
  assert.equal(validate({ token: { ...right, clockSkew: '$SKEW' } }), false);
  assert.equal(validate({ token: { ...right, clockskew: 5 } }), false);
  assert.equal(validate({ key: { keys: { '${env:KEY}': { subject: 'ada', expiresAt: '${env:END}' } } } }), true);
  assert.equal(validate({ key: { keys: {}, store: 'a' } }), false);
});

test('wholeNumbers takes the numbers of its range and no others', () => {
  const bounds = fc.tuple(fc.nat(2000), fc.nat(2000)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  fc.assert(
    fc.property(bounds, fc.nat(2500), ([least, most], value) => {
      const taken = new RegExp(`^${wholeNumbers(least, most)}$`).test(String(value));
      assert.equal(taken, value >= least && value <= most, `${least} ${value} ${most}`);
    }),
    { numRuns: 3000, seed: 3 },
  );
});
