// promise: one-change-one-line
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from '../posture/example.ts';
import { diffContracts } from './index.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Changes of a body, and of an answer, by code and message. */
async function diff(old: Schema, now: Schema): Promise<readonly (readonly [string, string])[]> {
  const api = (schema: Schema) => {
    const content = { 'application/json': { schema: { type: 'object', properties: { a: schema } } } };
    const post = { requestBody: { content }, responses: { 200: { description: 'ok', content } } };
    return loadExample(stringify({ paths: { '/a': { post } } }));
  };
  const changes = diffContracts(await api(old), await api(now));
  return changes.map(({ code, message }) => [code, message] as const);
}

const strings = (number: number, length = 9): Schema[] =>
  Array.from({ length: number }, (_, at) => ({ type: 'string', pattern: `^k${at}$`, maxLength: length }));
const said = /could not be compared: they are more than 32 combinations/;

/** Schemas of more than 32 combinations. */
const many: Readonly<Record<string, (length: number) => Schema>> = {
  'anyOf of 33': (length) => ({ anyOf: strings(33, length) }),
  'oneOf of 40': (length) => ({ oneOf: strings(40, length) }),
  'six by six': (length) => ({ allOf: [{ anyOf: strings(6, length) }, { oneOf: strings(6, length) }] }),
  'two in each of six': (length) => ({ allOf: Array.from({ length: 6 }, () => ({ anyOf: strings(2, length) })) }),
  'one in one, deep': (length) =>
    [1, 2, 3, 4, 5, 6].reduce((inner: Schema) => ({ anyOf: [inner] }), { type: 'string', maxLength: length }),
};

for (const [how, of] of Object.entries(many))
  test(`${how}: a change in it is said, and nothing where nothing changed`, async () => {
    assert.deepEqual(await diff(of(9), of(9)), []);
    for (const length of [8, 10]) {
      const changes = await diff(of(9), of(length));
      assert.ok(
        changes.some(([code, message]) => code === 'alternatives-not-compared' && said.test(message)),
        JSON.stringify(changes),
      );
    }
  });

test('32 are compared one by one, and one more than that is said', async () => {
  assert.ok((await diff({ anyOf: strings(32) }, { anyOf: strings(31) })).every(([, message]) => !said.test(message)));
  assert.ok((await diff({ anyOf: strings(32) }, { anyOf: strings(33) })).some(([, message]) => said.test(message)));
  assert.ok((await diff({ anyOf: strings(34) }, { anyOf: strings(33) })).some(([, message]) => said.test(message)));
});

test('exclusive bounds are shown as they are written', async () => {
  const shown = async (old: Schema, now: Schema): Promise<string> =>
    (await diff({ type: 'number', ...old }, { type: 'number', ...now }))[0]?.[1] ?? '';
  for (const [one, other] of [
    [5, 6],
    [0, 1],
    [0.5, 0.75],
    [-3, -2],
    [1e20, 1e21],
    [99.99, 100],
  ] as const) {
    assert.match(
      await shown({ exclusiveMaximum: one }, { exclusiveMaximum: other }),
      new RegExp(`maximum was ${escaped(one)} \\(exclusive\\) and is ${escaped(other)} \\(exclusive\\)$`),
    );
    assert.match(
      await shown({ exclusiveMinimum: other }, { exclusiveMinimum: one }),
      new RegExp(`minimum was ${escaped(other)} \\(exclusive\\) and is ${escaped(one)} \\(exclusive\\)$`),
    );
    assert.match(
      await shown({ maximum: one, exclusiveMaximum: true }, { maximum: one }),
      new RegExp(`maximum was ${escaped(one)} \\(exclusive\\) and is ${escaped(one)}$`),
    );
  }
  assert.match(await shown({ exclusiveMinimum: 5 }, {}), /minimum was 5 \(exclusive\) and is not set$/);
});

function escaped(number: number): string {
  return String(number).replaceAll(/[.+]/g, String.raw`\$&`);
}
