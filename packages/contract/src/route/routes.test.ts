import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aParameter, anOperation } from '../parameters/made-operation.ts';
import { compileRoutes } from './routes.ts';

function routes(
  templates: readonly string[],
  options: { servers?: readonly string[]; basePath?: string; matrix?: string; decodesPath?: boolean } = {},
) {
  const operations = templates.map((template) => {
    const space = template.indexOf(' ');
    const method = template.slice(0, space);
    const path = template.slice(space + 1);
    const parameters =
      options.matrix === undefined ? [] : [aParameter({ name: options.matrix, in: 'path', style: 'matrix' })];
    return anOperation({ method, path, operationId: template, parameters });
  });
  const servers = (options.servers ?? ['']).map((basePath) => ({
    url: `https://api.example${basePath}`,
    basePath,
    basePaths: [basePath],
    location: { document: '', pointer: '' },
  }));
  return compileRoutes({ operations, servers }, options);
}

function found(table: ReturnType<typeof routes>, method: string, path: string): string | undefined {
  const match = table.match(method, path);
  if (match === undefined) return undefined;
  return 'allow' in match
    ? `allow ${match.allow.join(',')}`
    : [match.operation.operationId, ...match.captures].join(' | ');
}

test('concrete paths win over templated ones, whatever the order in the document', () => {
  const table = routes(['GET /users/{id}', 'GET /users/me', 'GET /users/{id}/posts/{post}', 'GET /users/me/posts']);
  assert.equal(found(table, 'GET', '/users/me'), 'GET /users/me');
  assert.equal(found(table, 'GET', '/users/42'), 'GET /users/{id} | 42');
  assert.equal(found(table, 'GET', '/users/me/posts/7'), 'GET /users/{id}/posts/{post} | me | 7');
  assert.equal(found(table, 'GET', '/users/me/posts'), 'GET /users/me/posts');
  assert.equal(found(table, 'GET', '/users'), undefined);
  assert.equal(found(table, 'GET', '/users/42/'), undefined);
});

test('a path with another method says which ones it has', () => {
  const table = routes(['GET /users/{id}', 'DELETE /users/{user}', 'POST /users']);
  assert.equal(found(table, 'PATCH', '/users/42'), 'allow GET,DELETE');
  assert.equal(found(table, 'GET', '/users'), 'allow POST');
  assert.equal(found(table, 'get', '/users/42'), 'allow GET,DELETE');
});

test('templates that collide: the first documented one answers', () => {
  const table = routes(['GET /users/{id}', 'GET /users/{name}', 'PUT /users/{name}']);
  assert.equal(found(table, 'GET', '/users/a'), 'GET /users/{id} | a');
  assert.equal(found(table, 'PUT', '/users/a'), 'PUT /users/{name} | a');
});

test('only the documented form passes: case, trailing slash, empty segment', () => {
  const table = routes(['GET /Orders', 'GET /lists/', 'GET /']);
  assert.equal(found(table, 'GET', '/Orders'), 'GET /Orders');
  assert.equal(found(table, 'GET', '/orders'), undefined);
  assert.equal(found(table, 'GET', '/Orders/'), undefined);
  assert.equal(found(table, 'GET', '/lists/'), 'GET /lists/');
  assert.equal(found(table, 'GET', '/lists'), undefined);
  assert.equal(found(table, 'GET', '/'), 'GET /');
});

test('literals and variables mix inside a segment, the more fixed text first', () => {
  const table = routes([
    'GET /f/{id}',
    'GET /f/{id}.json',
    'GET /c/{base}...{head}',
    'GET /p/{name}:cancel',
    'GET /d/{a}-{b}',
    'GET /v{major}/x',
  ]);
  assert.equal(found(table, 'GET', '/f/7.json'), 'GET /f/{id}.json | 7');
  assert.equal(found(table, 'GET', '/f/7.xml'), 'GET /f/{id} | 7.xml');
  assert.equal(found(table, 'GET', '/f/.json'), 'GET /f/{id} | .json');
  assert.equal(found(table, 'GET', '/c/main...topic'), 'GET /c/{base}...{head} | main | topic');
  assert.equal(found(table, 'GET', '/p/a:b:cancel'), 'GET /p/{name}:cancel | a:b');
  assert.equal(found(table, 'GET', '/d/x-y'), 'GET /d/{a}-{b} | x | y');
  assert.equal(found(table, 'GET', '/v2/x'), 'GET /v{major}/x | 2');
  assert.equal(found(table, 'GET', '/v/x'), undefined);
  for (const path of ['/d/x-', '/d/-y', '/d/-', '/d/xy']) assert.equal(found(table, 'GET', path), undefined, path);
});

test('a segment that splits in more than one way matches nothing', () => {
  const table = routes(['GET /d/{a}-{b}', 'GET /d/{id}', 'GET /e/{a}..{b}']);
  assert.equal(found(table, 'GET', '/d/x-y-z'), undefined);
  assert.equal(found(table, 'GET', '/e/x...y'), undefined);
  assert.equal(found(table, 'GET', '/d/xy'), 'GET /d/{id} | xy');
});

