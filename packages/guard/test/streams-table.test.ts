// Streams and header fields of answers: what leaves item by item, and where a stream ends. In one process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Answered } from './asked.ts';

const thing = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };

interface Streamed {
  readonly media?: object;
  readonly type?: string;
  readonly castellan?: object;
  readonly own?: object;
  readonly options?: Partial<GuardOptions>;
  readonly method?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: object;
  readonly status?: number;
}

async function streamed(body: string | readonly string[] | null, streamed_: Streamed = {}): Promise<Answered> {
  const {
    type = 'application/jsonl',
    media = { itemSchema: thing },
    castellan = {},
    own = {},
    options = {},
    method = 'GET',
    fields = {},
    headers,
    status = 200,
  } = streamed_;
  const described = { description: 'All', ...(headers === undefined ? {} : { headers }), content: { [type]: media } };
  const guard = await asking(
    apiOf(
      {
        '/a': {
          get: {
            operationId: 'a',
            parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
            'x-castellan': own,
            responses: { 200: described, 400: described },
          },
        },
      },
      { security: [], 'x-castellan': castellan },
    ),
    () => {
      const chunks = typeof body === 'string' ? [body] : (body ?? []);
      const stream = new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
          controller.close();
        },
      });
      return new Response(body === null ? null : stream, { status, headers: { 'content-type': type, ...fields } });
    },
    { clock: () => 1_000_000, ...options },
  );
  const answered = await guard.ask({ method });
  await guard.end();
  return answered;
}

/** What left, and why nothing more did. */
const left = async (
  body: string | readonly string[],
  more: Streamed = {},
): Promise<readonly [string, string | undefined]> => {
  const { body: text, refused } = await streamed(body, more);
  return [text, refused?.split(' ').at(-1)];
};

test('items that may leave leave as they came, in whatever pieces', async () => {
  const lines = '{"id":1}\n {"id": 2}\r\n{"id":3}';
  for (const pieces of [[lines], [...lines], ['{"id":1}', '\n {"id": 2}\r\n{"i', 'd":3}']])
    assert.deepEqual(await left(pieces), [lines, undefined]);
  assert.deepEqual(await left(''), ['', undefined]);
  assert.deepEqual(await left('\n\n{"id":1}\n\n'), ['\n\n{"id":1}\n\n', undefined]);
  const sequence = '\u001e{"id":1}\n\u001e{"id":2}\n';
  assert.deepEqual(await left(sequence, { type: 'application/json-seq' }), [sequence, undefined]);
});

test('what nobody documented is taken out of each item, whose form stays', async () => {
  assert.deepEqual(await left('{"id":1,"x":1}\n{"id":2}\n'), ['{"id":1}\n{"id":2}\n', undefined]);
  assert.deepEqual(await left('\u001e{"id":1,"x":1}\n', { type: 'application/json-seq' }), [
    '\u001e{"id":1}\n',
    undefined,
  ]);
  assert.deepEqual(await left('{"id":1,"x":1}\n', { castellan: { profile: 'toy' } }), ['{"id":1,"x":1}\n', undefined]);
  // Cut off, so that half a stream does not look whole.
  const bank = await left('{"id":1}\n{"id":2,"x":1}\n', { castellan: { profile: 'bank' } });
  assert.equal(bank[1], 'undocumented-property');
  const { event } = await streamed('{"id":1,"x":1}\n{"id":1,"y":{"z":1}}\n');
  assert.equal(event.removed, 2);
});

test('an item that is not as documented ends the stream', async () => {
  for (const bad of ['{"id":"x"}', '{}', '{', 'null', '[]'])
    assert.equal((await left(`{"id":1}\n${bad}\n{"id":3}\n`))[1], 'item', bad);
  assert.equal((await left('{"id":1}\n{"id":"x"}'))[1], 'item', 'also the last one, which only the end shows');
});

test('a media type without a form of items is no stream', async () => {
  const { body, refused } = await streamed('{"id":1}\n', { media: { schema: { type: 'string' } }, type: 'text/plain' });
  assert.deepEqual([body, refused], ['{"id":1}\n', undefined]);
  const whole = await streamed('{"id":"x"}', { media: { schema: thing }, type: 'application/json' });
  assert.match(whole.refused ?? '', /schema$/);
});

