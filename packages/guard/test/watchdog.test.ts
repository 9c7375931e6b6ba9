// Hostile contracts and hostile requests never hold the event loop for more than 50 ms of processor time.
// promise: nothing-stalls
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { listen } from './adapters/servers.ts';
import { send } from './client.ts';
import { longestTurn } from './longest-turn.ts';

/** Milliseconds. */
const LIMIT = 50;

interface Hostile {
  /** The schema of the request body; where missing, anything is taken. */
  readonly schema?: object;
  readonly schemas?: Readonly<Record<string, object>>;
  readonly parameters?: readonly object[];
  readonly type?: string;
  readonly body?: () => string | Uint8Array;
  readonly query?: () => string;
  readonly headers?: Record<string, string>;
  /** What the guard must answer. */
  readonly status: number;
}

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const text = (value: unknown): string => JSON.stringify(value);
const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

/** Thirty schemas, each of which applies the next one twice: two to the thirtieth applications. */
function fan(apply: (twice: readonly object[]) => object): Record<string, object> {
  const schemas = Object.fromEntries(list(30, (i) => [`S${i}`, apply([ref(`S${i + 1}`), ref(`S${i + 1}`)])]));
  return { ...schemas, S30: { type: 'object', required: ['never'] } };
}

function nested(levels: number, inner: unknown, key = 'c'): unknown {
  let value = inner;
  for (let i = 0; i < levels; i++) value = { [key]: value };
  return value;
}

const tree = { type: 'object', properties: { c: { anyOf: [ref('Tree'), ref('Tree'), ref('Tree')] } } };
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
const boundary = 'b';
const multipart = `multipart/form-data; boundary=${boundary}`;

const cases: Readonly<Record<string, Hostile>> = {
  'allOf fan-out': { schema: ref('S0'), schemas: fan((allOf) => ({ allOf })), body: () => '{}', status: 400 },
  'anyOf fan-out': { schema: ref('S0'), schemas: fan((anyOf) => ({ anyOf })), body: () => '{}', status: 400 },
  'oneOf fan-out': { schema: ref('S0'), schemas: fan((oneOf) => ({ oneOf })), body: () => '{}', status: 400 },
  'if fan-out': {
    schema: ref('S0'),
    schemas: fan(([first, second]) => ({ if: first, else: second })),
    body: () => '{}',
    status: 400,
  },
  'property fan-out': {
    schema: ref('S0'),
    schemas: fan(([first, second]) => ({ allOf: [{ properties: { c: first } }, { properties: { c: second } }] })),
    body: () => text(nested(31, {})),
    status: 400,
  },
  'unevaluatedProperties at every level': {
    schema: ref('S0'),
    schemas: fan((anyOf) => ({ anyOf, unevaluatedProperties: false })),
    body: () => '{"a":1}',
    status: 400,
  },
  'a recursive anyOf, sixty levels deep': {
    schema: ref('Tree'),
    schemas: { Tree: { ...tree, additionalProperties: false } },
    body: () => text(nested(60, { wrong: 1 })),
    status: 400,
  },
  'nesting as deep as it goes': { body: () => '['.repeat(500_000), status: 400 },
  'a long chain of allOf': {
    schema: ref('S0'),
    schemas: {
      ...Object.fromEntries(list(300, (i) => [`S${i}`, { allOf: [ref(`S${i + 1}`)] }])),
      S300: { type: 'string' },
    },
    body: () => text('x'),
    status: 204,
  },
  'a huge enum': { schema: { enum: list(20_000, (i) => `v${i}`) }, body: () => text('x'), status: 400 },
  'an enum of objects, for every item': {
    schema: { type: 'array', items: { enum: list(2000, (i) => ({ a: i, b: [i] })) } },
    body: () => text(list(6_000, () => ({ a: 1999, b: [1998] }))),
    status: 400,
  },
  'unique objects': {
    schema: { type: 'array', uniqueItems: true, items: { type: 'object', additionalProperties: true } },
    body: () => text(list(8_000, (i) => ({ a: i, b: `x${i}` }))),
    status: 204,
  },
  'unique arrays in unique arrays': {
    schema: ref('Unique'),
    schemas: { Unique: { type: 'array', uniqueItems: true, items: { anyOf: [ref('Unique'), { type: 'integer' }] } } },
    body: () =>
      text(
        list(60, () => 0).reduce<unknown>(
          (inner) => [inner, 1],
          list(20_000, (i) => i),
        ),
      ),
    status: 400,
  },
  'two hundred patterns for twenty thousand properties': {
    schema: {
      type: 'object',
      patternProperties: Object.fromEntries(list(200, (i) => [`^k${i}[a-z]*$`, { type: 'string' }])),
    },
    body: () => text(Object.fromEntries(list(20_000, (i) => [`k${i}`, 'a']))),
    status: 400,
  },
  'an exponential pattern': {
    schema: { type: 'string', pattern: '^(a+)+$' },
    body: () => text(`${'a'.repeat(50_000)}!`),
    status: 400,
  },
  'a cubic pattern': {
    schema: { type: 'string', pattern: 'a*a*a*b' },
    body: () => text('a'.repeat(500_000)),
    status: 400,
  },
  'a pattern with nested counts': {
    schema: { type: 'string', pattern: '^(a{1,500}){1,500}$' },
    body: () => text('a'.repeat(500_000)),
    status: 400,
  },
  'a pattern with a backreference': {
    schema: { type: 'string', pattern: '^(.*)*\\1$' },
    body: () => text('a'.repeat(100_000)),
    status: 400,
  },
  'as many distinct keys as are taken': {
    body: () => text(list(12_000, (i) => ({ [`key${i}`]: i }))),
    status: 204,
  },
  'one object with as many keys as are taken': {
    body: () => text(Object.fromEntries(list(24_000, (i) => [`k${i}`, 1]))),
    status: 204,
  },
  // 2^32 apart where a hash is FNV-like: none of them may meet in a table of ours.
  'keys that hash alike': {
    schema: { type: 'array', uniqueItems: true },
    body: () => text(list(12_000, (i) => [`${String.fromCharCode(97 + (i % 26))}${i * 65_536}`])),
    status: 204,
  },
  'keys that are escaped': { body: () => `{${list(24_000, (i) => `"\\u0061${i}":1`).join()}}`, status: 204 },
  'a number of half a million digits': { body: () => '1'.repeat(500_000), status: 400 },
  'numbers that no number can keep': {
    body: () => `[${list(24_000, (i) => `0.${'1'.repeat(15)}${i}`).join()}]`,
    status: 400,
  },
  'exact multiples of a tiny number': {
    schema: { type: 'array', items: { type: 'number', multipleOf: 1e-300 } },
    body: () => `[${list(24_000, () => '1e300').join()}]`,
    status: 400,
  },
  'a gzip bomb': { body: () => bomb, headers: { 'content-encoding': 'gzip' }, status: 413 },
  'parts without end': {
    type: multipart,
    schema: { type: 'object', properties: { a: { type: 'string' } } },
    body: () => `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n`.repeat(15_000),
    status: 400,
  },
  'almost boundaries': {
    type: multipart,
    schema: { type: 'object', properties: { a: { type: 'string' } } },
    body: () => `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'\r\n--'.repeat(250_000)}`,
    status: 400,
  },
  'a form of many fields': {
    type: 'application/x-www-form-urlencoded',
    schema: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } },
    body: () => 'a=%41&'.repeat(160_000),
    status: 400,
  },
  'a query of many parameters': {
    parameters: [{ name: 'a', in: 'query', schema: { type: 'array', items: { type: 'integer' } } }],
    query: () => 'a=1&'.repeat(2000),
    status: 400,
  },
  'a query of many brackets': {
    parameters: [{ name: 'a', in: 'query', style: 'deepObject', explode: true, schema: { type: 'object' } }],
    query: () => `a${'[b]'.repeat(2500)}=1`,
    status: 400,
  },
};

