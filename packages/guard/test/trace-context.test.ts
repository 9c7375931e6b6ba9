// Request ids and trace context: those of trusted proxies are gone on with, in answer and event; nobody else can write either.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const proxy = '10.0.0.7';
const trusted = ['10.0.0.0/24'];
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const good = `00-${traceId}-${parentId}-01`;

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly event: GuardEvent;
  readonly handled: { readonly requestId: string } | undefined;
}

async function asked(
  from: string,
  fields: readonly (readonly [string, string])[],
  options: Partial<GuardOptions> = { trustedProxies: trusted },
  path = '/a',
): Promise<Got> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Api', version: '1' },
      security: [],
      paths: { '/a': { get: { operationId: 'a', responses: { 204: { description: 'x' } } } } },
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  let handled: { readonly requestId: string } | undefined;
  const handle = fetchGuard(guard, (_request, { requestId }) => {
    handled = { requestId };
    return new Response(null, { status: 204 });
  });
  const response = await handle(new Request(`http://api.example.com${path}`), {
    remoteAddress: from,
    target: path,
    rawHeaders: ['host', 'api.example.com', ...fields.flat()],
  });
  const text = await response.text();
  await guard.end();
  const [event] = events;
  assert.ok(event !== undefined);
  return { status: response.status, headers: response.headers, text, event, handled };
}

const traceOf = (got: Got) => got.event.unmapped.castellan.trace;

describe('of a trusted proxy', () => {
  for (const name of ['x-request-id', 'X-Request-Id', 'X-REQUEST-ID'])
    for (const id of [
      'req-12345678',
      '6f1c2e1a-7c1d-4d2b-9a53-0d5f4a1b2c3d',
      'Root=1-67891233-abcdef012345678912345678',
    ])
      test(`${name}: ${id}`, async () => {
        const let_ = await asked(proxy, [[name, id]]);
        assert.deepEqual(
          [let_.headers.get('x-request-id'), let_.event.metadata.uid, let_.handled?.requestId],
          [id, id, id],
        );
        const refused = await asked(proxy, [[name, id]], undefined, '/nothing');
        assert.equal(refused.headers.get('x-request-id'), id);
        assert.equal((JSON.parse(refused.text) as { requestId: string }).requestId, id);
      });
  for (const id of [
    'short',
    'a'.repeat(129),
    'with space-12345',
    'a,b,c,d,e,f',
    '"quoted-12345"',
    '<script>-12345',
    '-12345678',
    'id\u00e9-1234567',
  ])
    test(`no id: ${id.slice(0, 20)}`, async () => {
      const got = await asked(proxy, [['x-request-id', id]]);
      assert.notEqual(got.event.metadata.uid, id);
      assert.match(got.event.metadata.uid, /^[\da-f-]{36}$/);
    });
  test('twice is none', async () => {
    const twice = await asked(proxy, [
      ['x-request-id', 'req-12345678'],
      ['X-Request-ID', 'req-87654321'],
    ]);
    assert.match(twice.event.metadata.uid, /^[\da-f-]{36}$/);
    assert.equal(
      traceOf(
        await asked(proxy, [
          ['traceparent', good],
          ['Traceparent', good],
        ]),
      ),
      undefined,
    );
  });

  for (const [parent, flags] of [
    [good, 1],
    [`00-${traceId}-${parentId}-00`, 0],
    [`00-${traceId}-${parentId}-ff`, 255],
    [`01-${traceId}-${parentId}-01`, 1],
    [`cc-${traceId}-${parentId}-01-what-comes-later`, 1],
  ] as const)
    test(`traceparent ${parent}`, async () => {
      const got = await asked(proxy, [['traceparent', parent]]);
      const trace = traceOf(got);
      assert.ok(trace !== undefined);
      assert.deepEqual([trace.traceId, trace.parentId, trace.flags], [traceId, parentId, flags]);
      assert.match(trace.spanId, /^[\da-f]{16}$/);
      assert.notEqual(trace.spanId, parentId);
      const said = `00-${traceId}-${trace.spanId}-${flags.toString(16).padStart(2, '0')}`;
      assert.equal(got.headers.get('traceresponse'), said);
    });
  test('each request is a span of its own', async () => {
    const [one, other] = [await asked(proxy, [['traceparent', good]]), await asked(proxy, [['traceparent', good]])];
    assert.notEqual(traceOf(one)?.spanId, traceOf(other)?.spanId);
  });
  for (const parent of [
    `00-${traceId}-${parentId}`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}x-${parentId}-01`,
    `0-${traceId}-${parentId}-01`,
    `${good}, ${good}`,
    '',
  ])
    test(`no traceparent: ${parent}`, async () => {
      const got = await asked(proxy, [['traceparent', parent]]);
      assert.deepEqual([traceOf(got), got.headers.get('traceresponse')], [undefined, null]);
    });
  test('under observe the answer gets no field of it', async () => {
    const got = await asked(proxy, [['traceparent', good]], { trustedProxies: trusted, mode: 'observe' });
    assert.equal(traceOf(got)?.traceId, traceId);
    assert.equal(got.headers.get('traceresponse'), null);
  });
});

describe('of anybody else', () => {
  for (const [from, options] of [
    ['192.0.2.1', { trustedProxies: trusted }],
    ['10.0.1.7', { trustedProxies: trusted }],
    [proxy, {}],
    ['', { trustedProxies: trusted }],
  ] as const)
    test(`${from || 'nobody'}, ${JSON.stringify(options)}`, async () => {
      const got = await asked(
        from,
        [
          ['x-request-id', 'req-12345678'],
          ['traceparent', good],
          ['x-forwarded-for', proxy],
        ],
        options,
      );
      assert.notEqual(got.headers.get('x-request-id'), 'req-12345678');
      assert.match(got.event.metadata.uid, /^[\da-f-]{36}$/);
      assert.deepEqual([traceOf(got), got.headers.get('traceresponse')], [undefined, null]);
    });
});
