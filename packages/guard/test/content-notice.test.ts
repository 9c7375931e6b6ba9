// Rules in what a text holds are looked at, or it is said at start that they are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';

const text = (schema: object): object => ({
  type: 'string',
  contentMediaType: 'application/json',
  contentSchema: schema,
});
const rules: Readonly<Record<string, object>> = {
  read: { read: ['admin'] },
  write: { write: ['admin'] },
  url: { url: { schemes: ['https'] } },
};
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const places: Readonly<Record<string, (schema: object) => object>> = {
  'a property of a body': (schema) => ({ requestBody: json({ type: 'object', properties: { a: schema } }) }),
  'items of a body': (schema) => ({ requestBody: json({ type: 'array', items: schema }) }),
  'an alternative of a body': (schema) => ({ requestBody: json({ oneOf: [{ type: 'null' }, schema] }) }),
  'a parameter': (schema) => ({ parameters: [{ name: 'a', in: 'query', schema }] }),
  'an event that is sent here': (schema) => ({
    requestBody: { content: { 'text/event-stream': { itemSchema: { properties: { data: schema } } } } },
  }),
  'a property of an answer': (schema) => ({
    responses: { 200: { description: 'It', ...json({ type: 'object', properties: { a: schema } }) } },
  }),
  'data of events': (schema) => ({
    responses: {
      200: { description: 'All', content: { 'text/event-stream': { itemSchema: { properties: { data: schema } } } } },
    },
  }),
};

async function noticesOf(operation: object, rule: object): Promise<readonly string[]> {
  const guard = await createGuard({
    contract: {
      openapi: '3.2.0',
      info: { title: 'Texts', version: '1' },
      components: {
        schemas: { Inner: { type: 'object', properties: { hidden: { type: 'string', 'x-castellan': rule } } } },
      },
      paths: { '/a': { post: { operationId: 'a', responses: { 204: { description: 'Done' } }, ...operation } } },
    },
  });
  try {
    return guard.notices.filter(({ code }) => code === 'content-not-read').map(({ message }) => message);
  } finally {
    await guard.end();
  }
}

const inner = { $ref: '#/components/schemas/Inner' };
for (const [place, make] of Object.entries(places))
  for (const [kind, rule] of Object.entries(rules)) {
    const counts = (kind === 'read') === /answer|data of/.test(place) && place !== 'data of events';
    test(`${kind} in a text, ${place}: ${counts ? 'a notice' : 'no notice'}`, async () => {
      const notices = await noticesOf(make(text(inner)), rule);
      assert.equal(notices.length, counts ? 1 : 0);
      if (counts) assert.match(notices[0] ?? '', /^1 operations have texts .*: a; make/);
      assert.deepEqual(await noticesOf(make(inner), rule), []);
    });
  }