const formats =
  'email uri hostname idn-hostname idn-email date-time duration ipv6 uri-template json-pointer iri regex uuid byte decimal uri-reference time relative-json-pointer iri-reference';
const hostileTexts: readonly string[] = [
  'a',
  'a.',
  '(',
  '%41',
  '1',
  ':',
  '@',
  'xn--a.',
  '{a,',
  'ä',
  'P1Y',
  '/~0',
  '[',
  'a@',
  '1:',
].map((part) => part.repeat(Math.floor(500_000 / part.length)));

function documentOf({ schema, schemas = {}, parameters, type = 'application/json' }: Hostile): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Hostile', version: '1' },
    paths: {
      '/a': {
        post: {
          ...(parameters === undefined
            ? { requestBody: { required: true, content: { [type]: { schema: schema ?? {} } } } }
            : { parameters }),
          responses: { 204: { description: 'Done' } },
        },
      },
    },
    components: { schemas },
  };
}

/** Loads the contract, sends the request; gives the longest turn of the loop, and the status. */
async function measure(hostile: Hostile): Promise<readonly [turn: number, status: number]> {
  const document = documentOf(hostile) as Record<string, unknown>;
  const body = hostile.body?.();
  const path = hostile.query === undefined ? '/a' : `/a?${hostile.query()}`;
  let status = 0;
  const turn = await longestTurn(async () => {
    const guard = await createGuard({ contract: document });
    const server = await listen(
      node(guard, (_request, response) => {
        response.statusCode = 204;
        response.end();
      }),
    );
    try {
      const headers = { 'content-type': hostile.type ?? 'application/json', ...hostile.headers };
      ({ status } = await send(server.url, path, { method: 'POST', body, headers: body === undefined ? {} : headers }));
    } finally {
      await server.close();
      await guard.end();
    }
  });
  return [turn, status];
}

/** The better of a few runs: the first ones also pay for loading and compiling this program itself. */
async function settle(hostile: Hostile): Promise<readonly [turn: number, status: number]> {
  let best = await measure(hostile);
  for (let again = 0; again < 9 && best[0] >= LIMIT; again++) {
    const next = await measure(hostile);
    if (next[0] < best[0]) best = next;
  }
  return best;
}

for (const [name, hostile] of Object.entries(cases)) {
  test(name, async () => {
    const [turn, status] = await settle(hostile);
    assert.equal(status, hostile.status);
    assert.ok(turn < LIMIT, `the loop was held for ${turn.toFixed(1)} ms`);
  });
}

for (const format of formats.split(' ')) {
  test(`long texts for the format ${format}`, async () => {
    for (const hostile of hostileTexts) {
      const [turn] = await settle({ schema: { type: 'string', format }, body: () => text(hostile), status: 400 });
      assert.ok(turn < LIMIT, `${hostile.slice(0, 6)}… held the loop for ${turn.toFixed(1)} ms`);
    }
  });
}
