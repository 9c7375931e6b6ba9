// Path values with slashes, where `x-castellan.slashes` says so: the whole rest of the path, and never what another operation takes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { createGuard } from '@castellan/guard';
import { apiOf, asking } from './asked.ts';

const schema = { type: 'string', maxLength: 40, pattern: '^[^%]*$' };
const variable = (name: string, more: object = {}): object => ({ name, in: 'path', required: true, schema, ...more });
const answers = { responses: { 204: { description: 'x' } } };
const operation = (operationId: string, ...parameters: readonly object[]): object => ({
  operationId,
  parameters,
  ...answers,
});
const allow = { 'x-castellan': { slashes: 'allow' } };

async function api(bases: readonly string[] = [''], options: object = {}) {
  let got: unknown;
  const guard = await asking(
    apiOf(
      {
        '/files/{path}': {
          get: operation('file', variable('path', allow)),
          delete: operation('remove', variable('path', allow)),
        },
        '/files/{id}/meta': { get: operation('meta', variable('id')) },
        '/files/search': { get: operation('search') },
        '/trees/{tree}/at/{path}': { get: operation('at', variable('tree'), variable('path', allow)) },
        '/plain/{path}': { get: operation('plain', variable('path')) },
      },
      { security: [], servers: bases.map((url) => ({ url: url || '/' })) },
    ),
    (_request, { operation: found, parameters }) => {
      got = [found?.operationId, { ...parameters.path }];
      return new Response(null, { status: 204 });
    },
    options,
  );
  const ask = async (path: string, method = 'GET'): Promise<unknown> => {
    got = undefined;
    const { status } = await guard.ask({ path, method });
    return status === 204 ? got : status;
  };
  return { ask, end: guard.end };
}

for (const base of ['', '/v1', '/a/b'])
  describe(`under '${base}'`, () => {
    const taken: readonly (readonly [path: string, id: string, values: object, method?: string])[] = [
      ['/files/a', 'file', { path: 'a' }],
      ['/files/a/b.txt', 'file', { path: 'a/b.txt' }],
      ['/files/a/b/c.tar.gz', 'file', { path: 'a/b/c.tar.gz' }],
      ['/files/a%20b/%C3%A4', 'file', { path: 'a b/ä' }],
      ['/files/.hidden/..x', 'file', { path: '.hidden/..x' }],
      ['/files/a/b', 'remove', { path: 'a/b' }, 'DELETE'],
      ['/files/search', 'search', {}],
      ['/files/a/meta', 'meta', { id: 'a' }],
      ['/files/a/b/meta', 'file', { path: 'a/b/meta' }],
      ['/trees/t/at/x/y', 'at', { tree: 't', path: 'x/y' }],
    ];
    for (const [path, id, values, method] of taken)
      test(`${method ?? 'GET'} ${path}`, async () => {
        const { ask, end } = await api([base]);
        assert.deepEqual(await ask(base + path, method), [id, { ...values }]);
        await end();
      });

    const refused: readonly (readonly [path: string, status: number, method?: string])[] = [
      ['/files/', 404],
      ['/files', 404],
      ['/files/a/', 404],
      ['/files//a', 400],
      ['/files/a//b', 400],
      ['/files/a/../b', 400],
      ['/files/a/./b', 400],
      ['/files/a%2Fb', 400],
      ['/files/a/%2e%2e/b', 400],
      ['/files/a\\b', 400],
      ['/files/a;x/b', 400],
      [`/files/${'a/'.repeat(30)}b`, 400],
      ['/files/a/b', 405, 'PUT'],
      ['/files/search', 405, 'DELETE'],
      ['/files/Search', 404],
      ['/files/%53earch', 400],
      ['/plain/a/b', 404],
      ['/trees/t/x/at/y', 404],
    ];
    for (const [path, status, method] of refused)
      test(`refused: ${method ?? 'GET'} ${path.slice(0, 40)}`, async () => {
        const { ask, end } = await api([base]);
        assert.equal(await ask(base + path, method), status);
        await end();
      });
  });

describe('where it stands', () => {
  const wrong: readonly (readonly [what: string, paths: object])[] = [
    ['in the middle', { '/a/{x}/b': { get: operation('a', variable('x', allow)) } }],
    ['beside a literal', { '/a/{x}.json': { get: operation('a', variable('x', allow)) } }],
    ['beside another variable', { '/a/{x}-{y}': { get: operation('a', variable('x'), variable('y', allow)) } }],
    ['in the query', { '/a': { get: operation('a', { name: 'x', in: 'query', schema, ...allow }) } }],
  ];
  for (const [what, paths] of wrong)
    test(`refused at the start: ${what}`, () =>
      assert.rejects(
        loadContract(apiOf(paths)),
        /x-castellan\.slashes stands on [xy], which is not the end of the path .*\/files\/\{path\}/,
      ));
  test('another word is told', () =>
    assert.rejects(
      createGuard({
        contract: apiOf({ '/a/{x}': { get: operation('a', variable('x', { 'x-castellan': { slash: 'allow' } })) } }),
      }),
      /did you mean slashes/,
    ));
});
