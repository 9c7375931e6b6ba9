// What a problem says is wrong with a request: all of it, up to 20; of a union the closest alternative, wherever it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, asking, type Answered } from './asked.ts';

interface Named {
  readonly pointer: string;
  readonly keyword: string;
}

async function refusedOf(
  schema: object,
  value: unknown,
  parameters: readonly object[] = [],
  query = '',
): Promise<Answered & { readonly errors: readonly Named[] }> {
  const guard = await asking(
    apiOf(
      {
        '/a': {
          post: {
            operationId: 'a',
            parameters,
            requestBody: { required: true, content: { 'application/json': { schema } } },
            responses: { 204: { description: 'Done' } },
          },
        },
      },
      { security: [] },
    ),
  );
  const fields = { 'content-type': 'application/json' };
  const answer = await guard.ask({ method: 'POST', path: `/a${query}`, fields, body: JSON.stringify(value) });
  await guard.end();
  const { errors = [] } = (answer.body === '' ? {} : JSON.parse(answer.body)) as { errors?: readonly Named[] };
  return { ...answer, errors };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);
const objectOf = (keys: readonly string[], schema: object): object => ({
  type: 'object',
  properties: Object.fromEntries(keys.map((name) => [name, schema])),
});

for (const count of [1, 2, 7, 20, 30])
  test(`${count} mismatches of a body and of parameters`, async () => {
    const keys = names(count);
    const most = Math.min(count, 20);
    const value = Object.fromEntries(keys.map((name) => [name, 'x']));
    const body = await refusedOf(objectOf(keys, { type: 'integer' }), value);
    assert.deepEqual(
      body.errors.map(({ pointer }) => pointer),
      keys.slice(0, most).map((name) => `/${name}`),
    );
    const list = await refusedOf({ type: 'array', items: { type: 'integer' } }, Object.values(value));
    assert.equal(list.errors.length, most);
    const parameters = keys.map((name) => ({ name, in: 'query', schema: { type: 'integer' } }));
    const query = await refusedOf({}, {}, parameters, `?${keys.map((name) => `${name}=x`).join('&')}`);
    assert.deepEqual(
      query.errors.map(({ pointer }) => pointer),
      keys.slice(0, most).map((name) => `/query/${name}`),
    );
  });

/** Each of a list at each place, both ways round. */
function orders<T>(list: readonly T[]): T[][] {
  const turned = list.map((_, at) => [...list.slice(at), ...list.slice(0, at)]);
  return [...turned, ...turned.map((one) => one.toReversed())];
}

const card = {
  type: 'object',
  required: ['number', 'expires', 'holder'],
  properties: { number: { type: 'string' }, expires: { type: 'string' }, holder: { type: 'string' } },
};
const transfer = {
  type: 'object',
  required: ['iban', 'holder', 'bank'],
  properties: {
    iban: { type: 'string', minLength: 5 },
    holder: { type: 'string' },
    bank: { type: 'object', properties: { bic: { type: 'string' } } },
  },
};
const voucher = {
  type: 'object',
  required: ['code'],
  properties: { code: { type: 'string', pattern: '^V' }, value: { type: 'integer' } },
};
const many = { type: 'array', items: { type: 'integer' } };
const word = { type: 'string', maxLength: 3 };

const meant: readonly (readonly [what: string, value: unknown, pointers: readonly string[]])[] = [
  ['a card without its number', { expires: '1/27', holder: 7 }, ['/holder', '/number']],
  ['a transfer', { iban: 'x', holder: 'Z', bank: { bic: 7 } }, ['/bank/bic', '/iban']],
  ['a voucher', { code: 'x', value: 'y' }, ['/code', '/value']],
  ['a list', [1, 'x', 2, 'y'], ['/1', '/3']],
  ['a word', 'long word', ['']],
];

for (const keyword of ['anyOf', 'oneOf'])
  for (const [what, value, pointers] of meant)
    for (const [place, around, put] of [
      ['itself', (inner: object) => inner, (inner: unknown) => inner],
      ['a property', (inner: object) => objectOf(['in'], inner), (inner: unknown) => ({ in: inner })],
      ['an item', (items: object) => ({ type: 'array', items }), (inner: unknown) => [inner]],
    ] as const)
      test(`${what} of ${keyword} as ${place}, in every order of the alternatives`, async () => {
        const before = place === 'itself' ? '' : place === 'an item' ? '/0' : '/in';
        for (const alternatives of orders([card, transfer, voucher, many, word])) {
          const { errors, status } = await refusedOf(around({ [keyword]: alternatives }), put(value));
          assert.equal(status, 400);
          const inside = errors.filter(({ keyword: of }) => of !== keyword).map(({ pointer }) => pointer);
          assert.deepEqual(inside.toSorted(), pointers.map((pointer) => before + pointer).toSorted());
        }
      });
