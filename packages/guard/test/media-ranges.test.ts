// Media ranges in documents, for requests and answers alike; and an answer of nothing, which is no JSON.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, asking, type Answered } from './asked.ts';

const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };

async function exchange(
  documented: string,
  sent: string,
  body: string,
  direction: 'request' | 'answer',
  status = 200,
): Promise<Answered> {
  const content = { [documented]: /json|\*\/\*|application\/\*$/.test(documented) ? { schema } : {} };
  const responses = {
    [direction === 'request' ? 204 : status]: { description: 'It', ...(direction === 'request' ? {} : { content }) },
  };
  const operation = {
    operationId: 'a',
    responses,
    ...(direction === 'request' ? { requestBody: { required: true, content } } : {}),
  };
  const guard = await asking(apiOf({ '/a': { post: operation } }, { security: [] }), () =>
    direction === 'request'
      ? new Response(null, { status: 204 })
      : new Response(body === '' ? null : body, { status, headers: { 'content-type': sent } }),
  );
  const answer = await guard.ask({
    method: 'POST',
    ...(direction === 'request' ? { fields: { 'content-type': sent }, body } : {}),
  });
  await guard.end();
  return answer;
}

const good = '{"id":1}';
/** Text, and the beginning of a picture. */
const other = 'GIF89a';
const bad = '{"id":"x"}';
/** The documented range, what fits it, what does not. */
const ranges: readonly (readonly [range: string, fits: readonly string[], others: readonly string[]])[] = [
  ['*/*', ['application/json', 'application/vnd.a+json', 'application/octet-stream', 'image/gif'], []],
  [
    'application/*',
    ['application/json', 'application/problem+json', 'application/octet-stream'],
    ['text/plain', 'image/png'],
  ],
  ['application/*+json', ['application/vnd.a+json', 'application/merge-patch+json'], ['application/xml', 'text/plain']],
  ['image/*', ['image/gif'], ['text/plain', 'application/json']],
  ['text/*', ['text/plain', 'text/csv', 'text/markdown; charset=utf-8'], ['application/json', 'image/png']],
];

for (const [range, fits, others] of ranges)
  describe(range, () => {
    for (const direction of ['request', 'answer'] as const) {
      for (const type of fits)
        test(`${direction} as ${type}`, async () => {
          const json = /[/+]json/.test(type);
          const passed = await exchange(range, type, json ? good : other, direction);
          // The schema names properties, and the range takes what has some: bytes that nobody reads are not checked against it.
          if (direction === 'request' && !json && /^(?:\*|application)\//.test(range)) {
            assert.match(passed.refused ?? '', /unread-media-type/);
            return;
          }
          assert.equal(passed.refused, undefined);
          if (direction === 'answer') assert.equal(passed.body, json ? good : other);
          if (!json) return;
          // A range is no leave: what is JSON by its own type is held to the schema.
          for (const wrong of [bad, '{', '[]'])
            assert.notEqual((await exchange(range, type, wrong, direction)).refused, undefined, wrong);
        });
      for (const type of others)
        test(`${direction} as ${type} is none of it`, async () => {
          const { refused } = await exchange(range, type, good, direction);
          assert.match(refused ?? '', direction === 'request' ? /unsupported-media-type/ : /undeclared-media-type/);
        });
    }
  });

for (const documented of ['application/json', 'application/*', '*/*', 'application/*+json'])
  for (const status of [200, 201, 202])
    test(`nothing is no JSON: ${documented}, ${status}`, async () => {
      const type = documented === 'application/*+json' ? 'application/vnd.a+json' : 'application/json';
      for (const body of ['', ' ', '\n']) {
        const { refused } = await exchange(documented, type, body, 'answer', status);
        assert.match(refused ?? '', /^release response-withheld (empty-body|bad-json)$/, JSON.stringify(body));
      }
      for (const body of ['', ' '])
        assert.match((await exchange(documented, type, body, 'request')).refused ?? '', /^validate invalid-request/);
    });
