// Work on what requests carry grows no faster than it.
import { times, type Measured } from './measured.ts';
import { ask, documentOf, type Sent } from './guarded.ts';

const json = 'application/json';
const boundary = 'b';
const multipart = `multipart/form-data; boundary=${boundary}`;

/** The body of `/a`, by schema; `content` takes more than the schema. */
const body = (schema: object, type = json, more: object = {}): object =>
  documentOf({ requestBody: { required: true, content: { [type]: { schema, ...more } } } });
const items = (schema: object, type: string): object =>
  documentOf({ requestBody: { required: true, content: { [type]: { itemSchema: schema } } } });
const query = (...parameters: object[]): object =>
  documentOf({ parameters: parameters.map((parameter) => ({ in: 'query', ...parameter })) });

const text = (value: unknown): string => JSON.stringify(value);
const named = (n: number, make: (index: number) => unknown = () => 1): object =>
  Object.fromEntries(times(n, (i) => [`k${i}`, make(i)]));
const closed = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
const anything = { type: 'object', additionalProperties: true };

/** A request of any size to a guard whose document may be of any size too. */
function request(
  n: number,
  contract: object | ((n: number) => object),
  sent: (n: number) => Sent,
  expected: number,
  more: Partial<Measured> = {},
): Measured {
  return {
    n,
    prepare: (size) =>
      ask(
        (typeof contract === 'function' ? contract(size) : contract) as Record<string, unknown>,
        sent(size),
        expected,
      ),
    ...more,
  };
}
const send =
  (make: (n: number) => string, type = json) =>
  (n: number): Sent => ({ type, body: make(n) });
const asked =
  (make: (n: number) => string) =>
  (n: number): Sent => ({ path: `/a?${make(n)}` });
const part = (name: string, content: string, more = ''): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;

