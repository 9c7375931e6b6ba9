// Work on answers, on what policies decide in them and on what is recorded grows no faster than they.
import { times, type Measured } from './measured.ts';
import { ask, documentOf, fileOf, type Sent } from './guarded.ts';
import type { GuardOptions } from '@castellan/guard';

const json = 'application/json';
const text = (value: unknown): string => JSON.stringify(value);
const named = (n: number): object => Object.fromEntries(times(n, (i) => [`k${i}`, 1]));

interface Answer {
  readonly n: number;
  readonly body: (n: number) => string;
  readonly schema?: object;
  readonly type?: string;
  readonly itemSchema?: object;
  readonly status?: number;
  readonly expected?: number;
  readonly options?: Partial<GuardOptions>;
  readonly bounded?: boolean;
}

function answer({
  n,
  body,
  schema,
  itemSchema,
  type = json,
  status = 200,
  expected,
  options,
  bounded = false,
}: Answer): Measured {
  const media = itemSchema === undefined ? { schema: schema ?? {} } : { itemSchema };
  const contract = documentOf({ responses: { [status]: { description: 'It', content: { [type]: media } } } });
  return {
    n,
    bounded,
    prepare: (size) => {
      const content = body(size);
      return ask(contract, {}, expected ?? status, {
        ...options,
        handler: () => new Response(content, { status, headers: { 'content-type': type } }),
      });
    },
  };
}

const closed = { type: 'object', properties: { a: { type: 'string' } } };
const list = { type: 'array', items: closed };

const permit = fileOf('permit (principal, action, resource);', '.cedar');
const owners = fileOf(
  `permit (principal, action, resource is Note) when { resource.owner == "ada" };
forbid (principal, action, resource is Note) when { resource has closed && resource.closed };`,
  '.cedar',
);
const Note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  required: ['id', 'owner'],
  properties: { id: { type: 'string' }, owner: { type: 'string' }, closed: { type: 'boolean' } },
};
const secret = { type: 'string', 'x-castellan': { sensitivity: 'secret' } };
const authentication: GuardOptions['authentication'] = { token: { verify: (subject) => ({ subject }) } };
const secured = {
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas: { Note } },
};
const bearer: NonNullable<Sent['fields']> = [['authorization', 'Bearer ada']];
const notes = (n: number, owner = 'ada'): object[] => times(n, (i) => ({ id: `n${i}`, owner }));

/** Answers of an operation whose objects are decided by policy. */
function decided(
  n: number,
  schema: object,
  body: (n: number) => unknown,
  expected: number,
  more: Partial<GuardOptions> = {},
  extension: object = {},
): Measured {
  const contract = documentOf(
    { 'x-castellan': extension, responses: { 200: { description: 'It', content: { [json]: { schema } } } } },
    secured,
    'get',
  );
  return {
    n,
    prepare: (size) => {
      const content = text(body(size));
      return ask(contract, { method: 'GET', fields: bearer }, expected, {
        authentication,
        policies: owners,
        ...more,
        handler: () => new Response(content, { headers: { 'content-type': json } }),
      });
    },
  };
}
const refs = { type: 'array', items: { $ref: '#/components/schemas/Note' } };

/** Requests that name objects, which policies decide on before the handler. */
function byIds(n: number, options: Partial<GuardOptions>, expected: number): Measured {
  const contract = documentOf(
    {
      'x-castellan': { resource: { type: 'Note', id: 'body.ids' } },
      requestBody: {
        required: true,
        content: {
          [json]: { schema: { type: 'object', properties: { ids: { type: 'array', items: { type: 'string' } } } } },
        },
      },
    },
    secured,
  );
  return {
    n,
    prepare: (size) =>
      ask(contract, { fields: bearer, type: json, body: text({ ids: times(size, (i) => `n${i}`) }) }, expected, {
        authentication,
        policies: owners,
        resources: { Note: (ids) => ids.map((id) => ({ id, owner: 'ada' })) },
        ...options,
      }),
  };
}

