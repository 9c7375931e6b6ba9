// Client certificates that a TLS proxy names in Client-Cert (RFC 9440): who is believed, which forms, and for what.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { node, type GuardedHandler } from '@castellan/guard/node';
import { createAuthority } from './certificates.ts';
import { audience, createIssuer, issuer } from './tokens.ts';

const authority = createAuthority('Clients');
after(() => authority.close());
const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const pem = authority.issue('ada').cert;
const ada = der(pem);
const other = der(authority.issue('bob').cert);
const root = der(authority.cert);
const wrap = (bytes: Uint8Array): string => `:${Buffer.from(bytes).toString('base64')}:`;
const thumbprint = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

const tokens = await createIssuer();
const bound = await tokens.token({ cnf: { 'x5t#S256': thumbprint(ada) } });
const boundToOther = await tokens.token({ cnf: { 'x5t#S256': thumbprint(other) } });

const operation = (security: readonly object[]): object => ({
  security,
  responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
});
const contract = {
  openapi: '3.1.0',
  info: { title: 'Cards', version: '1' },
  components: {
    securitySchemes: { card: { type: 'mutualTLS' }, token: { type: 'http', scheme: 'bearer' } },
  },
  paths: {
    '/card': { get: operation([{ card: [] }]), post: operation([{ card: [] }]) },
    '/optional': { get: operation([{}, { card: [] }]) },
    '/bound': { get: operation([{ token: [] }]) },
    '/both': { get: operation([{ card: [], token: [] }]) },
    '/either': { get: operation([{ token: [] }, { card: [] }]) },
    '/open': { get: operation([]) },
  },
};
const authentication = {
  card: { certificates: { subject: 'common-name' as const, known: { ada: { subject: 'ada' } } } },
  token: { issuer, audience, jwks: tokens.jwks },
};
const whoami: GuardedHandler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ subject: request.auth?.subject, boundTo: request.auth?.credential.boundTo }));
};

interface Said {
  readonly status: number;
  readonly subject: string | undefined;
  readonly reason: string | undefined;
  readonly challenge: string | undefined;
}
interface Asked {
  readonly path: string;
  /** Header lines: name, value, name, value… */
  readonly lines?: readonly string[];
  readonly token?: string;
  readonly method?: string;
}
interface Running {
  readonly ask: (asked: Asked) => Promise<Said>;
  readonly codes: () => readonly string[];
  readonly close: () => Promise<void>;
}