test('HEAD has no items', async () => {
  const { status, refused } = await streamed(null, { method: 'HEAD' });
  assert.deepEqual([status, refused], [200, undefined]);
});

test('how many items, records and bytes may leave', async () => {
  const three = '{"id":1}\n{"id":2}\n{"id":3}\n';
  for (const [own, reason] of [
    [{ page: { limit: 'limit', max: 3 } }, undefined],
    [{ page: { limit: 'limit', max: 2 } }, 'page-over-limit'],
    [{ budget: { records: '3/day' } }, undefined],
    [{ budget: { records: '2/day' } }, 'records-budget'],
    [{ budget: { bytes: '1KB/day', records: '2/day' } }, 'records-budget'],
  ] as const)
    assert.equal((await left(three, { own }))[1], reason, JSON.stringify(own));
  // Empty lines are no items.
  assert.equal((await left(`\n${three}\n\n`, { own: { page: { limit: 'limit', max: 3 } } }))[1], undefined);
});

test('a budget of bytes counts streams and files, by their length where it is told', async () => {
  const own = { budget: { bytes: '1KB/day' } };
  const file = { type: 'application/octet-stream', media: {}, own };
  const line = (size: number): string => `{"id":1}${' '.repeat(size - 9)}\n`;
  for (const [size, reason] of [
    [1000, undefined],
    [1001, 'bytes-budget'],
  ] as const) {
    const of = async (body: string, more: Streamed): Promise<string | undefined> =>
      (await streamed(body, more)).refused?.split(' ').at(-1);
    assert.equal(await of(line(size), { own }), reason);
    assert.equal(await of('x'.repeat(size), file), reason);
    assert.equal(await of('x'.repeat(size), { ...file, fields: { 'content-length': String(size) } }), reason);
  }
});

test('events: their data is read where it is documented as JSON', async () => {
  const type = 'text/event-stream';
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: thing };
  const of = (
    text: string,
    properties: object = { data },
    castellan: object = {},
  ): Promise<readonly [string, string | undefined]> =>
    left(text, { type, media: { itemSchema: { type: 'object', properties } }, castellan });
  assert.deepEqual(await of('data: {"id":1}\n\n'), ['data: {"id":1}\n\n', undefined]);
  assert.deepEqual(await of(': a comment\n\nevent: x\nid: 7\n\n'), [': a comment\n\nevent: x\nid: 7\n\n', undefined]);
  const changed = await of('event: x\ndata: {"id":1,"x":1}\n\n', { event: { type: 'string' }, data });
  assert.deepEqual(
    [changed[1], /data: ?\{"id":1\}\n/.test(changed[0]), changed[0].includes('"x"')],
    [undefined, true, false],
  );
  assert.equal((await of('data: {"id":"x"}\n\n'))[1], 'item');
  assert.equal((await of('data: {\n\n'))[1], 'item');
  assert.equal((await of('data: {"id":1,"x":1}\n\n', { data }, { profile: 'bank' }))[1], 'undocumented-property');
  assert.deepEqual(await of('data: {"id":"x"}\n\n', { data: { type: 'string' } }), ['data: {"id":"x"}\n\n', undefined]);
});

test('header fields of an answer are as documented', async () => {
  const headers = {
    'X-Total': { required: true, schema: { type: 'integer', minimum: 0 } },
    'X-Note': { schema: { type: 'string', maxLength: 3 } },
  };
  const json = { headers, type: 'application/json', media: { schema: thing } };
  for (const [fields, reason] of [
    [{ 'x-total': '1' }, undefined],
    [{ 'x-total': '1', 'x-note': 'abc' }, undefined],
    [{}, 'header-field'],
    [{ 'x-total': '-1' }, 'header-field'],
    [{ 'x-total': 'x' }, 'header-field'],
    [{ 'x-total': '1', 'x-note': 'abcd' }, 'header-field'],
  ] as const) {
    const of = async (more: Streamed): Promise<string | undefined> =>
      (await streamed('{"id":1}', { ...json, fields, ...more })).refused?.split(' ').at(-1);
    assert.equal(await of({}), reason, JSON.stringify(fields));
    assert.equal(await of({ type: 'application/jsonl', media: { itemSchema: thing } }), reason);
    assert.equal(await of({ type: 'text/plain', media: {} }), reason);
    // An error stays one, without what is wrong about it.
    const error = await streamed('{"id":1}', { ...json, fields, status: 400 });
    assert.deepEqual(
      [error.status, error.refused, error.body.includes('about:blank')],
      [400, undefined, reason !== undefined],
    );
  }
  const body = await streamed('{"id":"x"}', { ...json, fields: { 'x-total': '1' } });
  assert.match(body.refused ?? '', /schema$/, 'the body is checked as well');
});

