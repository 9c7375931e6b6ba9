// Which operation a request calls, and what is answered where it calls none. In one process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Answered, type Asked } from './asked.ts';

const done = { responses: { 200: { description: 'Done' } } };
const matrix = { name: 'id', in: 'path', required: true, style: 'matrix', schema: { type: 'string' } };
const paths = {
  '/a': { get: done, put: done },
  '/b': { post: done },
  '/head': { head: done, get: done },
  '/options': { options: done },
  '/things/{id}': { get: { ...done, parameters: [{ ...matrix, style: 'simple' }] } },
};
const withMatrix = { ...paths, '/m/{id}': { get: { ...done, parameters: [matrix] } } };

const origin = { origin: 'https://app.example.com' };
const preflight = { ...origin, 'access-control-request-method': 'PUT' };
const cors = { origins: ['https://app.example.com'] };

type Row = readonly [asked: Asked, status: number, refused: string | undefined, handled: boolean];

async function check(rows: readonly Row[], options: Partial<GuardOptions>, of: object = paths): Promise<void> {
  const { ask, end } = await asking(apiOf(of, { security: [] }), () => new Response(null, { status: 200 }), options);
  for (const [asked, status, refused, handled] of rows) {
    const answered = await ask(asked);
    const told = JSON.stringify(asked);
    assert.deepEqual([answered.status, answered.refused, answered.handled], [status, refused, handled], told);
  }
  await end();
}

const notFound = 'route not-found undocumented-path';
const notAllowed = 'route method-not-allowed undocumented-method';
const rows: readonly Row[] = [
  [{}, 200, undefined, true],
  [{ method: 'PUT' }, 200, undefined, true],
  [{ method: 'HEAD' }, 200, undefined, true],
  [{ path: '/head', method: 'HEAD' }, 200, undefined, true],
  [{ path: '/b', method: 'HEAD' }, 405, notAllowed, false],
  [{ path: '/b' }, 405, notAllowed, false],
  [{ path: '/b', method: 'PATCH' }, 405, notAllowed, false],
  [{ path: '/c' }, 404, notFound, false],
  [{ path: '/c', method: 'OPTIONS' }, 404, notFound, false],
  [{ path: '/a', method: 'OPTIONS' }, 204, undefined, false],
  [{ path: '/options', method: 'OPTIONS' }, 200, undefined, true],
  [{ path: '/a/' }, 404, notFound, false],
  [{ path: '//a' }, 400, 'route ambiguous-path empty-segment', false],
  [{ path: '/a/../b' }, 400, 'route ambiguous-path dot-segment', false],
  [{ path: '/things/x;y' }, 400, 'route ambiguous-path path-parameter', false],
  [{ path: '/.well-known/castellan/problems' }, 200, undefined, false],
  [{ path: '/.well-known/castellan/problems', method: 'HEAD' }, 200, undefined, false],
  [{ path: '/.well-known/castellan/problems', method: 'POST' }, 404, notFound, false],
  [{ path: '/.well-known/castellan/problems?x' }, 404, notFound, false],
];

test('each method of each path', () => check(rows, {}));

test('a semicolon is read where a parameter is written with one, and nowhere else', async () => {
  await check(
    [
      [{ path: '/m/;id=x' }, 200, undefined, true],
      [{ path: '/m/;id=x', method: 'POST' }, 405, notAllowed, false],
      [{ path: '/n/;id=x' }, 400, 'route ambiguous-path path-parameter', false],
      [{ path: '/m/;id=x/..' }, 400, 'route ambiguous-path dot-segment', false],
      [{ path: '/a' }, 200, undefined, true],
    ],
    {},
    withMatrix,
  );
});