export const answerCases: Readonly<Record<string, Measured>> = {
  'a list': answer({ n: 1000, schema: list, body: (n) => text(times(n, () => ({ a: 'x' }))) }),
  'a list with a wrong item': answer({
    n: 1000,
    schema: list,
    body: (n) => text([...times(n, () => ({ a: 'x' })), 1]),
    expected: 500,
  }),
  'undocumented properties of an object': answer({ n: 1000, schema: closed, body: (n) => text(named(n)) }),
  'undocumented properties of a list': answer({ n: 1000, schema: list, body: (n) => text(times(n, () => ({ b: 1 }))) }),
  'undocumented properties under anyOf': answer({
    n: 500,
    schema: { type: 'array', items: { anyOf: [closed, { type: 'object', properties: { b: {} } }] } },
    body: (n) => text(times(n, () => ({ a: 'x', b: 1, c: 1 }))),
  }),
  'an error with a stack': answer({
    n: 1000,
    schema: closed,
    status: 500,
    bounded: true,
    body: (n) => text({ a: '\n    at x'.repeat(n) }),
  }),
  'an error of many dots': answer({
    n: 1000,
    schema: closed,
    status: 400,
    bounded: true,
    body: (n) => text({ a: '.System.A:'.repeat(n) }),
  }),
  'an error of many line ends': answer({
    n: 1000,
    schema: closed,
    status: 400,
    bounded: true,
    body: (n) => text({ a: '\n \t '.repeat(n) }),
  }),
  'an error that nobody documented': answer({
    n: 1000,
    schema: closed,
    status: 422,
    bounded: true,
    body: (n) => `[${'1,'.repeat(n)}`,
  }),
  'JSON with a key twice': answer({
    n: 1000,
    schema: { type: 'object', additionalProperties: true },
    options: { strictResponses: true },
    body: (n) => `{${times(n, (i) => `"k${i}":1`).join()},"k0":2}`,
    expected: 500,
  }),
  lines: answer({ n: 1000, itemSchema: closed, type: 'application/jsonl', body: (n) => '{"a":"x"}\n'.repeat(n) }),
  'lines with undocumented properties': answer({
    n: 1000,
    itemSchema: closed,
    type: 'application/jsonl',
    body: (n) => '{"a":"x","b":1}\n'.repeat(n),
  }),
  events: answer({
    n: 1000,
    itemSchema: { type: 'object', properties: { data: { type: 'string' } } },
    type: 'text/event-stream',
    body: (n) => 'data: x\n\n'.repeat(n),
  }),
  text: answer({
    n: 1000,
    schema: { type: 'string', maxLength: 1_000_000 },
    type: 'text/plain',
    bounded: true,
    body: (n) => 'x\n'.repeat(n),
  }),
  secrets: answer({
    n: 1000,
    schema: { type: 'array', items: { type: 'object', properties: { a: secret } } },
    body: (n) => text(times(n, (i) => ({ a: `s${i}` }))),
  }),

  'a list that is permitted': decided(500, refs, (n) => notes(n), 200),
  'a list that is denied': decided(500, refs, (n) => notes(n, 'bob'), 500, {}),
  'a list with a denied object at its end': decided(500, refs, (n) => [...notes(n), { id: 'x', owner: 'bob' }], 500),
  'a list whose denied objects are removed': decided(500, refs, (n) => notes(n, 'bob'), 200, {}, { denied: 'remove' }),
  'denied objects that are explained': decided(500, refs, (n) => notes(n, 'bob'), 500, { explain: true }),
  'a permitted list in observe': decided(500, refs, (n) => notes(n), 200, { mode: 'observe' }),
  'a denied list in observe': decided(500, refs, (n) => notes(n, 'bob'), 200, { mode: 'observe' }),
  'nested objects': decided(
    500,
    { type: 'array', items: { type: 'object', properties: { note: { $ref: '#/components/schemas/Note' } } } },
    (n) => notes(n).map((note) => ({ note })),
    200,
  ),
  'objects in a map': decided(
    500,
    { type: 'object', additionalProperties: { $ref: '#/components/schemas/Note' } },
    (n) => Object.fromEntries(notes(n).map((note, i) => [`k${i}`, note])),
    200,
  ),
  'ids of a body that are permitted': byIds(250, {}, 204),
  'ids of a body that are denied': byIds(
    500,
    { resources: { Note: (ids) => ids.map((id) => ({ id, owner: 'bob' })) } },
    403,
  ),
  'ids of a body that are unknown': byIds(250, { resources: { Note: (ids) => ids.map(() => undefined) } }, 404),
  'groups of a caller': {
    n: 500,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication: {
          token: { verify: (subject) => ({ subject, groups: times(n, (i) => `g${i}`) }) },
        },
        policies: permit,
      }),
  },
  'groups in groups': {
    n: 500,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication,
        policies: fileOf(`permit (principal in Group::"g${n - 1}", action, resource);`, '.cedar'),
        entities: [
          { uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: 'g0' }] },
          ...times(n, (i) => ({
            uid: { type: 'Group', id: `g${i}` },
            parents: i + 1 < n ? [{ type: 'Group', id: `g${i + 1}` }] : [],
          })),
        ],
      }),
  },
  'a wide directory': {
    n: 500,
    bounded: true,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication,
        policies: permit,
        entities: times(n, (i) => ({ uid: { type: 'User', id: `u${i}` }, parents: [] })),
      }),
  },
  'policies that do not concern the caller': {
    n: 100,
    bounded: true,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication,
        policies: fileOf(
          `permit (principal, action, resource);\n${times(n, (i) => `forbid (principal == User::"u${i}", action, resource);`).join('\n')}`,
          '.cedar',
        ),
      }),
  },
  'policies that concern the caller': {
    n: 100,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication,
        policies: fileOf(
          `permit (principal, action, resource);\n${times(n, (i) => `forbid (principal, action, resource) when { principal == User::"u${i}" };`).join('\n')}`,
          '.cedar',
        ),
      }),
  },
  'ids in a policy': {
    n: 200,
    bounded: true,
    prepare: (n) =>
      ask(documentOf({ responses: { 204: { description: '' } } }, secured), { fields: bearer }, 204, {
        authentication,
        policies: fileOf(
          `permit (principal, action, resource) when { [${[...times(n, (i) => `User::"u${i}"`), 'User::"ada"'].join()}].contains(principal) };`,
          '.cedar',
        ),
      }),
  },
};
