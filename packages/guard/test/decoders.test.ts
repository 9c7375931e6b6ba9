// Bodies that are no JSON: read by who is named for them and held to their schema as JSON is, or refused; never let through as bytes.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { encode as msgpack, decode as unmsgpack } from '@msgpack/msgpack';
import { decode as uncbor, encode as cbor } from 'cborg';
import { stringify } from 'yaml';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

type Encode = (value: unknown) => Uint8Array<ArrayBuffer>;
const formats: readonly (readonly [type: string, encode: Encode, decoders: GuardOptions['decoders']])[] = [
  ['application/cbor', (value) => Uint8Array.from(cbor(value)), { 'application/cbor': uncbor }],
  ['application/cbor', (value) => Uint8Array.from(cbor(value)), { 'application/cbor': 'cborg' }],
  ['application/vnd.note+cbor', (value) => Uint8Array.from(cbor(value)), { 'application/*+cbor': uncbor }],
  ['application/msgpack', (value) => Uint8Array.from(msgpack(value)), { 'application/msgpack': '@msgpack/msgpack' }],
  [
    'application/x-msgpack',
    (value) => Uint8Array.from(msgpack(value)),
    { 'application/x-msgpack': (b) => unmsgpack(b) },
  ],
  ['application/yaml', (value) => Uint8Array.from(Buffer.from(stringify(value))), { 'application/yaml': 'yaml' }],
  ['text/yaml', (value) => Uint8Array.from(Buffer.from(stringify(value))), { 'text/*': 'yaml' }],
  [
    'application/xml',
    (value) => Uint8Array.from(Buffer.from(`<v>${JSON.stringify(value)}</v>`)),
    { 'application/xml': (bytes) => JSON.parse(Buffer.from(bytes).toString().slice(3, -4)) as unknown },
  ],
];

const Note = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 8 },
    count: { type: 'integer', minimum: 1 },
    tags: { type: 'array', items: { type: 'string' } },
    secret: { type: 'string', writeOnly: true },
  },
};
/** How a document may say it. */
const schemas: readonly (readonly [string, object])[] = [
  ['an object', Note],
  ['a reference', { $ref: '#/components/schemas/Note' }],
  ['a composition', { allOf: [{ $ref: '#/components/schemas/Note' }] }],
  ['alternatives', { anyOf: [{ $ref: '#/components/schemas/Note' }, { type: 'null' }] }],
  ['no type', { properties: Note.properties, required: ['name'] }],
];

const right = { name: 'ada', count: 2, tags: ['a'] };
const wrong: Readonly<Record<string, unknown>> = {
  'a missing property': { count: 1 },
  'a wrong type': { name: 1 },
  'a bound': { name: 'ada', count: 0 },
  'an item': { name: 'ada', tags: [1] },
  'an undocumented property': { name: 'ada', isAdmin: true },
  'a list': [right],
  'a text': 'ada',
};

interface Got {
  readonly status: number;
  readonly body: Uint8Array;
  readonly seen: unknown;
  readonly refused: string | undefined;
  readonly detail: string;
}

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) await end();
});

async function guarded(
  documented: string,
  schema: object,
  decoders: GuardOptions['decoders'],
  more: object = {},
  profile = 'standard',
) {
  const events: GuardEvent[] = [];
  const content = { [documented]: { schema } };
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Notes', version: '1' },
      'x-castellan': { profile },
      paths: {
        '/a': {
          post: {
            operationId: 'a',
            security: [],
            requestBody: { required: true, content },
            responses: { 204: { description: 'x' } },
          },
        },
        '/b': { get: { operationId: 'b', security: [], responses: { 200: { description: 'x', content } } } },
      },
      components: { schemas: { Note } },
    },
    decoders,
    onEvent: (event) => events.push(event),
    ...more,
  });
  ends.push(() => guard.end());
  let seen: unknown;
  let answer: Response | undefined;
  const handler = fetchGuard(guard, (_request, { body }) => {
    seen = body;
    return answer ?? new Response(null, { status: 204 });
  });
  const got = async (request: Request): Promise<Got> => {
    seen = undefined;
    events.length = 0;
    const response = await handler(request);
    const body = new Uint8Array(await response.arrayBuffer());
    const { refused } = events[0]?.unmapped.castellan ?? {};
    return { status: response.status, body, seen, refused: refused?.reason, detail: Buffer.from(body).toString() };
  };
  return {
    notices: guard.notices,
    send: (type: string, bytes: Uint8Array<ArrayBuffer> | string) =>
      got(new Request('http://a/a', { method: 'POST', headers: { 'content-type': type }, body: bytes })),
    answer: (type: string, bytes: Uint8Array<ArrayBuffer>) => {
      answer = new Response(bytes, { headers: { 'content-type': type } });
      return got(new Request('http://a/b'));
    },
  };
}

