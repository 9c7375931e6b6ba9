import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from './example.ts';
import { checkContract } from './engine.ts';
import { contractRules } from './rules/index.ts';

const T = { type: 'string' };
const object = (properties: object): object => ({ type: 'object', properties });
const list = (items: object): object => ({ type: 'array', items });
const total = { type: 'integer' };

/** Ways in which an answer holds many. */
const envelopes: Readonly<Record<string, (item: object) => object>> = {
  'a bare list': list,
  '{ data, total }': (item) => object({ data: list(item), total }),
  '{ items }': (item) => object({ items: list(item) }),
  '{ results, next, previous }': (item) => object({ results: list(item), next: T, previous: T }),
  '{ people, page, total_pages }': (item) => object({ people: list(item), page: total, total_pages: total }),
  '{ data: { items } }': (item) => object({ data: object({ items: list(item) }) }),
  '{ _embedded: { people }, _links }': (item) =>
    object({ _embedded: object({ people: list(item) }), _links: object({}) }),
  allOf: (item) => ({ allOf: [object({ total }), object({ data: list(item) })] }),
  'oneOf with null': (item) => object({ data: { oneOf: [list(item), { type: 'null' }] } }),
  'a list of fixed items': (item) => ({ type: 'array', prefixItems: [item, item] }),
  'a map by id': (item) => ({ type: 'object', additionalProperties: item }),
};
/** Ways in which one of many holds the datum. */
const entries: Readonly<Record<string, (name: string) => object>> = {
  'a property': (name) => object({ id: T, [name]: T }),
  '{ author: { … } }': (name) => object({ id: T, author: object({ [name]: T }) }),
  '{ attributes: { … } }': (name) => object({ type: T, attributes: object({ [name]: T }) }),
  '{ persons: [ … ] }': (name) => object({ id: T, persons: list(object({ [name]: T })) }),
  allOf: (name) => ({ allOf: [object({ id: T }), object({ [name]: T })] }),
  anyOf: (name) => ({ anyOf: [object({ id: T }), object({ [name]: T })] }),
  then: (name) => ({ ...object({ id: T }), if: { required: ['id'] }, then: object({ [name]: T }) }),
};

async function says(schema: object): Promise<boolean> {
  const content = { 'application/json': { schema } };
  const paths = { '/people': { get: { responses: { 200: { description: 'ok', content } } } } };
  const contract = await loadExample(stringify({ paths }));
  const rules = contractRules.filter(({ id }) => id === 'list-returns-sensitive');
  return checkContract(contract, { rules, now: 0, profile: 'standard' }).length > 0;
}

for (const [envelope, around] of Object.entries(envelopes))
  test(`what ${envelope} holds of everybody is found`, async () => {
    const silent: string[] = [];
    const loud: string[] = [];
    for (const [entry, of] of Object.entries(entries)) {
      if (!(await says(around(of('ssn'))))) silent.push(entry);
      if (await says(around(of('title')))) loud.push(entry);
    }
    assert.deepEqual({ silent, loud }, { silent: [], loud: [] });
  });

test('one person is no list, whatever lists they have beside', async () => {
  for (const schema of [
    object({ id: T, ssn: T }),
    object({ id: T, name: T, ssn: T, visits: list(object({ day: T })) }),
    object({ id: T, name: T, visits: list(object({ diagnosis: T })) }),
    object({ data: object({ id: T, ssn: T }) }),
    object({ person: object({ ssn: T }), total }),
  ])
    assert.equal(await says(schema), false, JSON.stringify(schema));
});
