import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { diffContracts } from './index.ts';

type Part = Readonly<Record<string, unknown>>;

const text = { type: 'string', maxLength: 50 };
const schema = { type: 'object', additionalProperties: false, properties: { name: text } };
const answered = { description: 'ok', content: { 'application/json': { schema } } };
const issuer = 'https://id.example.com';
const schemes = {
  oidc: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
  oauth: {
    type: 'oauth2',
    flows: {
      clientCredentials: { tokenUrl: `${issuer}/token`, scopes: { r: '', w: '' } },
      authorizationCode: {
        authorizationUrl: `${issuer}/authorize`,
        tokenUrl: `${issuer}/token`,
        refreshUrl: `${issuer}/refresh`,
        scopes: { r: '', w: '' },
      },
    },
  },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
};

const document = (operation: Part, securitySchemes: Part = schemes, security: unknown = [{ oauth: ['r', 'w'] }]) => ({
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  security,
  components: { securitySchemes },
  paths: { '/things': { put: { responses: { 200: answered }, ...operation } } },
});

async function diff(before: object, after: object): Promise<readonly string[]> {
  const changes = diffContracts(await loadContract(before), await loadContract(after));
  return changes.map(({ kind, code, severity }) => `${kind} ${code} ${severity}`);
}

/** Each address of each scheme, with the document in which it is another one. */
function* moved(to: (url: string) => string): Generator<readonly [where: string, document: object]> {
  for (const name of ['oidc', 'oauth'] as const) {
    const count = JSON.stringify(schemes[name]).split(issuer).length - 1;
    for (let at = 0; at < count; at++) {
      let seen = -1;
      const changed = JSON.parse(JSON.stringify(schemes[name]), (_, value: unknown) =>
        typeof value === 'string' && value.startsWith(issuer) && ++seen === at ? to(value) : value,
      ) as Part;
      yield [`${name} ${at}`, document({}, { ...schemes, [name]: changed })];
    }
  }
}

test('diff: who issues credentials is another one, in every address of every scheme', async () => {
  for (const [to, severity] of [
    [(url: string) => url.replace('example.com', 'example.org'), 'high'],
    [(url: string) => url.replace('id.example.com', 'id.example.com:8443'), 'high'],
    [(url: string) => url.replace('id.example.com/', 'id.example.com/realms/other/'), 'medium'],
  ] as const) {
    const cases = [...moved(to)];
    assert.equal(cases.length, 5);
    for (const [where, after] of cases)
      assert.deepEqual(await diff(document({}), after), [`security trust-anchor-changed ${severity}`], where);
  }
  for (const [where, after] of moved((url) => url.replace('https://id', 'https://ID')))
    assert.deepEqual(await diff(document({}), after), [], where);
  for (const [where, after] of moved((url) => url.replace('https:', 'http:')))
    assert.ok((await diff(document({}), after)).includes('security trust-anchor-changed high'), where);
});

test('diff: a security scheme that has another name only is the same, one that is another is not', async () => {
  const { oauth, key, ...others } = schemes;
  const renamed = document({}, { ...others, login: { ...oauth, description: 'How to sign in' }, key }, [
    { login: ['r', 'w'] },
  ]);
  assert.deepEqual(await diff(document({}), renamed), []);
  const both = document({}, { ...others, a: oauth, b: key }, [{ a: ['r', 'w'] }]);
  assert.deepEqual(await diff(document({}), both), []);
  const weaker = document({}, { ...others, login: oauth, key }, [{ login: ['r'] }]);
  assert.deepEqual(await diff(document({}), weaker), ['security scope-dropped high']);
  const another = document({}, { ...others, login: { type: 'apiKey', in: 'query', name: 'k' }, key }, [{ login: [] }]);
  assert.deepEqual(await diff(document({}), another), [
    'security authentication-weakened high',
    'breaking authentication-tightened medium',
  ]);
});

test('diff: an API key of another name breaks clients', async () => {
  const of = (name: string) => document({}, { ...schemes, key: { ...schemes.key, name } });
  assert.deepEqual(await diff(of('X-Key'), of('X-Api-Key')), ['breaking scheme-changed medium']);
  assert.deepEqual(await diff(of('X-Key'), of('X-Key')), []);
});

test('diff: media types of bodies and answers', async () => {
  const taking = (...types: readonly string[]) =>
    document({
      requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) },
    });
  const json = 'application/json';
  for (const [type, severity] of [
    ['application/xml', 'medium'],
    ['application/soap+xml', 'medium'],
    ['multipart/form-data', 'medium'],
    ['application/octet-stream', 'medium'],
    ['*/*', 'medium'],
    ['text/csv', 'low'],
    ['application/merge-patch+json', 'low'],
  ] as const) {
    const more = await diff(taking(json), taking(json, type));
    assert.deepEqual(more, [`security media-type-accepted ${severity}`], type);
    assert.deepEqual(await diff(taking(json, type), taking(json)), ['breaking media-type-refused medium'], type);
    assert.deepEqual(
      await diff(taking(json), taking(type)),
      type === '*/*' ? more : [...more, 'breaking media-type-refused medium'],
      type,
    );
  }
  assert.deepEqual(await diff(taking(json), taking('Application/JSON')), []);
  assert.deepEqual(await diff(taking(json), taking('application/json; charset=utf-8')), []);
  const giving = (type: string) =>
    document({ responses: { 200: { description: '', content: { [type]: { schema } } } } });
  assert.deepEqual(await diff(giving(json), giving('application/xml')), ['breaking media-type-dropped medium']);
});

test('diff: a body that may be left out now is said; one that may not breaks', async () => {
  const of = (required: boolean) =>
    document({ requestBody: { required, content: { 'application/json': { schema } } } });
  assert.deepEqual(await diff(of(true), of(false)), ['compatible no-longer-required info']);
  assert.deepEqual(await diff(of(false), of(true)), ['breaking now-required medium']);
});

test('diff: origins that may read answers', async () => {
  const of = (name: string, header: Part) =>
    document({ responses: { 200: { ...answered, headers: { [name]: header } } } });
  for (const name of ['Access-Control-Allow-Origin', 'access-control-allow-origin'])
    for (const header of [
      { schema: { const: '*' } },
      { schema: { type: 'string', default: '*' } },
      { schema: { type: 'string', enum: ['*'] } },
      { schema: { type: 'string' }, example: '*' },
    ]) {
      assert.deepEqual(await diff(document({}), of(name, header)), ['security origin-allowed high']);
      assert.deepEqual(await diff(of(name, header), of(name, header)), []);
      assert.deepEqual(await diff(of(name, header), document({})), []);
    }
  const one = of('Access-Control-Allow-Origin', { schema: { const: 'https://app.example.com' } });
  assert.deepEqual(await diff(document({}), one), ['security origin-allowed medium']);
  assert.deepEqual(await diff(document({}), of('RateLimit-Remaining', { schema: { type: 'integer' } })), []);
});

test('diff: a property of an answer that may be missing now breaks clients; one that is always there does not', async () => {
  const of = (required: readonly string[]) =>
    document({
      responses: { 200: { description: '', content: { 'application/json': { schema: { ...schema, required } } } } },
    });
  assert.deepEqual(await diff(of(['name']), of([])), ['breaking no-longer-answered-always medium']);
  assert.deepEqual(await diff(of([]), of(['name'])), []);
});