for (const [type, encode, decoders] of formats) {
  const name = `${type} by ${Object.values(decoders ?? {})
    .map((one) => (typeof one === 'string' ? one : 'a function'))
    .join()}`;
  describe(name, () => {
    for (const [how, schema] of schemas)
      test(`requests: ${how}`, async () => {
        const { send, notices } = await guarded(type, schema, decoders);
        assert.equal(
          notices.some(({ code }) => code.startsWith('bodies-')),
          false,
        );
        const good = await send(type, encode(right));
        assert.deepEqual([good.status, good.seen], [204, right]);
        for (const [what, value] of Object.entries(wrong)) {
          // Without a type a list and a text are as documented.
          if (how === 'no type' && (Array.isArray(value) || typeof value === 'string')) continue;
          const { status, seen } = await send(type, encode(value));
          assert.deepEqual([status, seen], [400, undefined], what);
        }
        assert.equal((await send(type, Uint8Array.of(0xff, 0xff, 0xff))).status, 400);
      });

    test('answers', async () => {
      const { answer } = await guarded(type, Note, decoders);
      const good = await answer(type, encode(right));
      assert.deepEqual([good.status, good.body], [200, encode(right)]);
      for (const [what, value] of Object.entries({
        ...wrong,
        'what only requests have': { name: 'ada', secret: 'x' },
      })) {
        const { status, refused } = await answer(type, encode(value));
        assert.equal(status, 500, what);
        assert.ok(refused === 'schema' || refused === 'cannot-be-changed', `${what}: ${refused}`);
      }
      assert.equal((await answer(type, Uint8Array.of(0xff, 0xff, 0xff))).refused, 'bad-body');
    });
  });
}

describe('nobody reads it', () => {
  const unread = [
    'application/cbor',
    'application/vnd.x+cbor',
    'application/msgpack',
    'application/vnd.msgpack',
    'application/yaml',
  ]
    .concat([
      'text/yaml',
      'application/x-yaml',
      'application/bson',
      'application/x-protobuf',
      'application/vnd.google.protobuf',
    ])
    .concat(['avro/binary', 'application/vnd.apache.avro', 'application/toml', 'application/x-thrift']);
  for (const type of unread.filter((one) => one !== 'avro/binary'))
    for (const [how, schema] of schemas)
      test(`${type}, ${how}: passes as it came, and the start says so`, async () => {
        const { send, answer, notices } = await guarded(type, schema, undefined);
        const bytes = Uint8Array.from(cbor(right));
        const sent = await send(type, bytes);
        assert.deepEqual([sent.status, sent.refused], [204, undefined]);
        assert.deepEqual([...(await answer(type, bytes)).body], [...bytes]);
        assert.match(notices.find(({ code }) => code === 'bodies-not-read')?.message ?? '', /2 bodies .* decoders/);
      });
  for (const type of unread.filter((one) => one !== 'avro/binary'))
    for (const [how, schema] of schemas)
      test(`${type}, ${how}: refused under bank`, async () => {
        const { send, answer, notices } = await guarded(type, schema, undefined, {}, 'bank');
        const bytes = Uint8Array.from(cbor(right));
        const sent = await send(type, bytes);
        assert.deepEqual([sent.status, sent.seen, sent.refused], [415, undefined, 'unread-media-type']);
        assert.match(sent.detail, new RegExp(`Bodies of ${type.replaceAll(/[.+]/g, '\\$&')} are not read here`));
        assert.equal((await answer(type, bytes)).refused, 'unread-media-type');
        assert.match(notices.find(({ code }) => code === 'bodies-refused')?.message ?? '', /2 bodies .* decoders/);
      });

  for (const range of ['*/*', 'application/*'])
    for (const type of [
      'application/cbor',
      'application/yaml',
      'application/octet-stream',
      'application/x-anything',
      'application/xml',
    ])
      test(`${type} under ${range}`, async () => {
        const { send } = await guarded(range, Note, undefined);
        const sent = await send(type, '{"name":1,"isAdmin":true}');
        assert.deepEqual([sent.status, sent.seen], [415, undefined]);
        const { status, seen } = await send('application/json', '{"name":"ada"}');
        assert.deepEqual([status, seen], [204, { name: 'ada' }]);
      });

  const bytes: readonly (readonly [type: string, schema: object])[] = [
    ['application/octet-stream', { type: 'string', format: 'binary' }],
    ['application/cbor', { type: 'string', format: 'binary' }],
    ['application/cbor', {}],
    ['application/yaml', { type: 'string' }],
    ['*/*', { type: 'string', format: 'binary' }],
    ['application/*', {}],
    ['application/zip', { type: 'object' }],
  ];
  for (const [type, schema] of bytes)
    test(`bytes where the document means bytes: ${type} ${JSON.stringify(schema)}`, async () => {
      const { send, answer } = await guarded(type, schema, undefined);
      const body = Uint8Array.from(Buffer.from('PK\x03\x04', 'latin1'));
      const sent = await send(type.includes('*') ? 'application/x-any' : type, body);
      assert.equal(sent.status, 204);
      assert.equal((await answer(type.includes('*') ? 'application/x-any' : type, body)).status, 200);
    });

  test('pass lets it through unread, and a notice says so', async () => {
    const { send, answer, notices } = await guarded('application/cbor', Note, { 'application/cbor': 'pass' });
    const body = Uint8Array.from(cbor({ name: 1 }));
    assert.equal((await send('application/cbor', body)).status, 204);
    assert.equal((await answer('application/cbor', body)).status, 200);
    assert.match(notices.find(({ code }) => code === 'bodies-not-read')?.message ?? '', /a \(application\/cbor\)/);
  });
});