test('captures stay undecoded and in template order', () => {
  const table = routes(['GET /a/{x}/b/{y}']);
  assert.equal(found(table, 'GET', '/a/1%202/b/%C3%A9'), 'GET /a/{x}/b/{y} | 1%202 | %C3%A9');
});

test('a path that a decoding or case-blind router would take elsewhere matches nothing', () => {
  const table = routes(
    [
      'GET /users/{id}',
      'GET /users/a:b',
      'GET /users/me',
      'GET /users/{id}/x',
      'GET /f/{id}',
      'GET /f/{id}.json',
      'GET /g/{a}:{b}',
      'GET /g/{id}',
    ],
    { decodesPath: true },
  );
  assert.equal(found(table, 'GET', '/users/a%3Ab'), undefined);
  assert.equal(found(table, 'GET', '/users/a%3Ac'), 'GET /users/{id} | a%3Ac');
  assert.equal(found(table, 'GET', '/users/ME'), undefined);
  assert.equal(found(table, 'GET', '/users/Me/x'), 'GET /users/{id}/x | Me');
  assert.equal(found(table, 'GET', '/f/a.JSON'), undefined);
  assert.equal(found(table, 'GET', '/g/a%3Ab'), undefined);
  assert.equal(found(table, 'GET', '/g/a%3Ab:c'), undefined);
  assert.equal(found(table, 'GET', '/g/a%20b:c'), 'GET /g/{a}:{b} | a%20b | c');
});

test('an encoded delimiter is part of the value, whatever the delimiter', () => {
  for (const delimiter of [';', ':', '@', '&', '=', '+', '$', ','])
    for (const [left, right] of [
      ['', 'archive'],
      ['', ''],
      ['x', 'y'],
    ]) {
      const fixed = `{id}${left}${delimiter}${right}`;
      const table = routes(['GET /u/{id}', `GET /u/${fixed}`, `GET /u/a${delimiter}b`, `GET /v/{a}${delimiter}{b}`]);
      const encoded = encodeURIComponent(delimiter);
      const value = `1${left}${encoded}${right}`;
      const where = `${delimiter} in ${fixed}`;
      assert.equal(found(table, 'GET', `/u/${value}`), `GET /u/{id} | ${value}`, where);
      assert.equal(found(table, 'GET', `/u/a${encoded}b`), `GET /u/{id} | a${encoded}b`, where);
      assert.equal(found(table, 'GET', `/v/a${encoded}b`), undefined, where);
      if (delimiter === ';') continue;
      assert.equal(found(table, 'GET', `/u/a${delimiter}b`), `GET /u/a${delimiter}b`, where);
      const both = `${value}${left}${delimiter}${right}`;
      assert.equal(found(table, 'GET', `/u/${both}`), `GET /u/${fixed} | ${value}`, where);
      assert.equal(found(table, 'GET', `/v/a${encoded}b${delimiter}c`), `GET /v/{a}${delimiter}{b} | a${encoded}b | c`);
    }
  // What Fastify and Hono decode before they look for it.
  assert.equal(found(routes(['GET /u/{id}', 'GET /u/{id}!x']), 'GET', '/u/1%21x'), undefined);
});

test('literal text outside ASCII is matched as it travels', () => {
  const table = routes(['GET /straße/{id}', 'GET /a b', 'GET /%7euser/c']);
  assert.equal(found(table, 'GET', '/stra%C3%9Fe/1'), 'GET /straße/{id} | 1');
  assert.equal(found(table, 'GET', '/a%20b'), 'GET /a b');
  assert.equal(found(table, 'GET', '/~user/c'), 'GET /%7euser/c');
});

test('base paths: all of the servers, or the one that is given', () => {
  const table = routes(['GET /a/{id}', 'GET /b'], { servers: ['/v1', '/v2', '/v1', ''] });
  for (const base of ['/v1', '/v2', '']) {
    assert.equal(found(table, 'GET', `${base}/a/1`), 'GET /a/{id} | 1');
    assert.equal(found(table, 'GET', `${base}/b`), 'GET /b');
  }
  assert.equal(found(table, 'GET', '/v3/b'), undefined);
  assert.equal(found(routes(['GET /b'], { servers: ['/v1'], basePath: '/api/' }), 'GET', '/api/b'), 'GET /b');
  assert.equal(found(routes(['GET /b'], { servers: ['/v1'], basePath: '' }), 'GET', '/b'), 'GET /b');
  assert.equal(found(routes(['GET /b'], { servers: [] }), 'GET', '/b'), 'GET /b');
});

test('`;` reaches a variable only where it is documented as matrix', () => {
  const matrix = routes(['GET /a/{id}/{other}'], { matrix: 'id' });
  assert.equal(matrix.usesMatrix, true);
  assert.equal(found(matrix, 'GET', '/a/;id=5/x'), 'GET /a/{id}/{other} | ;id=5 | x');
  assert.equal(found(matrix, 'GET', '/a/;id=5/x;y'), undefined);
  const plain = routes(['GET /a/{id}']);
  assert.equal(plain.usesMatrix, false);
  assert.equal(found(plain, 'GET', '/a/5;x'), undefined);
});