async function running(options: Partial<GuardOptions>, tls?: object): Promise<Running> {
  let recorded: (event: GuardEvent) => void = () => {};
  const guard = await createGuard({
    contract,
    authentication,
    limits: { perAddress: 'off' },
    onEvent: (event) => recorded(event),
    ...options,
  });
  const listener = node(guard, whoami);
  const server =
    tls === undefined ? createServer({ maxHeaderSize: 64 * 1024 }, listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    codes: () => guard.notices.map(({ code }) => code),
    ask: ({ path, lines = [], token, method = 'GET' }) =>
      new Promise((resolve, reject) => {
        const headers = [
          'Host',
          'cards.example',
          ...(token === undefined ? [] : ['Authorization', `Bearer ${token}`]),
          ...lines,
        ];
        const to = { host: '127.0.0.1', port, path, method, agent: false as const, headers };
        const event = new Promise<GuardEvent>((done) => (recorded = done));
        const outgoing = (tls === undefined ? httpRequest : httpsRequest)(
          { ...to, ...(tls === undefined ? {} : { ...tls, rejectUnauthorized: false }) },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { subject?: string };
              const { 'www-authenticate': challenge } = response.headers;
              const { statusCode: status = 0 } = response;
              void event.then(({ unmapped }) =>
                resolve({ status, subject: body.subject, reason: unmapped.castellan.refused?.reason, challenge }),
              );
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end();
      }),
    close: async () => {
      server.close();
      await guard.end();
    },
  };
}

const field = (value: string, name = 'Client-Cert'): readonly string[] => [name, value];
const chain = (value: string): readonly string[] => ['Client-Cert-Chain', value];
const text = wrap(ada);
/** A certificate in which one byte of the structure is another. */
const broken = (at: number): Buffer => Buffer.from(ada.map((byte, index) => (index === at ? byte ^ 0xff : byte)));

const good: Readonly<Record<string, readonly string[]>> = {
  'the field': field(text),
  'in lower case': field(text, 'client-cert'),
  'in upper case': field(text, 'CLIENT-CERT'),
  'with space around': field(`  ${text} `),
  'with a parameter, which means nothing': field(`${text};verified=?1`),
  'without padding (RFC 9651 section 4.2.7)': field(text.replace(/=*:$/, ':')),
  'with its chain': [...field(text), ...chain(wrap(root))],
  'with a longer chain': [...chain(`${wrap(root)}, ${wrap(other)},\t${wrap(root)}`), ...field(text)],
};
const bad: Readonly<Record<string, readonly [lines: readonly string[], reason: string]>> = {
  ...Object.fromEntries(
    Object.entries({
      empty: '',
      'no bytes': '::',
      'base64 alone': ada.toString('base64'),
      'one colon': `:${ada.toString('base64')}`,
      'the other colon': `${ada.toString('base64')}:`,
      'a string': `"${ada.toString('base64')}"`,
      'base64 for URLs': `:${Buffer.from(Array(64).fill(0xff)).toString('base64url')}:`,
      hex: ada.toString('hex'),
      'PEM within the bytes': wrap(Buffer.from(pem)),
      'PEM escaped': encodeURIComponent(pem),
      'PEM in one line': pem.replaceAll('\n', ' '),
      'bytes after the certificate': wrap(Buffer.concat([ada, Buffer.from([0])])),
      'two in one': wrap(Buffer.concat([ada, other])),
      'a list of two': `${text}, ${wrap(other)}`,
      'a list of the same': `${text}, ${text}`,
      'a comma after it': `${text},`,
      'text after it': `${text} ada`,
      'one letter too many': text.replace(/=*:$/, 'A:'),
      'half of it': wrap(ada.subarray(0, ada.length >> 1)),
      'without its last byte': wrap(ada.subarray(0, -1)),
      'a public key': wrap(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })),
      'other bytes': wrap(Buffer.from('ada')),
      'a subject': 'CN=ada',
      'what Envoy writes': `Hash=${createHash('sha256').update(ada).digest('hex')};Subject="CN=ada"`,
      'what HTTP calls a list of nothing': ',',
    }).map(([name, value]) => [name, [field(value), 'certificate-field-malformed']]),
  ),
  ...Object.fromEntries(
    [0, 1, 4, 5].map((at) => [`byte ${at} is another`, [field(wrap(broken(at))), 'certificate-field-malformed']]),
  ),
  'twice the same': [[...field(text), ...field(text)], 'certificate-field-duplicated'],
  'two of two callers': [[...field(text), ...field(wrap(other))], 'certificate-field-duplicated'],
  'two in other case': [[...field(wrap(other), 'client-cert'), ...field(text)], 'certificate-field-duplicated'],
  'one empty before it': [[...field(''), ...field(text)], 'certificate-field-duplicated'],
  'two chains': [[...field(text), ...chain(wrap(root)), ...chain(wrap(root))], 'certificate-field-duplicated'],
  'a chain alone': [chain(wrap(root)), 'certificate-chain-without-certificate'],
  'a chain of text': [[...field(text), ...chain('root')], 'certificate-chain-malformed'],
  'an empty chain': [[...field(text), ...chain('')], 'certificate-chain-malformed'],
  'a chain with a hole': [[...field(text), ...chain(`${wrap(root)},,${wrap(root)}`)], 'certificate-chain-malformed'],
  'a chain that ends in bytes': [
    [...field(text), ...chain(`${wrap(root)}, ${wrap(Buffer.from('x'))}`)],
    'certificate-chain-malformed',
  ],
  'a chain of eleven': [
    [...field(text), ...chain(Array(11).fill(wrap(root)).join(', '))],
    'certificate-chain-malformed',
  ],
  'a field of more than 16 KiB': [field(wrap(Buffer.alloc(13 * 1024))), 'certificate-field-too-long'],
  'a certificate, and parameters until 16 KiB are over': [
    field(`${text}${';a'.repeat(8 * 1024)}`),
    'certificate-field-too-long',
  ],
  'a chain of more than 16 KiB': [
    [...field(text), ...chain(wrap(Buffer.alloc(13 * 1024)))],
    'certificate-field-too-long',
  ],
  'a field of 12 KiB': [field(wrap(Buffer.alloc(9 * 1024))), 'certificate-field-malformed'],
};
/** Certificates that are whole, and that nobody may call with. */
const refused: Readonly<Record<string, readonly [Buffer, string]>> = {
  'of a holder that nobody knows': [other, 'unknown-certificate'],
  expired: [der(authority.issue('ada', { days: -1 }).cert), 'certificate-expired'],
  'of a server': [der(authority.issue('ada', { usage: 'serverAuth' }).cert), 'certificate-not-for-clients'],
  'of an authority': [der(authority.issue('ada', { ca: true }).cert), 'certificate-of-an-authority'],
};
const secured = ['/card', '/optional', '/bound', '/both', '/either'];

