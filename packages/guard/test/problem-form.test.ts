// The form of refusals: as the document says, as a template, as a function, under other statuses, and through error handlers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema, loadContract } from '@castellan/contract';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

type Schema = Readonly<Record<string, unknown>>;
const json = 'application/json';
const text = { type: 'string' };
const strict = (properties: Schema, required = Object.keys(properties)): Schema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** Error schemas as APIs have them. */
const errorSchemas: Readonly<Record<string, Schema>> = {
  'message and code': strict({ code: { type: 'integer' }, message: text }),
  'in a wrapper': strict({ error: strict({ code: text, message: { type: 'string', maxLength: 20 } }) }),
  'list of errors': strict({
    errors: { type: 'array', minItems: 1, items: strict({ field: text, message: text }, ['message']) },
  }),
  FastAPI: strict({
    detail: {
      type: 'array',
      items: strict({ loc: { type: 'array', items: { anyOf: [text, { type: 'integer' }] } }, msg: text, type: text }),
    },
  }),
  'codes of its own': strict({
    code: { enum: ['OK', 'NOT_FOUND', 'VALIDATION_ERROR', 'UNAUTHORIZED', 'UNKNOWN'] },
    message: text,
  }),
  'JSON:API': strict({
    errors: {
      type: 'array',
      items: strict({ status: text, title: text, detail: text, source: strict({ pointer: text }) }, [
        'status',
        'title',
      ]),
    },
  }),
  'a time and a path': strict({
    timestamp: { type: 'string', format: 'date-time' },
    status: { type: 'integer' },
    error: text,
    path: text,
  }),
  'problem details by hand': strict({
    type: { type: 'string', format: 'uri-reference' },
    title: text,
    status: { type: 'integer' },
  }),
  'success: false': strict({ success: { const: false }, error: text }),
  'map of fields': strict(
    { message: text, errors: { type: 'object', additionalProperties: { type: 'array', items: text } } },
    ['message'],
  ),
  'parts of a whole': {
    allOf: [
      { type: 'object', required: ['message'], properties: { message: text } },
      { type: 'object', properties: { requestId: { type: 'string', format: 'uuid' } } },
    ],
  },
  'one of two': { oneOf: [strict({ message: text }), strict({ oops: { type: 'integer' } })] },
  referred: { $ref: '#/components/schemas/Error' },
};

const document = (schema: Schema | undefined, type = json, status = 'default'): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': {
      post: {
        operationId: 'createNote',
        security: [{ key: [] }, {}],
        requestBody: {
          required: true,
          content: { [json]: { schema: strict({ text: { type: 'string', maxLength: 3 } }) } },
        },
        responses: {
          204: { description: 'ok' },
          [status]: { description: 'no', ...(schema === undefined ? {} : { content: { [type]: { schema } } }) },
        },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'basic' } },
    schemas: { Error: strict({ reason: text, status: { type: 'integer' } }) },
  },
});

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly event: GuardEvent | undefined;
}

async function ask(
  options: GuardOptions,
  init: RequestInit & { readonly path?: string } = {},
  handler = (): Response => new Response(null, { status: 204 }),
): Promise<Answered> {
  let event: GuardEvent | undefined;
  const guard = await createGuard({
    authentication: { key: { users: [{ name: 'ada', password: 'correct horse battery' }] } },
    ...options,
    onEvent: (given) => (event = given),
  });
  const { path = '/notes', ...rest } = init;
  const response = await fetchGuard(
    guard,
    handler,
  )(
    new Request(`http://x${path}`, {
      method: 'POST',
      headers: { 'content-type': json, ...(rest.headers as Record<string, string>) },
      body: '{"text":"abcd","more":1}',
      ...rest,
    }),
  );
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  await guard.end();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body,
    event,
  };
}

describe('the media type of a problem', () => {
  for (const [type, expected] of [
    [json, json],
    ['application/vnd.example.error+json', 'application/vnd.example.error+json'],
    ['application/problem+json', 'application/problem+json'],
    ['application/*', 'application/problem+json'],
    ['text/html', 'application/problem+json'],
  ] as const)
    for (const path of ['/notes', '/nothing'])
      for (const status of ['default', '4XX', '409'])
        test(`${type} for ${status}, ${path}`, async () => {
          const { type: sent, body } = await ask({ contract: document({}, type, status) }, { path });
          assert.equal(sent, expected);
          assert.equal(
            body['title'],
            path === '/notes' ? 'The request does not match the contract' : 'There is nothing here',
          );
        });
});

