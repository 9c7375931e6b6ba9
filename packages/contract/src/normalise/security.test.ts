import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';

const schemes = {
  bearer: { type: 'http', scheme: 'Bearer', bearerFormat: 'JWT' },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  oauth: {
    type: 'oauth2',
    flows: {
      authorizationCode: {
        authorizationUrl: 'https://a/',
        tokenUrl: 'https://t/',
        scopes: { read: 'Read', write: '' },
      },
    },
  },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://a/.well-known/openid-configuration' },
  tls: { type: 'mutualTLS' },
  broken: { type: 'apiKey', in: 'header' },
};

function document(
  security: unknown,
  operation: object = {},
  securitySchemes: object = schemes,
  openapi = '3.1.0',
): object {
  return {
    openapi,
    info: { title: 'T', version: '1' },
    ...(security === undefined ? {} : { security }),
    paths: { '/a': { get: { operationId: 'a', responses: { '200': { description: 'ok' } }, ...operation } } },
    components: { securitySchemes },
  };
}

async function operationOf(input: object) {
  const [operation] = (await loadContract(input)).operations;
  assert.ok(operation);
  return operation;
}

const plain = (operation: Awaited<ReturnType<typeof operationOf>>) =>
  operation.security.map(({ schemes: all }) =>
    Object.fromEntries(all.map(({ scheme, scopes }) => [scheme.name, scopes])),
  );

test('OR over the list, AND within one, scopes as written', async () => {
  const operation = await operationOf(document([{ oauth: ['read', 'write'], key: [] }, { bearer: [] }]));
  assert.deepEqual(plain(operation), [{ oauth: ['read', 'write'], key: [] }, { bearer: [] }]);
  assert.equal(operation.securityFrom, 'document');
});

test('an operation replaces what the document says, also by an empty list; absent is not empty', async () => {
  const replaced = await operationOf(document([{ bearer: [] }], { security: [{ key: [] }] }));
  assert.deepEqual(plain(replaced), [{ key: [] }]);
  assert.equal(replaced.securityFrom, 'operation');
  const open = await operationOf(document([{ bearer: [] }], { security: [] }));
  assert.deepEqual([open.security, open.securityFrom], [[], 'operation']);
  const nothing = await operationOf(document(undefined));
  assert.deepEqual([nothing.security, nothing.securityFrom], [[], 'nowhere']);
  const optional = await operationOf(document([{}, { bearer: [] }]));
  assert.deepEqual(plain(optional), [{}, { bearer: [] }]);
});

test('every kind of scheme is read', async () => {
  const { securitySchemes } = await loadContract(document(undefined));
  assert.deepEqual([...securitySchemes.keys()], ['bearer', 'key', 'oauth', 'oidc', 'tls']);
  const bearer = securitySchemes.get('bearer');
  assert.ok(bearer?.type === 'http' && bearer.scheme === 'bearer' && bearer.bearerFormat === 'JWT');
  const key = securitySchemes.get('key');
  assert.ok(key?.type === 'apiKey' && key.in === 'header' && key.key === 'X-Key');
  const oauth = securitySchemes.get('oauth');
  assert.ok(oauth?.type === 'oauth2' && oauth.flows[0]?.flow === 'authorizationCode');
  assert.deepEqual({ ...oauth.flows[0].scopes }, { read: 'Read', write: '' });
});

const invalid: readonly (readonly [security: unknown, code: string, message: RegExp])[] = [
  [null, 'invalid-security', /write security: \[\] if anyone may call this/],
  [{ bearer: [] }, 'invalid-security', /security is not a list/],
  ['bearer', 'invalid-security', /security is not a list/],
  [['bearer'], 'invalid-security', /write \{ bearer: \[\] \}/],
  [[null], 'invalid-security', /is not an object/],
  [[{ bearer: null }], 'invalid-security', /the scopes of bearer are not a list/],
  [[{ oauth: 'read' }], 'invalid-security', /the scopes of oauth are not a list/],
  [[{ oauth: [1] }], 'invalid-security', /not a string/],
  [[{ baerer: [] }], 'unknown-security-scheme', /there is no security scheme baerer; did you mean bearer\?/],
  [[{ zzzzzz: [] }], 'unknown-security-scheme', /add it to components\.securitySchemes/],
  [[JSON.parse('{"__proto__":[]}')], 'unknown-security-scheme', /__proto__/],
  [[{ broken: [] }], 'invalid-security-scheme', /the security scheme broken has no name/],
];

for (const [security, code, message] of invalid) {
  test(`security: ${JSON.stringify(security)} is an error, in the document and in an operation`, async () => {
    for (const input of [document(security), document(undefined, { security })]) {
      await assert.rejects(loadContract(input), (error) => {
        assert.ok(error instanceof CastellanError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.match(error.message, /^<object>#\//);
        return true;
      });
    }
  });
}

test('the error is at the requirement', async () => {
  await assert.rejects(
    loadContract(document(undefined, { security: [{ bearer: [] }, { kye: [] }] })),
    /^CastellanError: <object>#\/paths\/~1a\/get\/security\/1\/kye: .*did you mean key\?/,
  );
});

test('3.2 names schemes by URI and knows the device flow', async () => {
  const operation = await operationOf(document([{ '#/components/securitySchemes/bearer': [] }], {}, schemes, '3.2.0'));
  const scheme = operation.security[0]?.schemes[0]?.scheme;
  assert.ok(scheme?.type === 'http' && scheme.name === 'bearer');
  const device = {
    d: {
      type: 'oauth2',
      flows: { deviceAuthorization: { deviceAuthorizationUrl: 'https://d/', tokenUrl: 'https://t/', scopes: {} } },
    },
  };
  const read = (await loadContract(document([{ d: [] }], {}, device, '3.2.0'))).securitySchemes.get('d');
  assert.ok(read?.type === 'oauth2' && read.flows[0]?.flow === 'deviceAuthorization');
});