export const requestCases: Readonly<Record<string, Measured>> = {
  'a list of objects': request(
    1000,
    body({ type: 'array', items: closed }),
    send((n) => text(times(n, (i) => ({ a: `x${i}` })))),
    204,
  ),
  'a list where all is wrong': request(
    1000,
    body({ type: 'array', items: closed }),
    send((n) => text(times(n, (i) => ({ a: i })))),
    400,
  ),
  'undocumented properties': request(
    1000,
    body({ properties: { a: {} } }),
    send((n) => text(named(n))),
    400,
  ),
  'properties of a map': request(
    1000,
    body(anything),
    send((n) => text(named(n))),
    204,
  ),
  'properties by pattern': request(
    1000,
    body({ type: 'object', patternProperties: { '^k[0-9]+$': { type: 'integer' } }, additionalProperties: false }),
    send((n) => text(named(n))),
    204,
  ),
  'duplicate keys': request(
    1000,
    body(anything),
    send((n) => `{${times(n, () => '"a":1').join()}}`),
    400,
  ),
  'one duplicate key at the end': request(
    1000,
    body(anything),
    send((n) => `{${times(n, (i) => `"k${i}":1`).join()},"k0":2}`),
    400,
  ),
  'unevaluated properties': request(
    500,
    (n) =>
      body({
        allOf: times(3, () => ({ properties: named(n, () => ({ type: 'integer' })) })),
        unevaluatedProperties: false,
      }),
    send((n) => text(named(n))),
    204,
  ),
  'unevaluated items': request(
    1000,
    body({ type: 'array', contains: { type: 'string' }, unevaluatedItems: false }),
    send((n) => text(times(n, (i) => `x${i}`))),
    204,
  ),
  'unique numbers': request(
    1000,
    body({ type: 'array', uniqueItems: true }),
    send((n) => text(times(n, (i) => i))),
    204,
  ),
  'unique objects': request(
    1000,
    body({ type: 'array', uniqueItems: true }),
    send((n) => text(times(n, (i) => ({ a: i, b: [i] })))),
    204,
  ),
  'an enum': request(
    1000,
    (n) => body({ type: 'array', items: { enum: times(n, (i) => `v${i}`) } }),
    send((n) => text(times(n, (i) => `v${n - 1 - i}`))),
    204,
  ),
  'an enum of objects': request(
    500,
    (n) => body({ type: 'array', items: { enum: times(n, (i) => ({ a: i })) } }),
    send((n) => text(times(n, (i) => ({ a: n - 1 - i })))),
    204,
  ),
  'a discriminator': request(
    250,
    () => ({
      ...body({
        type: 'array',
        items: {
          oneOf: times(20, (i) => ({ $ref: `#/components/schemas/S${i}` })),
          discriminator: { propertyName: 'kind' },
        },
      }),
      components: {
        schemas: Object.fromEntries(
          times(20, (i) => [
            `S${i}`,
            {
              type: 'object',
              required: ['kind'],
              properties: { kind: { const: `S${i}` } },
              additionalProperties: false,
            },
          ]),
        ),
      },
    }),
    send((n) => text(times(n, (i) => ({ kind: `S${i % 20}` })))),
    204,
  ),
  'required names': request(
    1000,
    (n) => body({ type: 'object', required: times(n, (i) => `k${i}`), additionalProperties: true }),
    send((n) => text(named(n))),
    204,
  ),
  defaults: request(
    500,
    (n) => body({ type: 'object', properties: named(n, (i) => ({ type: 'integer', default: i })) }),
    send(() => '{}'),
    204,
  ),
  nesting: request(
    250,
    body({}),
    send((n) => `${'['.repeat(n)}${']'.repeat(n)}`),
    400,
    { bounded: true },
  ),
  'one long string': request(
    10_000,
    body({ type: 'string', pattern: '^[a-z ]*$', maxLength: 1_000_000 }),
    send((n) => text('ab '.repeat(n))),
    204,
    { bounded: true },
  ),
  escapes: request(
    1000,
    body({ type: 'string' }),
    send((n) => `"${'\\u00e9\\n'.repeat(n)}"`),
    204,
    { bounded: true },
  ),
  'numbers beyond doubles': request(
    1000,
    body({ type: 'array', items: { type: 'number' } }),
    send((n) => `[${times(n, (i) => `${i}.10000000000000000001`).join()}]`),
    400,
    { bounded: true },
  ),
  'not JSON': request(
    1000,
    body({}),
    send((n) => `[${'1,'.repeat(n)}`),
    400,
  ),

  'JSON Lines': request(
    1000,
    items(closed, 'application/jsonl'),
    send((n) => '{"a":"x"}\n'.repeat(n), 'application/jsonl'),
    204,
  ),
  'bad JSON Lines': request(
    1000,
    items(closed, 'application/jsonl'),
    send((n) => '{"a":1}\n'.repeat(n), 'application/jsonl'),
    400,
    { bounded: true },
  ),
  'JSON Lines that are no JSON': request(
    1000,
    items(closed, 'application/jsonl'),
    send((n) => '{]\n'.repeat(n), 'application/jsonl'),
    400,
    { bounded: true },
  ),
  'empty JSON Lines': request(
    1000,
    items(closed, 'application/jsonl'),
    send((n) => '\n'.repeat(n), 'application/jsonl'),
    204,
    { bounded: true },
  ),
  'a JSON text sequence': request(
    1000,
    items(closed, 'application/json-seq'),
    send((n) => '\u001e{"a":"x"}\n'.repeat(n), 'application/json-seq'),
    204,
  ),
  events: request(
    1000,
    items({ type: 'object', properties: { data: { type: 'string' } } }, 'text/event-stream'),
    send((n) => 'data: x\n\n'.repeat(n), 'text/event-stream'),
    204,
  ),
  'an event of many lines': request(
    1000,
    items({ type: 'object', properties: { data: { type: 'string' } } }, 'text/event-stream'),
    send((n) => `${'data: x\n'.repeat(n)}\n`, 'text/event-stream'),
    204,
  ),
  'comments among events': request(
    1000,
    items({ type: 'object', properties: { data: { type: 'string' } } }, 'text/event-stream'),
    send((n) => `${': x\n'.repeat(n)}data: x\n\n`, 'text/event-stream'),
    204,
  ),
  'one line without end': request(
    10_000,
    items({ type: 'string' }, 'application/jsonl'),
    send((n) => text('x'.repeat(n)), 'application/jsonl'),
    204,
    { bounded: true },
  ),

  'a form': request(
    200,
    body(
      { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } },
      'application/x-www-form-urlencoded',
    ),
    send((n) => 'a=%41%42&'.repeat(n).slice(0, -1), 'application/x-www-form-urlencoded'),
    204,
  ),
  'names of a form that nobody documented': request(
    200,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'application/x-www-form-urlencoded'),
    send((n) => times(n, (i) => `k${i}=1`).join('&'), 'application/x-www-form-urlencoded'),
    400,
  ),
  'a form of objects': request(
    200,
    body(
      { type: 'object', properties: { a: { type: 'object', additionalProperties: { type: 'string' } } } },
      'application/x-www-form-urlencoded',
      { encoding: { a: { style: 'deepObject', explode: true } } },
    ),
    send((n) => times(n, (i) => `a[k${i}]=1`).join('&'), 'application/x-www-form-urlencoded'),
    204,
  ),
  parts: request(
    200,
    body({ type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } }, 'multipart/form-data'),
    send((n) => `${part('a', 'x').repeat(n)}--${boundary}--\r\n`, multipart),
    204,
  ),
  'parts that nobody documented': request(
    200,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'multipart/form-data'),
    send((n) => `${times(n, (i) => part(`k${i}`, 'x')).join('')}--${boundary}--\r\n`, multipart),
    400,
  ),
  files: request(
    200,
    body(
      { type: 'object', properties: { a: { type: 'array', items: { type: 'string', format: 'binary' } } } },
      'multipart/form-data',
    ),
    send((n) => `${part('a', 'x', '; filename="a.txt"').repeat(n)}--${boundary}--\r\n`, multipart),
    204,
  ),
  'almost boundaries in a part': request(
    1000,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'multipart/form-data'),
    send((n) => `${part('a', `\r\n--${'\r\n-'.repeat(n)}`)}--${boundary}--\r\n`, multipart),
    204,
  ),
  'parameters of a part': request(
    250,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'multipart/form-data'),
    send((n) => `${part('a', 'x', times(n, (i) => `; p${i}=1`).join(''))}--${boundary}--\r\n`, multipart),
    204,
    { bounded: true },
  ),
  'fields of a part': request(
    250,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'multipart/form-data'),
    send((n) => `--${boundary}\r\n${'X-A: 1\r\n'.repeat(n)}\r\n\r\nx\r\n--${boundary}--\r\n`, multipart),
    400,
    { bounded: true },
  ),
  'a preamble': request(
    1000,
    body({ type: 'object', properties: { a: { type: 'string' } } }, 'multipart/form-data'),
    send((n) => `${'x\r\n'.repeat(n)}${part('a', 'x')}--${boundary}--\r\n`, multipart),
    400,
    { bounded: true },
  ),
  'a JSON Patch': request(
    500,
    body(
      {
        type: 'array',
        items: { type: 'object', properties: { op: { type: 'string' }, path: { type: 'string' }, value: {} } },
      },
      'application/json-patch+json',
    ),
    send((n) => text(times(n, (i) => ({ op: 'add', path: `/k${i}`, value: i }))), 'application/json-patch+json'),
    204,
  ),
  'a JSON Patch with long paths': request(
    500,
    body(
      {
        type: 'array',
        items: { type: 'object', properties: { op: { type: 'string' }, path: { type: 'string' }, value: {} } },
      },
      'application/json-patch+json',
    ),
    send((n) => text([{ op: 'add', path: '/a'.repeat(n), value: 1 }]), 'application/json-patch+json'),
    204,
    { bounded: true },
  ),

  'a query list': request(
    200,
    query({ name: 'a', schema: { type: 'array', items: { type: 'integer' } } }),
    asked((n) => 'a=1&'.repeat(n).slice(0, -1)),
    204,
  ),
  'a query list in one value': request(
    1000,
    query({ name: 'a', explode: false, schema: { type: 'array', items: { type: 'integer' } } }),
    asked((n) => `a=${times(n, () => '1').join()}`),
    204,
  ),
  'query parameters that nobody documented': request(
    200,
    query({ name: 'a', schema: {} }),
    asked((n) => times(n, (i) => `k${i}=1`).join('&')),
    400,
  ),
  'query parameters that are documented': request(
    200,
    (n) => query(...times(n, (i) => ({ name: `k${i}`, schema: { type: 'integer' } }))),
    asked((n) => times(n, (i) => `k${i}=1`).join('&')),
    204,
  ),
  'wrong query parameters': request(
    200,
    (n) => query(...times(n, (i) => ({ name: `k${i}`, schema: { type: 'integer' } }))),
    asked((n) => times(n, (i) => `k${i}=x`).join('&')),
    400,
  ),
  'required query parameters that are missing': request(
    200,
    (n) => query(...times(n, (i) => ({ name: `k${i}`, required: true, schema: { type: 'integer' } }))),
    asked(() => ''),
    400,
  ),
  'brackets of a query': request(
    200,
    query({ name: 'a', style: 'deepObject', explode: true, schema: anything }),
    asked((n) => times(n, (i) => `a[k${i}]=1`).join('&')),
    204,
  ),
  'deep brackets of a query': request(
    250,
    query({ name: 'a', style: 'deepObject', explode: true, schema: anything }),
    asked((n) => `a${'[b]'.repeat(n)}=1`),
    400,
    { bounded: true },
  ),
  'an exploded object of a query': request(
    200,
    query({ name: 'a', schema: { type: 'object', additionalProperties: { type: 'integer' } } }),
    asked((n) => times(n, (i) => `k${i}=1`).join('&')),
    204,
  ),
  'a property of an exploded object many times': request(
    200,
    query({ name: 'a', schema: { type: 'object', properties: { k: { type: 'array', items: { type: 'integer' } } } } }),
    asked((n) => 'k=1&'.repeat(n).slice(0, -1)),
    204,
  ),
  'a list in brackets': request(
    200,
    query({
      name: 'a',
      style: 'deepObject',
      explode: true,
      schema: { type: 'object', properties: { k: { type: 'array', items: { type: 'string' } } } },
    }),
    asked((n) => 'a[k]=1&'.repeat(n).slice(0, -1)),
    204,
  ),
  'a query as one string': request(
    200,
    documentOf({
      parameters: [
        {
          name: 'q',
          in: 'querystring',
          content: { 'application/x-www-form-urlencoded': { schema: { type: 'object', additionalProperties: true } } },
        },
      ],
    }),
    asked((n) => times(n, (i) => `k${i}=1`).join('&')),
    204,
  ),
  'escapes in a query': request(
    250,
    query({ name: 'a', schema: { type: 'string' } }),
    asked((n) => `a=${'%C3%A9'.repeat(n)}`),
    204,
    { bounded: true },
  ),
  'segments of a path': request(200, body({}), (n) => ({ path: `/${'a/'.repeat(n)}` }), 404, { bounded: true }),
  'dots in a path': request(200, body({}), (n) => ({ path: `/${'../'.repeat(n)}a` }), 400, { bounded: true }),
  'escapes in a path': request(200, body({}), (n) => ({ path: `/${'%41'.repeat(n)}` }), 400, { bounded: true }),
  routes: request(
    250,
    (n) => ({
      openapi: '3.1.0',
      info: { title: 'Routes', version: '1' },
      paths: Object.fromEntries(
        times(n, (i) => [
          `/a/{id}/b${i}`,
          {
            post: {
              parameters: [{ name: 'id', in: 'path', required: true, schema: {} }],
              responses: { 204: { description: '' } },
            },
          },
        ]),
      ),
    }),
    (n) => ({ path: `/a/1/b${n - 1}` }),
    204,
    { bounded: true },
  ),
};