describe('of a trusted proxy', () => {
  let api: Running;
  before(async () => {
    api = await running({ trustedProxies: ['loopback'], clientCertificate: 'header' });
  });
  after(() => api.close());

  for (const [name, lines] of Object.entries(good))
    test(`${name}: for the scheme and for tokens that are bound to it`, async () => {
      for (const path of ['/card', '/optional'])
        assert.deepEqual(await api.ask({ path, lines }), answered('ada'), path);
      for (const path of ['/bound', '/either'])
        assert.deepEqual(await api.ask({ path, lines, token: bound }), answered('ada'), path);
      assert.deepEqual(await api.ask({ path: '/both', lines, token: bound }), answered('ada'));
      assert.deepEqual(await api.ask({ path: '/open', lines }), answered(undefined));
      const foreign = await api.ask({ path: '/bound', lines, token: boundToOther });
      assert.deepEqual([foreign.status, foreign.reason], [401, 'certificate-of-another']);
    });

  for (const [name, [lines, reason]] of Object.entries(bad))
    test(`${name}: refused wherever somebody is asked for`, async () => {
      for (const path of secured)
        for (const token of [undefined, bound]) {
          const said = await api.ask({ path, lines, ...(token === undefined ? {} : { token }) });
          assert.deepEqual([said.status, said.reason], [401, reason], path);
        }
      assert.deepEqual(await api.ask({ path: '/open', lines }), answered(undefined));
    });

  for (const [name, [bytes, reason]] of Object.entries(refused))
    test(`a certificate ${name}`, async () => {
      for (const path of ['/card', '/optional']) {
        const said = await api.ask({ path, lines: field(wrap(bytes)) });
        assert.deepEqual([said.status, said.reason], [401, reason]);
      }
    });

  test('none: nobody, and a bound token is of another', async () => {
    assert.deepEqual(reasonOf(await api.ask({ path: '/card' })), [401, 'no-credential']);
    assert.deepEqual(await api.ask({ path: '/optional' }), answered(undefined));
    assert.deepEqual(reasonOf(await api.ask({ path: '/bound', token: bound })), [401, 'certificate-of-another']);
  });

  test('names that only look alike say nothing', async () => {
    for (const name of ['Client_Cert', 'X-Client-Cert', 'Client-Cert-', 'Client-Certs', 'Client-Cert-Chains'])
      assert.deepEqual(reasonOf(await api.ask({ path: '/card', lines: field(text, name) })), [401, 'no-credential']);
  });

  test("pages of other sites cannot use a browser's certificate through the proxy", async () => {
    const lines = [...field(text), 'Origin', 'https://evil.example'];
    assert.deepEqual(reasonOf(await api.ask({ path: '/card', lines, method: 'POST' })), [401, 'cross-site-request']);
    assert.deepEqual(await api.ask({ path: '/card', lines: field(text), method: 'POST' }), answered('ada'));
  });

  test('a refusal says how to call', async () => {
    const said = await api.ask({ path: '/bound', lines: field('x'), token: bound });
    assert.match(said.challenge ?? '', /^Bearer realm="Cards"/);
  });

  test('a notice says who verifies', () => assert.ok(api.codes().includes('certificate-of-proxy')));
});