test('operations that nobody can reach are named', () => {
  const table = routes(['GET /a?x=1', 'GET /a#y', 'GET /a//b', 'GET /a/../b', 'GET /{a}{b}', 'GET /fine']);
  assert.deepEqual(
    table.unreachable.map(({ path }) => path),
    ['/a?x=1', '/a#y', '/a//b', '/a/../b', '/{a}{b}'],
  );
});

test('names that mean something to JavaScript are plain text', () => {
  const table = routes(['GET /__proto__/{id}', 'GET /constructor']);
  assert.equal(found(table, 'GET', '/__proto__/1'), 'GET /__proto__/{id} | 1');
  assert.equal(found(table, 'GET', '/toString'), undefined);
  assert.equal(found(table, 'constructor', '/constructor'), 'allow GET');
});

test('long and deep paths end at the depth of the tree', () => {
  const table = routes(['GET /a/{b}/{c}', 'GET /a/b/{c}', 'GET /{a}/b/{c}', 'GET /d/{a}-{b}']);
  assert.equal(found(table, 'GET', '/a'.repeat(10_000)), undefined);
  assert.equal(found(table, 'GET', `/a/b/${'c'.repeat(1 << 20)}`)?.length, (1 << 20) + 'GET /a/b/{c} | '.length);
  assert.equal(found(table, 'GET', `/d/${'-'.repeat(1 << 20)}`), undefined);
});

test('agrees with the plain definition on random tables', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', '{x}', '{y}.b', 'a{z}');
  const template = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'c', 'a.b', 'c.b', 'ac'), { minLength: 1, maxLength: 4 })
    .map((segments) => `/${segments.join('/')}`);
  fc.assert(
    fc.property(fc.uniqueArray(template, { maxLength: 12 }), path, (templates, target) => {
      const match = routes(templates.map((text) => `GET ${text}`)).match('GET', target);
      const candidates = templates.filter((text) =>
        new RegExp(`^${text.replaceAll('.', '\\.').replaceAll(/\{.\}/g, '[^/]+')}$`).test(target),
      );
      if (match === undefined) {
        assert.deepEqual(candidates, []);
        return;
      }
      assert.ok('operation' in match);
      assert.ok(candidates.includes(match.operation.path));
      // From the left, no other candidate has a concrete segment where this one has a variable.
      const chosen = match.operation.path.split('/');
      for (const candidate of candidates) {
        const other = candidate.split('/');
        const differs = chosen.findIndex(
          (text, index) => (text.includes('{') ? 1 : 0) !== (other[index]?.includes('{') ? 1 : 0),
        );
        assert.ok(differs === -1 || !chosen[differs]?.includes('{'), `${candidate} before ${match.operation.path}`);
      }
    }),
    { seed: 3, numRuns: 5_000 },
  );
});

test('slashes allowed for some methods of a path: each method finds its own operation, and 405 names the others', () => {
  const methods = ['GET', 'PUT', 'DELETE'];
  fc.assert(
    fc.property(fc.subarray(methods), fc.shuffledSubarray(methods, { minLength: 1 }), (allowing, documented) => {
      const operations = documented.map((method) =>
        anOperation({
          method,
          path: '/files/{name}',
          operationId: method,
          parameters: [
            aParameter({
              name: 'name',
              in: 'path',
              castellan: allowing.includes(method) ? { slashes: 'allow' } : {},
            }),
          ],
        }),
      );
      const table = compileRoutes({ operations, servers: [] });
      const taking = documented.filter((method) => allowing.includes(method));
      for (const method of methods) {
        const known = documented.includes(method);
        assert.match(
          found(table, method, '/files/a') ?? '',
          known ? new RegExp(String.raw`^${method} \| a$`) : /^allow /,
        );
        const deep = found(table, method, '/files/a/b');
        if (taking.includes(method)) assert.equal(deep, `${method} | a/b`);
        else if (taking.length === 0) assert.equal(deep, undefined);
        else assert.deepEqual(deep?.replace('allow ', '').split(',').toSorted(), taking.toSorted());
      }
      // As clients write a slash in a value, before a server that decodes the whole path first.
      const decoding = compileRoutes({ operations, servers: [] }, { decodesPath: true });
      for (const method of documented) {
        const encoded = found(decoding, method, '/files/a%2Fb');
        assert.equal(
          encoded,
          taking.includes(method) ? `${method} | a%2Fb` : undefined,
          `${method} of ${taking.join()}`,
        );
      }
      if (documented.length < methods.length) {
        const other = methods.find((method) => !documented.includes(method)) ?? '';
        const allow = found(table, other, '/files/a')?.replace('allow ', '').split(',');
        assert.deepEqual(allow?.toSorted(), documented.toSorted());
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