test('OPTIONS: the guard answers, or the application where the guard has no policy and a browser asks', async () => {
  const asked = { method: 'OPTIONS' };
  const without: readonly Row[] = [
    [asked, 204, undefined, false],
    [{ ...asked, fields: origin }, 204, undefined, false],
    [{ ...asked, fields: { 'access-control-request-method': 'PUT' } }, 204, undefined, false],
    [{ ...asked, fields: preflight }, 200, undefined, true],
    [{ ...asked, fields: { ...preflight, 'content-length': '0' } }, 200, undefined, true],
    [{ ...asked, fields: { ...preflight, 'content-length': '1' } }, 204, undefined, false],
    [{ ...asked, fields: { ...preflight, 'transfer-encoding': 'chunked' } }, 204, undefined, false],
  ];
  await check(without, {});
  await check([[{ ...asked, fields: preflight }, 204, undefined, false]], { cors });
  await check(
    without.map(([sent]) => [sent, 200, undefined, true]),
    { mode: 'observe' },
  );
});

test('what the guard answers to OPTIONS', async () => {
  const of = async (options: Partial<GuardOptions>, fields = {}, path = '/a'): Promise<Answered> => {
    const { ask, end } = await asking(apiOf(paths, { security: [] }), undefined, options);
    const answered = await ask({ path, method: 'OPTIONS', fields });
    await end();
    return answered;
  };
  assert.deepEqual(
    (await of({})).headers.get('allow')?.split(', ').sort(),
    ['GET', 'HEAD', 'OPTIONS', 'PUT'],
    'HEAD comes with GET',
  );
  assert.deepEqual((await of({}, {}, '/b')).headers.get('allow')?.split(', ').sort(), ['OPTIONS', 'POST']);
  for (const [fields, origins, methods] of [
    [{}, null, null],
    [origin, null, null],
    [{ 'access-control-request-method': 'PUT' }, null, null],
    [preflight, origin.origin, 'GET, PUT, HEAD, OPTIONS'],
    [{ ...preflight, origin: 'https://evil.example.com' }, null, null],
  ] as const) {
    const { headers } = await of({ cors }, fields);
    assert.deepEqual(
      [headers.get('access-control-allow-origin'), headers.get('access-control-allow-methods'), headers.get('vary')],
      [origins, methods, 'Origin'],
      JSON.stringify(fields),
    );
  }
});

test('what the application answers to a preflight leaves without its body, however long', async () => {
  for (const body of ['secret', 'x'.repeat(20_000)]) {
    const { ask, end } = await asking(
      apiOf(paths, { security: [] }),
      () => new Response(body, { headers: { 'access-control-allow-origin': '*' } }),
      { limits: { maxResponse: '10KB' } },
    );
    const { status, body: left, headers } = await ask({ method: 'OPTIONS', fields: preflight });
    assert.deepEqual([status, left, headers.get('access-control-allow-origin')], [200, '', '*']);
    await end();
  }
});

test('only what is watched is handed on where nothing is documented', () =>
  check(
    [
      [{ path: '/c' }, 200, undefined, true],
      [{ path: '/b' }, 200, undefined, true],
      [{ path: '/.well-known/castellan/problems' }, 200, undefined, true],
    ],
    { mode: 'observe' },
  ));

test('the method that is not allowed is told which are', async () => {
  const { ask, end } = await asking(apiOf(paths, { security: [] }));
  const { headers } = await ask({ path: '/b' });
  assert.equal(headers.get('allow'), 'POST, OPTIONS');
  await end();
});

test('an operation that has ended names what came after it', async () => {
  const lifecycle = { state: 'retired' };
  const { ask, end } = await asking(
    apiOf(
      {
        '/a': { get: { ...done, deprecated: true, 'x-castellan': { lifecycle } } },
        '/b': {
          get: { ...done, deprecated: true, 'x-castellan': { lifecycle: { ...lifecycle, successor: '/v2/b' } } },
        },
      },
      { security: [] },
    ),
  );
  for (const [path, detail] of [
    ['/a', undefined],
    ['/b', 'Use /v2/b instead.'],
  ] as const) {
    const { status, refused, body } = await ask({ path });
    assert.deepEqual([status, refused], [410, 'route retired retired']);
    assert.equal((JSON.parse(body) as { detail?: string }).detail, detail);
  }
  await end();
});
