// A `format` that does not hold in an answer: noted and not withheld, but under profile `bank`; wherever it stands, and only it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, asking, type Answered } from './asked.ts';

type Profile = 'toy' | 'internal' | 'standard' | 'bank';

interface Given {
  readonly schema: object;
  readonly value: unknown;
  readonly profile?: Profile;
  readonly stream?: boolean;
  readonly status?: number;
  readonly responses?: object;
  readonly fields?: Record<string, string>;
}

async function answered({
  schema,
  value,
  profile = 'standard',
  stream = false,
  status = 200,
  ...more
}: Given): Promise<Answered & { readonly text: string }> {
  const type = stream ? 'application/jsonl' : 'application/json';
  const described = { description: 'It', content: { [type]: { [stream ? 'itemSchema' : 'schema']: schema } } };
  const text = JSON.stringify(value) + (stream ? '\n' : '');
  const guard = await asking(
    apiOf(
      { '/a': { get: { operationId: 'a', responses: { [status]: { ...described, ...more.responses } } } } },
      { 'x-castellan': { profile }, security: [] },
    ),
    () => new Response(text, { status, headers: { 'content-type': type, ...more.fields } }),
  );
  const answer = await guard.ask();
  await guard.end();
  return { ...answer, text };
}

/** Values of which each format says that they are none, and what they are called in the schema. */
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  'date-time': ['2026-11-24T15:20:00', '2026-11-24 15:20:00Z', 'now'],
  date: ['24.11.2026'],
  uuid: ['3fa85f6457174562b3fc2c963f66afa6'],
  uri: ['/items/7', '../next?page=2', 'items', ''],
  email: ['root@localhost@x'],
  ipv4: ['localhost'],
  int32: [3_000_000_000],
};
const typeOf = (value: unknown): string => (typeof value === 'number' ? 'integer' : 'string');

/** Where a schema may stand in another one: the schema around it, the value around its value, the pointer. */
const around: Readonly<Record<string, (inner: object, value: unknown) => readonly [object, unknown, string]>> = {
  itself: (inner, value) => [inner, value, ''],
  'a property': (inner, value) => [{ type: 'object', required: ['a'], properties: { a: inner } }, { a: value }, '/a'],
  items: (inner, value) => [{ type: 'array', items: inner }, [value, value], '/0'],
  allOf: (inner, value) => [{ allOf: [inner, {}] }, value, ''],
  'an alternative': (inner, value) => [{ anyOf: [{ type: 'boolean' }, inner] }, value, ''],
  'the kind of a union': (inner, value) => [
    {
      oneOf: [
        { type: 'object', required: ['k'], properties: { k: { const: 'x' }, n: { type: 'integer' } } },
        { type: 'object', required: ['k'], properties: { k: { const: 'y' }, a: inner } },
      ],
    },
    { k: 'y', a: value },
    '/a',
  ],
  'a map': (inner, value) => [{ type: 'object', additionalProperties: inner }, { 'a/b': value }, '/a~1b'],
};

for (const [format, values] of Object.entries(wrong))
  describe(format, () => {
    for (const [place, put] of Object.entries(around))
      for (const value of values)
        test(`${JSON.stringify(value)} as ${place}`, async () => {
          const [schema, whole, pointer] = put({ type: typeOf(value), format }, value);
          for (const stream of [false, true])
            for (const profile of ['toy', 'internal', 'standard'] as const) {
              const { body, text, refused, event } = await answered({ schema, value: whole, profile, stream });
              assert.deepEqual([refused, body], [undefined, text]);
              assert.equal(event.lenient?.[0]?.what, 'format');
              assert.ok(event.lenient[0].places.includes(pointer), JSON.stringify(event.lenient));
              assert.equal(event.removed, undefined);
            }
          const strict = await answered({ schema, value: whole, profile: 'bank' });
          assert.equal(strict.refused, 'release response-withheld schema');
          // Everything else binds as before.
          for (const other of [{}, true]) {
            const [loose, held] = put({ type: typeOf(value), format }, other);
            if (place === 'an alternative' && other === true) continue;
            const refused = await answered({ schema: loose, value: held });
            assert.equal(refused.refused, 'release response-withheld schema', JSON.stringify(held));
          }
        });
  });

test('what holds is not noted', async () => {
  const schema = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } };
  const { event } = await answered({ schema, value: { at: '2026-11-24T15:20:00Z' } });
  assert.equal(event.lenient, undefined);
});

test('what nobody documented goes, also beside a format that does not hold, in every kind of a union', async () => {
  const kind = (k: string): object => ({
    type: 'object',
    required: ['k', 'at'],
    properties: { k: { const: k }, at: { type: 'string', format: 'date-time' }, [k]: { type: 'integer' } },
  });
  for (const keyword of ['anyOf', 'oneOf'])
    for (const k of ['x', 'y']) {
      const value = { k, at: 'today', [k]: 1, password: 'secret' };
      const { body, refused } = await answered({ schema: { [keyword]: [kind('x'), kind('y')] }, value });
      assert.equal(refused, undefined);
      assert.deepEqual(JSON.parse(body), { k, at: 'today', [k]: 1 });
    }
});

test('what the caller may not read goes, although the alternative that says so holds only but for a format', async () => {
  for (const keyword of ['anyOf', 'oneOf', 'if'])
    for (const at of ['2026-11-24T15:20:00Z', 'today']) {
      const person = {
        type: 'object',
        required: ['at'],
        properties: {
          at: { type: 'string', format: 'date-time' },
          salary: { type: 'integer', 'x-castellan': { read: ['payroll'] } },
        },
      };
      const schema =
        keyword === 'if'
          ? { type: 'object', properties: { at: {}, salary: {} }, if: person, then: person }
          : { [keyword]: [{ type: 'boolean' }, person] };
      const { body } = await answered({ schema, value: { at, salary: 7 } });
      assert.doesNotMatch(body, /salary/, `${keyword} ${at}`);
    }
});

test('fields and errors as well', async () => {
  const responses = { headers: { 'X-At': { schema: { type: 'string', format: 'date-time' } } } };
  const schema = { type: 'object', properties: { at: { type: 'string', format: 'date' } } };
  const given = { schema, value: { at: 'today' }, responses, fields: { 'x-at': 'today' } };
  for (const status of [200, 404]) {
    const { body, event } = await answered({ ...given, status });
    assert.deepEqual(JSON.parse(body), { at: 'today' });
    assert.deepEqual(
      event.lenient?.flatMap(({ places }) => places),
      ['/header/x-at', '/at'],
    );
  }
  assert.equal((await answered({ ...given, profile: 'bank' })).refused, 'release response-withheld header-field');
});