test('answers that are asked for often are checked without being parsed, and as well', async () => {
  let body = '{"id":1}';
  const guard = await asking(
    apiOf(
      {
        '/a': {
          get: {
            responses: {
              200: { description: 'It', content: { 'application/json': { schema: thing } } },
              404: { description: 'None', content: { 'application/json': { schema: thing } } },
            },
          },
        },
      },
      { security: [] },
    ),
    () => new Response(body, { status, headers: { 'content-type': 'application/json' } }),
  );
  let status = 200;
  for (let i = 0; i < 25; i++) assert.equal((await guard.ask()).body, body);
  for (const [text, reason, out] of [
    ['{"id":2}', undefined, '{"id":2}'],
    ['{ "id": 2 }', undefined, '{ "id": 2 }'],
    ['{"id":"x"}', 'schema', undefined],
    ['{"id":1,"x":1}', undefined, '{"id":1}'],
    ['{"id":1,"é":"ü"}', undefined, '{"id":1}'],
    ['{"id":1', 'bad-json', undefined],
  ] as const) {
    body = text;
    const answered = await guard.ask();
    assert.equal(answered.refused?.split(' ').at(-1), reason, text);
    if (out !== undefined) assert.equal(answered.body, out);
  }
  status = 404;
  for (let i = 0; i < 25; i++) {
    body = '{"id":1}';
    assert.equal((await guard.ask()).body, body);
    body = '{"id":1,"trace":"Error\\n    at f (/srv/a.js:1:2)"}';
    const { body: out, status: told } = await guard.ask();
    assert.deepEqual([told, out.includes('srv')], [404, false], String(i));
  }
  await guard.end();
});

test('what a request may leave unsaid: profiles × undocumented properties, and bodies that are missing or of another type', async () => {
  const of = async (profile: string, sent: string | undefined, type?: string, required = true): Promise<Answered> => {
    const guard = await asking(
      apiOf(
        {
          '/a': {
            post: {
              requestBody: { required, content: { 'application/json': { schema: thing } } },
              responses: { 204: { description: 'Done' } },
            },
          },
        },
        { security: [], 'x-castellan': { profile } },
      ),
    );
    const answered = await guard.ask({
      method: 'POST',
      ...(sent === undefined ? {} : { body: sent }),
      ...(type === undefined ? {} : { fields: { 'content-type': type } }),
    });
    await guard.end();
    return answered;
  };
  const json = 'application/json';
  for (const [profile, sent, type, required, refused] of [
    ['standard', '{"id":1}', json, true, undefined],
    ['toy', '{"id":1,"x":1}', json, true, undefined],
    ['standard', '{"id":1,"x":1}', json, true, 'invalid-request'],
    ['bank', '{"id":1,"x":1}', json, true, 'invalid-request'],
    ['standard', undefined, undefined, true, 'invalid-request'],
    ['standard', '', undefined, true, 'invalid-request'],
    ['standard', undefined, undefined, false, undefined],
    ['standard', '', json, false, undefined],
    ['standard', '<a/>', 'text/xml', true, 'unsupported-media-type'],
    ['standard', '{"id":"x"}', json, true, 'invalid-request'],
  ] as const) {
    const { refused: why, headers, event } = await of(profile, sent, type, required);
    assert.equal(why?.split(' ')[1], refused, `${profile} ${sent} ${why}`);
    if (refused === 'unsupported-media-type') assert.equal(headers.get('accept'), json);
    if (sent === undefined && refused !== undefined) assert.equal(event.refused?.reason, 'required');
  }
});