for (const [peers, trustedProxies] of Object.entries({
  'another address': ['10.0.0.7'],
  'the address that X-Forwarded-For names': ['192.0.2.7'],
}))
  test(`${peers} is trusted, and the field comes from elsewhere: refused in every form`, async () => {
    const api = await running({ trustedProxies, clientCertificate: 'header' });
    try {
      const forms = [...Object.values(good), ...Object.values(bad).map(([lines]) => lines)];
      for (const lines of forms)
        for (const path of secured)
          assert.deepEqual(
            reasonOf(await api.ask({ path, lines: [...lines, 'X-Forwarded-For', '192.0.2.7'], token: bound })),
            [401, 'certificate-field-of-untrusted-peer'],
          );
      assert.deepEqual(reasonOf(await api.ask({ path: '/card' })), [401, 'no-credential']);
      assert.deepEqual(await api.ask({ path: '/optional' }), answered(undefined));
    } finally {
      await api.close();
    }
  });

for (const clientCertificate of [undefined, 'connection'] as const)
  test(`clientCertificate ${clientCertificate}: the field says nothing`, async () => {
    const api = await running({ trustedProxies: ['loopback'], clientCertificate });
    try {
      for (const lines of Object.values(good)) {
        assert.deepEqual(reasonOf(await api.ask({ path: '/card', lines })), [401, 'no-credential']);
        assert.deepEqual(reasonOf(await api.ask({ path: '/bound', lines, token: bound })), [
          401,
          'certificate-of-another',
        ]);
      }
      assert.ok(!api.codes().includes('certificate-of-proxy'));
    } finally {
      await api.close();
    }
  });

test('TLS between proxy and process: the certificate of the proxy is nobody, that of a direct caller somebody', async () => {
  const tls = { ...authority.issue('ada'), ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const proxied = await running({ trustedProxies: ['loopback'], clientCertificate: 'header' }, tls);
  const direct = await running({ trustedProxies: ['10.0.0.7'], clientCertificate: 'header' }, tls);
  try {
    assert.deepEqual(reasonOf(await proxied.ask({ path: '/card' })), [401, 'no-credential']);
    assert.deepEqual(reasonOf(await proxied.ask({ path: '/card', lines: field(wrap(other)) })), [
      401,
      'unknown-certificate',
    ]);
    assert.deepEqual(await direct.ask({ path: '/card' }), answered('ada'));
    assert.deepEqual(reasonOf(await direct.ask({ path: '/card', lines: field(text) })), [
      401,
      'certificate-field-of-untrusted-peer',
    ]);
  } finally {
    await proxied.close();
    await direct.close();
  }
});

test('an operation that enforces in an API that observes refuses too', async () => {
  const paths = { ...contract.paths, '/card': { get: { ...operation([{}, { card: [] }]), ...enforced } } };
  const api = await running({
    contract: { ...contract, paths },
    mode: 'observe',
    trustedProxies: ['loopback'],
    clientCertificate: 'header',
  });
  try {
    for (const [lines, reason] of Object.values(bad))
      assert.deepEqual(reasonOf(await api.ask({ path: '/card', lines })), [401, reason]);
    assert.equal((await api.ask({ path: '/optional', lines: field('x') })).status, 200);
  } finally {
    await api.close();
  }
});
const enforced = { 'x-castellan': { mode: 'enforce' } };

test('nobody to believe: does not start', async () => {
  for (const trustedProxies of [undefined, []])
    await assert.rejects(running({ trustedProxies, clientCertificate: 'header' }), {
      code: 'bad-option',
      message: /clientCertificate is 'header', and trustedProxies names no proxy/,
    });
  await assert.rejects(running({ clientCertificate: 'heaader' as 'header' }), { code: 'bad-option' });
});

function answered(subject: string | undefined): Said {
  return { status: 200, subject, reason: undefined, challenge: undefined };
}

function reasonOf({ status, reason }: Said): readonly [number, string | undefined] {
  return [status, reason];
}