describe('documented', () => {
  const requests = {
    400: {},
    401: { headers: { authorization: 'Basic YWRhOndyb25n' } },
    404: { path: '/nothing' },
    405: { method: 'DELETE', body: null },
    415: { headers: { 'content-type': 'text/plain' } },
  } as const;
  for (const [name, schema] of Object.entries(errorSchemas))
    for (const [status, init] of Object.entries(requests))
      test(`${name}, ${status}`, async () => {
        const contract = await loadContract(document(schema));
        const [response] = contract.operations[0]?.responses.filter((one) => one.status === 'default') ?? [];
        const documented = response?.content[0]?.schema;
        assert.ok(documented);
        const answer = await ask({ contract, problems: { form: 'documented' } }, init);
        assert.deepEqual([answer.status, answer.type], [Number(status), json]);
        const issues = compileSchema(contract, documented, { direction: 'response' }).explain(answer.body);
        assert.deepEqual(issues, [], JSON.stringify(answer.body));
        assert.notEqual(answer.headers.get('x-request-id'), null);
        if (status === '401') assert.notEqual(answer.headers.get('www-authenticate'), null);
        if (status === '405') assert.match(answer.headers.get('allow') ?? '', /POST/);
        // It says what is wrong, and not only that something is.
        if (status === '400' && /list|FastAPI|map/.test(name)) assert.match(JSON.stringify(answer.body), /more/);
      });

  test("codes of the API's own are chosen by what they mean", async () => {
    const options = { contract: document(errorSchemas['codes of its own']), problems: { form: 'documented' } } as const;
    for (const [init, code] of [
      [requests[400], 'VALIDATION_ERROR'],
      [requests[404], 'NOT_FOUND'],
      [requests[401], 'UNAUTHORIZED'],
      [requests[415], 'UNKNOWN'],
    ] as const)
      assert.equal((await ask(options, init)).body['code'], code);
  });

  for (const [name, schema] of Object.entries({
    'no schema': undefined,
    'what nothing fits into': strict({ mark: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' } }),
    'a text': text,
  }))
    test(`${name}: problem details`, async () => {
      const { body } = await ask({ contract: document(schema), problems: { form: 'documented' } });
      assert.match(String(body['type']), /#invalid-request$/);
    });
});

describe('a list of what is wrong', () => {
  // As APIs call it, beside what they call the message; each with what else stands in an item.
  const listNames = ['errors', 'fields', 'violations', 'issues', 'invalidParams'];
  const messageNames = ['message', 'text', 'reason', 'detail'];
  const wrappers = [undefined, 'error', 'fault'];
  for (const [index, listName] of listNames.entries())
    for (const isNeeded of [true, false]) {
      const messageName = messageNames[index % messageNames.length] ?? '';
      const wrapper = wrappers[index % wrappers.length];
      test(`${wrapper ?? 'body'}.${listName} beside ${messageName}, ${isNeeded ? 'required' : 'optional'}`, async () => {
        const item = strict({ path: text, text }, ['text']);
        const inner = strict({ code: text, [messageName]: text, [listName]: { type: 'array', items: item } }, [
          'code',
          messageName,
          ...(isNeeded ? [listName] : []),
        ]);
        const schema = wrapper === undefined ? inner : strict({ [wrapper]: inner });
        const options: GuardOptions = { contract: document(schema), problems: { form: 'documented' } };
        const told = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
          const { body, type } = await ask(options, { path });
          assert.equal(type, json);
          return wrapper === undefined ? body : (body[wrapper] as Readonly<Record<string, unknown>>);
        };
        const invalid = await told('/notes');
        assert.equal((invalid[listName] as readonly unknown[]).length, 2, 'each thing that is wrong');
        // Nothing of a field is wrong where there is no such path: a client would show it beside a field.
        const absent = await told('/nothing');
        assert.equal(absent[messageName], 'There is nothing here');
        assert.equal(absent[listName] !== undefined, isNeeded, JSON.stringify(absent));
      });
    }
});

describe('templates', () => {
  test('places are filled by their kind', async () => {
    const template = {
      ok: false,
      error: { code: '{type}', text: '{status}: {title} ({requestId})', status: '{status}', at: '{errors}' },
    };
    const { body, headers, type } = await ask({
      contract: document({}),
      problems: { template, contentType: 'application/vnd.e+json' },
    });
    assert.equal(type, 'application/vnd.e+json');
    const error = body['error'] as Record<string, unknown>;
    assert.deepEqual(Object.keys(body), ['ok', 'error']);
    assert.deepEqual([error['code'], error['status']], ['invalid-request', 400]);
    assert.equal(error['text'], `400: The request does not match the contract (${headers.get('x-request-id')})`);
    assert.equal((error['at'] as unknown[]).length, 2);
  });

  test('what no problem has is told at the start', async () => {
    for (const [problems, said] of [
      [{ template: { error: '{titel}' } }, /\{titel\}.*did you mean \{title\}/],
      [{ statuses: { 'invalid-requst': 422 } }, /did you mean invalid-request/],
      [{ statuses: { 400: 200 } }, /from 400 to 599/],
      [{ statuses: { 200: 400 } }, /no problem type and no status/],
      [{ form: 'documented', contentType: json }, /has its own/],
      [{ form: 'documented', template: {} }, /cannot be combined with form/],
      [{ form: 'documentd' }, /did you mean documented/],
      [{ template: {}, contentType: 'text/html' }, /no media type of JSON/],
    ] as const)
      await assert.rejects(createGuard({ contract: document({}), problems: problems as never }), said);
  });
});

describe('statuses', () => {
  for (const form of ['problem', 'documented'] as const)
    test(`${form}: by type before by status`, async () => {
      const options = (statuses: Record<string, number>): GuardOptions => ({
        contract: document(errorSchemas['a time and a path']),
        problems: { form, statuses },
      });
      const answer = await ask(options({ 400: 422 }));
      assert.deepEqual([answer.status, answer.body['status'], answer.event?.http_response.code], [422, 422, 422]);
      assert.equal((await ask(options({ 400: 422, 'invalid-request': 409 }))).status, 409);
      assert.equal((await ask(options({ 400: 422 }), { path: '/nothing' })).status, 404);
    });
});

describe('a function', () => {
  test('gets the problem and the request, and its answer leaves', async () => {
    const answer = await ask({
      contract: document({}),
      problems: ({ type, errors }, { operationId, method, path, header }) => ({
        status: 422,
        headers: { 'X-Form': 'own', 'content-length': '3' },
        body: { type, errors: errors?.length, operationId, method, path, accepts: header('Content-Type') },
      }),
    });
    assert.deepEqual(answer.body, {
      type: 'invalid-request',
      errors: 2,
      operationId: 'createNote',
      method: 'POST',
      path: '/notes',
      accepts: json,
    });
    assert.deepEqual([answer.status, answer.headers.get('x-form'), answer.type], [422, 'own', json]);
  });

  const broken: Readonly<Record<string, () => unknown>> = {
    throws: () => {
      throw new Error('secret inside');
    },
    waits: () => Promise.resolve({ body: {} }),
    'says success': () => ({ status: 200, body: {} }),
    'says no status': () => ({ status: 4000, body: {} }),
    'has no body': () => ({}),
    'splits a field': () => ({ headers: { x: 'a\r\nset-cookie: b=c' }, body: {} }),
    'names no field': () => ({ headers: { 'a b': 'c' }, body: {} }),
    'holds itself': () => {
      const body: Record<string, unknown> = {};
      body['self'] = body;
      return { body };
    },
  };
  for (const [name, problems] of Object.entries(broken))
    test(`that ${name}: problem details leave, and the event tells`, async () => {
      const { status, body, event, headers } = await ask({ contract: document({}), problems: problems as never });
      assert.equal(status, 400);
      assert.match(String(body['type']), /#invalid-request$/);
      assert.equal(headers.get('set-cookie'), null);
      assert.notEqual(event?.unmapped.castellan.failure, undefined);
      assert.equal(event?.unmapped.castellan.refused?.type, 'invalid-request');
    });

  test('that leaves it: problem details', async () => {
    const { body, event } = await ask({ contract: document({}), problems: () => undefined });
    assert.match(String(body['type']), /#invalid-request$/);
    assert.equal(event?.unmapped.castellan.failure, undefined);
  });

  test('bodies that are replaced have the same form, and keep their status', async () => {
    const stack = (): Response =>
      new Response('Error\n    at x.js:1:1', { status: 500, headers: { 'content-type': 'text/plain' } });
    const good = { body: '{"text":"abc"}' };
    const { status, body } = await ask(
      { contract: document({}), problems: ({ type, title }) => ({ status: 418, body: { type, title } }) },
      good,
      stack,
    );
    assert.deepEqual([status, body], [500, { type: 'about:blank', title: 'Internal Server Error' }]);
    const documented = await ask(
      {
        contract: document(errorSchemas['message and code']),
        problems: { form: 'documented', statuses: { 500: 503 } },
      },
      good,
      stack,
    );
    assert.deepEqual([documented.status, documented.body], [500, { code: 500, message: 'Internal Server Error' }]);
  });
});
