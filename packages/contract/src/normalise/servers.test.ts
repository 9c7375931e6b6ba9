// promise: servers
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyServer } from '../every-server.ts';
import { loadContract } from '../load/load-contract.ts';
import { compileRoutes } from '../route/routes.ts';

const ok = { responses: { '200': { description: 'ok' } } };

function document(paths: object, more: object = {}): object {
  return { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths, ...more };
}

test('every value of a server variable is a base path, whatever part of the url it fills', async () => {
  const basePaths = async (url: string, variables: object): Promise<readonly (readonly string[])[]> =>
    (await loadContract(document({}, { servers: [{ url, variables }] }))).servers.map((server) => server.basePaths);
  const base = { default: 'v1', enum: ['v1', 'v2'] };
  assert.deepEqual(await basePaths('https://api.example/{base}', { base }), [['/v1', '/v2']]);
  assert.deepEqual(await basePaths('/{base}/', { base: { ...base, default: 'v2' } }), [['/v2', '/v1']]);
  assert.deepEqual(await basePaths('/a{base}b/c', { base }), [['/av1b/c', '/av2b/c']]);
  assert.deepEqual(await basePaths('/{base}/{base}', { base }), [['/v1/v1', '/v2/v2']]);
  assert.deepEqual(await basePaths('/{base}', { base: { default: '', enum: ['', 'beta/x'] } }), [['', '/beta/x']]);
  assert.deepEqual(await basePaths('/{base}', { base: { enum: ['v1', 'v2'] } }), [['/v1', '/v2']]);
  assert.deepEqual(await basePaths('/v{n}', { n: { default: 1, enum: [1, 2] } }), [['/v1', '/v2']]);
  assert.deepEqual(
    await basePaths('{all}/x', { all: { default: 'https://a/v1', enum: ['https://a/v1', 'https://b'] } }),
    [['/v1/x', '/x']],
  );
  assert.deepEqual((await basePaths('/{a}/{b}', { a: base, b: { default: 'x', enum: ['x', 'y'] } }))[0]?.toSorted(), [
    '/v1/x',
    '/v1/y',
    '/v2/x',
    '/v2/y',
  ]);
  // Hosts are no paths, however many there are.
  const many = { default: '0', enum: Array.from({ length: 300 }, (_, index) => String(index)) };
  assert.deepEqual(await basePaths('https://{a}.{b}.{c}/v1', { a: many, b: many, c: many }), [['/v1']]);
  await assert.rejects(basePaths('/{a}/{b}', { a: many, b: many }), { code: 'too-many-base-paths' });
  await assert.rejects(basePaths('/{a}/{b}', { a: many, b: { default: '0', enum: ['0', '1', '2', '3'] } }), {
    code: 'too-many-base-paths',
  });
});

test('a server variable without a value is told, and its name is no path', async () => {
  const contract = await loadContract(document({ '/a': { get: ok } }, { servers: [{ url: 'https://x/{base}/y' }] }));
  assert.deepEqual(contract.servers[0]?.basePaths, ['/{base}/y']);
  assert.equal(
    contract.warnings.some(({ code }) => code === 'server-variable'),
    true,
  );
  const outside = await loadContract(
    document({}, { servers: [{ url: '/{v}', variables: { v: { default: 'v3', enum: ['v1', 'v2'] } } }] }),
  );
  assert.deepEqual(outside.servers[0]?.basePaths, ['/v3', '/v1', '/v2']);
  assert.deepEqual(
    outside.warnings.map(({ code, location }) => `${code} ${location.pointer}`).filter((text) => /server/.test(text)),
    ['server-variable /servers/0/variables/v'],
  );
});

test('servers of an operation stand in the place of those of its path item, and those in the place of the document', async () => {
  const servers = (url: string): object => ({ servers: [{ url }] });
  const contract = await loadContract(
    document(
      {
        '/a': {
          ...servers('/path'),
          get: ok,
          put: { ...ok, ...servers('https://x/own') },
          post: { ...ok, servers: [] },
        },
        '/b': { get: ok },
        '/c': { $ref: '#/components/pathItems/C' },
        '/d': { ...servers('/near'), $ref: '#/components/pathItems/C' },
      },
      { ...servers('/v1'), components: { pathItems: { C: { ...servers('/far'), get: ok } } } },
    ),
  );
  const routes = compileRoutes(contract);
  const reaches = (method: string, path: string): boolean => {
    const found = routes.match(method, path);
    return found !== undefined && 'operation' in found;
  };
  for (const [method, path] of [
    ['GET', '/path/a'],
    ['PUT', '/own/a'],
    ['POST', '/path/a'],
    ['GET', '/v1/b'],
    ['GET', '/far/c'],
    ['GET', '/near/d'],
  ] as const)
    for (const base of ['', '/v1', '/path', '/own', '/far', '/near']) {
      const tried = base + path.slice(path.lastIndexOf('/'));
      assert.equal(reaches(method, tried), tried === path, `${method} ${tried}`);
    }
  assert.deepEqual(
    everyServer(contract).map(({ url }) => url),
    ['/v1', '/path', 'https://x/own', '/far', '/near'],
  );
});

test('operations that meet under base paths of several servers are told, and refused where their security differs', async () => {
  const meeting = (security: object): object =>
    document(
      { '/v1/a': { get: ok }, '/{x}': { servers: [{ url: '/v1' }], get: { ...ok, ...security } }, '/a': { get: ok } },
      {
        servers: [{ url: '/' }, { url: '/v1' }],
        components: { securitySchemes: { b: { type: 'http', scheme: 'bearer' } } },
      },
    );
  assert.deepEqual(
    (await loadContract(meeting({}))).warnings
      .filter(({ code }) => code === 'ambiguous-paths')
      .map(({ location }) => location.pointer),
    ['/paths/~1a/get'],
  );
  const clash = document(
    { '/v1/a': { get: ok }, '/a': { servers: [{ url: '/v1' }], get: { ...ok, security: [{ b: [] }] } } },
    { components: { securitySchemes: { b: { type: 'http', scheme: 'bearer' } } } },
  );
  await assert.rejects(loadContract(clash), { code: 'ambiguous-operations' });
});
