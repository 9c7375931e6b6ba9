import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { checkContract } from './engine.ts';
import { contractRules } from './rules/index.ts';

const rules = contractRules.filter(({ id }) => id === 'secret-returned');
type Schema = Readonly<Record<string, unknown>>;

const secret: Schema = { type: 'object', properties: { passwordHash: { type: 'string' } } };
const ref: Schema = { $ref: '#/components/schemas/Secret' };

/** Keywords under which a schema describes what a value holds, each with a schema that has another one there. */
const holders: Readonly<Record<string, (inner: Schema) => Schema>> = {
  properties: (inner) => ({ properties: { inner } }),
  patternProperties: (inner) => ({ patternProperties: { '^x/': inner } }),
  additionalProperties: (inner) => ({ additionalProperties: inner }),
  unevaluatedProperties: (inner) => ({ unevaluatedProperties: inner }),
  items: (inner) => ({ type: 'array', items: inner }),
  prefixItems: (inner) => ({ type: 'array', prefixItems: [{}, inner] }),
  contains: (inner) => ({ type: 'array', contains: inner }),
  unevaluatedItems: (inner) => ({ type: 'array', unevaluatedItems: inner }),
  allOf: (inner) => ({ allOf: [inner] }),
  anyOf: (inner) => ({ anyOf: [inner, { type: 'null' }] }),
  oneOf: (inner) => ({ oneOf: [{ type: 'null' }, inner] }),
  if: (inner) => ({ if: inner }),
  then: (inner) => ({ if: true, then: inner }),
  else: (inner) => ({ if: false, else: inner }),
  dependentSchemas: (inner) => ({ dependentSchemas: { 'a/b': inner } }),
};

async function foundIn(schema: Schema): Promise<readonly (string | undefined)[]> {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'Places', version: '1' },
    components: { schemas: { Secret: secret } },
    paths: {
      '/a': {
        get: { operationId: 'a', responses: { 200: { description: '', content: { 'application/json': { schema } } } } },
      },
    },
  });
  return checkContract(contract, { rules, now: 0, profile: 'standard' }).map(({ location }) => location?.pointer);
}

const content = '/paths/~1a/get/responses/200/content/application~1json/schema';

for (const [outer, around] of Object.entries(holders))
  test(`a property below ${outer}, and below any keyword in it, is found where it stands`, async () => {
    for (const [inner, within] of Object.entries(holders)) {
      const [pointer = '', ...others] = await foundIn(around(within(secret)));
      const what = `${outer} ${inner}`;
      assert.deepEqual(others, [], what);
      assert.ok(pointer.startsWith(content) && pointer.endsWith('/properties/passwordHash'), `${what}: ${pointer}`);
      assert.ok(pointer.includes(`/${outer}`) && pointer.includes(`/${inner}`), `${what}: ${pointer}`);
      assert.deepEqual(
        await foundIn(around(within(ref))),
        ['/components/schemas/Secret/properties/passwordHash'],
        what,
      );
    }
    assert.deepEqual(await foundIn(around({ type: 'object', properties: { name: { type: 'string' } } })), []);
  });

test('what no answer can hold is not found', async () => {
  assert.deepEqual(await foundIn({ type: 'object', not: secret, properties: { id: {} } }), []);
});
