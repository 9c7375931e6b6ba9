import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { loadExample } from './example.ts';
import { checkContract } from './engine.ts';
import { fixOverlay } from './fix.ts';
import { contractRules } from './rules/index.ts';

const options = {
  rules: contractRules.filter(({ id }) => id === 'string-unbounded'),
  now: 0,
  profile: 'standard',
} as const;
const object = (properties: object): object => ({ type: 'object', properties });
const ref = { $ref: '#/components/schemas/Text' };

/** Ways in which a body refers to one text. */
const ways: Readonly<Record<string, object>> = {
  'a property': object({ client: ref }),
  'properties of other names': object({ client: ref, owner: ref }),
  items: object({ names: { type: 'array', items: ref } }),
  'a map': object({ names: { type: 'object', additionalProperties: ref } }),
  'a part of allOf': object({ client: { allOf: [ref] } }),
  'the body itself': ref,
  'through another component': object({ client: { $ref: '#/components/schemas/Alias' } }),
};
const api = (schemas: readonly object[], Text: object): string =>
  stringify({
    paths: Object.fromEntries(
      schemas.map((schema, at) => [
        `/a${at}`,
        {
          post: { operationId: `op${at}`, requestBody: { content: { 'application/json': { schema } } }, responses: {} },
        },
      ]),
    ),
    components: { schemas: { Text, Alias: ref } },
  });

for (const [way, schema] of Object.entries(ways).filter(([way]) => way !== 'a part of allOf'))
  test(`${way}: one text that three operations refer to is one finding, where it is written, and mended there`, async () => {
    const text = api([schema, schema, schema], { type: 'string' });
    const found = checkContract(await loadExample(text), options);
    assert.deepEqual(
      found.map(({ location, operations }) => [location?.pointer, operations]),
      [['/components/schemas/Text', ['op0', 'op1', 'op2']]],
    );
    const overlay = await fixOverlay(found, 'all', 'Example');
    assert.ok(overlay);
    assert.deepEqual(checkContract(await loadExample(text, [parse(overlay.text) as object]), options), []);
    const bounded = api([schema, schema, schema], { type: 'string', maxLength: 40 });
    assert.deepEqual(checkContract(await loadExample(bounded), options), []);
  });

test('all ways together are one finding, and texts written in place are one for each object', async () => {
  const all = checkContract(await loadExample(api(Object.values(ways), { type: 'string' })), options);
  assert.equal(all.filter(({ location }) => location?.pointer === '/components/schemas/Text').length, 1);
  const place = object({ client: { type: 'string' } });
  assert.equal(checkContract(await loadExample(api([place, { ...place }, { ...place }], {})), options).length, 3);
});