describe('what a decoder gives', () => {
  class Own {
    name = 'ada';
  }
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const foreign: Readonly<Record<string, unknown>> = {
    'a date': { name: new Date(0) },
    undefined: { name: undefined },
    'not a number': { name: 'ada', count: NaN },
    infinity: { name: 'ada', count: Infinity },
    'an object of its own kind': new Own(),
    'a function': { name: () => 'ada' },
    'a set': { name: 'ada', tags: new Set(['a']) },
    'names that are no texts': new Map<unknown, unknown>([[1, 'ada']]),
    'a changed prototype': JSON.parse('{"__proto__":{"isAdmin":true},"name":"ada"}') as unknown,
    'itself within itself': { name: 'ada', tags: cyclic },
    'too many values': { name: 'ada', tags: Array.from({ length: 30_000 }, () => 'a') },
  };
  for (const [what, value] of Object.entries(foreign))
    test(`refused: ${what}`, async () => {
      const { send } = await guarded('application/cbor', { type: 'object' }, { 'application/cbor': () => value });
      assert.equal((await send('application/cbor', 'x')).status, 400);
    });
  test('taken: maps, bigints that fit, bytes', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' }, b: { type: 'string', format: 'binary' } } };
    const value = new Map<string, unknown>([
      ['n', 5n],
      ['b', Uint8Array.of(1)],
    ]);
    const { send } = await guarded('application/cbor', schema, { 'application/cbor': () => value });
    const { status, seen } = await send('application/cbor', 'x');
    assert.deepEqual([status, seen], [204, { n: 5, b: Uint8Array.of(1) }]);
  });
  test('a key twice in CBOR, by package', async () => {
    const { send } = await guarded('application/cbor', Note, { 'application/cbor': 'cborg' });
    const twice = Uint8Array.of(
      0xa2,
      0x64,
      ...Buffer.from('name'),
      0x61,
      0x61,
      0x64,
      ...Buffer.from('name'),
      0x61,
      0x62,
    );
    assert.equal((await send('application/cbor', twice)).status, 400);
  });
});

describe('the option', () => {
  const wrong: readonly (readonly [GuardOptions['decoders'], RegExp])[] = [
    [{ cbor: 'cborg' }, /decoders\.cbor names no media type/],
    [{ 'application/json': 'yaml' }, /is read by the guard itself/],
    [{ 'application/cbor': 'no-such-package' }, /no such package/],
    [{ 'application/cbor': 'yaml-that-is-not' }, /no such package/],
    [{ 'application/cbor': './nowhere.js' }, /no such package/],
    [{ 'application/cbor': 'express' }, /exports no function decode/],
    [{ 'application/cbor': '' }, /decoders\.application\/cbor is an empty text/],
  ];
  for (const [decoders, message] of wrong)
    test(String(message), () => assert.rejects(guarded('application/cbor', Note, decoders), message));
});
