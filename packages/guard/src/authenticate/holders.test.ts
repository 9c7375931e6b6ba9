// Certificates, and what an application verifies itself. Each form and its answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest } from '../scheme.ts';
import { certificateVerifier } from './certificate.ts';
import { customVerifier } from './custom.ts';
import { challengeOf, credentialReader } from './scheme-credential.ts';
import { describe, isOutage } from './thrown.ts';

type ApiKey = SecurityScheme & { readonly type: 'apiKey' };
const inHeader = { name: 'key', type: 'apiKey', in: 'header', key: 'X-Key' } as unknown as ApiKey;
const now = 1_800_000_000_000;

const requestOf = (more: {
  incoming?: object;
  authorization?: string;
  address?: string;
  now?: number;
}): SchemeRequest =>
  ({
    address: '192.0.2.1',
    now,
    url: 'https://a/',
    ...more,
    incoming: { rawHeaders: [], headers: {}, target: '/', ...more.incoming },
  }) as unknown as SchemeRequest;
const withKey = (key: string, more: object = {}): SchemeRequest =>
  requestOf({ incoming: { rawHeaders: ['x-key', key] }, ...more });

/** The subject, or why not. */
async function told(outcome: SchemeOutcome | Promise<SchemeOutcome>): Promise<string> {
  const settled = await outcome;
  if (settled.outcome === 'verified') return settled.identity.subject;
  return 'reason' in settled ? settled.reason : settled.outcome;
}

const mutual = { name: 'mutual', type: 'mutualTLS' } as unknown as SecurityScheme;
const print = `${'AB:'.repeat(31)}AB`;
const certificate = (more: object = {}): object => ({
  fingerprint256: print,
  validFrom: new Date(0).toUTCString(),
  validTo: new Date(2_000_000).toUTCString(),
  ca: false,
  keyUsage: undefined,
  subject: 'O=Acme\nCN=billing',
  subjectAltName: 'DNS:billing.example.com, URI:spiffe://a/b, email:a@example.com',
  issuer: 'O=Acme\nCN=Authority',
  ...more,
});

interface Mutual {
  readonly configuration: object;
  readonly certificate?: object | undefined;
  readonly at?: number;
}

const anyone = (subject: string): object => ({ anyone: true, subject });
const names = (...all: readonly string[]): object => ({
  known: Object.fromEntries(all.map((name) => [name, { subject: `known ${name}` }])),
  subject: 'common-name',
});
const holders: readonly (readonly [name: string, asked: Mutual, told: string])[] = [
  ['none', { configuration: anyone('common-name'), certificate: undefined }, 'missing'],
  ['anyone by common name', { configuration: anyone('common-name') }, 'billing'],
  ['anyone by DNS name', { configuration: anyone('dns') }, 'billing.example.com'],
  ['anyone by URI', { configuration: anyone('uri') }, 'spiffe://a/b'],
  ['anyone by address', { configuration: anyone('email') }, 'a@example.com'],
  [
    'two common names',
    { configuration: anyone('common-name'), certificate: certificate({ subject: 'CN=a\nCN=b' }) },
    'certificate-without-subject',
  ],
  [
    'no common name',
    { configuration: anyone('common-name'), certificate: certificate({ subject: 'O=CN=a' }) },
    'certificate-without-subject',
  ],
  [
    'an empty common name',
    { configuration: anyone('common-name'), certificate: certificate({ subject: 'CN=' }) },
    'certificate-without-subject',
  ],
  [
    'two DNS names',
    { configuration: anyone('dns'), certificate: certificate({ subjectAltName: 'DNS:a, DNS:b' }) },
    'certificate-without-subject',
  ],
  [
    'a quoted name',
    { configuration: anyone('dns'), certificate: certificate({ subjectAltName: 'DNS:"a, DNS:b"' }) },
    'certificate-without-subject',
  ],
  [
    'one quoted name',
    { configuration: anyone('dns'), certificate: certificate({ subjectAltName: 'DNS:"a"' }) },
    'certificate-without-subject',
  ],
  [
    'no other names',
    { configuration: anyone('dns'), certificate: certificate({ subjectAltName: undefined }) },
    'certificate-without-subject',
  ],
  ['a known name', { configuration: names('billing') }, 'known billing'],
  ['an unknown name', { configuration: names('other') }, 'unknown-certificate'],
  ['a known fingerprint', { configuration: names(print) }, `known ${print}`],
  [
    'a fingerprint in another spelling',
    { configuration: names(print.replaceAll(':', '').toLowerCase()) },
    `known ${print.replaceAll(':', '').toLowerCase()}`,
  ],
  [
    'a name that is another’s fingerprint',
    {
      configuration: names(print),
      certificate: certificate({ fingerprint256: `${'CD:'.repeat(31)}CD`, subject: `CN=${print}` }),
    },
    'unknown-certificate',
  ],
  ['a short fingerprint is a name', { configuration: names(print.slice(0, -3)) }, 'unknown-certificate'],
  [
    'known by name where names are not read',
    { configuration: { known: { billing: { subject: 'x' } } } },
    'unknown-certificate',
  ],
  ['unknown, and anyone may', { configuration: { ...names('other'), anyone: true } }, 'billing'],
  [
    'an authority',
    { configuration: anyone('common-name'), certificate: certificate({ ca: true }) },
    'certificate-of-an-authority',
  ],
  [
    'for servers',
    { configuration: anyone('common-name'), certificate: certificate({ keyUsage: ['1.3.6.1.5.5.7.3.1'] }) },
    'certificate-not-for-clients',
  ],
  [
    'for clients',
    {
      configuration: anyone('common-name'),
      certificate: certificate({ keyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] }),
    },
    'billing',
  ],
  ['at its beginning', { configuration: anyone('common-name'), at: 0 }, 'billing'],
  ['before it', { configuration: anyone('common-name'), at: -1 }, 'certificate-not-yet-valid'],
  ['at its end', { configuration: anyone('common-name'), at: 2_000_000 }, 'billing'],
  ['after it', { configuration: anyone('common-name'), at: 2_000_001 }, 'certificate-expired'],
  [
    'with no times',
    { configuration: anyone('common-name'), certificate: certificate({ validFrom: 'x' }) },
    'certificate-not-yet-valid',
  ],
  [
    'with no end',
    { configuration: anyone('common-name'), certificate: certificate({ validTo: 'x' }) },
    'certificate-expired',
  ],
];
for (const [name, asked, expected] of holders)
  test(`a certificate: ${name}`, async () => {
    const { verify } = certificateVerifier(mutual, { certificates: asked.configuration } as never, 'notes');
    const given = 'certificate' in asked ? asked.certificate : certificate();
    const request = requestOf({ incoming: { clientCertificate: () => given }, now: asked.at ?? 1_000_000 });
    assert.deepEqual([await told(verify(request)), await told(verify(request))], [expected, expected]);
  });

test('the identity of a certificate', async () => {
  const grant = { subject: 'billing service', scopes: ['a'], groups: ['g'], tenant: 't' };
  const of = async (certificates: object): Promise<unknown> => {
    const verifier = certificateVerifier(mutual, { certificates } as never, 'notes');
    const outcome = await verifier.verify(
      requestOf({ incoming: { clientCertificate: () => certificate() }, now: 1_000_000 }),
    );
    return outcome.outcome === 'verified' ? outcome.identity : outcome;
  };
  const id = 'ab'.repeat(32);
  const credential = {
    kind: 'certificate',
    id,
    expiresAt: 2_000_000,
    boundTo: Buffer.from(id, 'hex').toString('base64url'),
  };
  const common = { issuer: 'O=Acme, CN=Authority', claims: {}, credential, issuedAt: 0 };
  assert.deepEqual(await of({ known: { [print]: grant } }), { ...common, ...grant, subject: 'billing service' });
  assert.deepEqual(await of(anyone('common-name')), { ...common, subject: 'billing', scopes: [], groups: [] });
});

test('certificates of nobody are refused at the start', () => {
  for (const certificates of [{}, { known: {} }, { anyone: false }, { subject: 'dns' }, { anyone: true }])
    assert.throws(
      () => certificateVerifier(mutual, { certificates } as never, 'notes'),
      { code: 'bad-authentication' },
      JSON.stringify(certificates),
    );
});

const http = (scheme: string): SecurityScheme => ({ name: 'own', type: 'http', scheme }) as unknown as SecurityScheme;
const oauth2 = { name: 'own', type: 'oauth2' } as unknown as SecurityScheme;

test('what an application’s own verifier is given, and what it challenges with', async () => {
  const basic = `Basic ${Buffer.from('a:b').toString('base64')}`;
  const given = { incoming: { rawHeaders: ['x-key', 'k'], clientCertificate: () => certificate() } };
  for (const [scheme, authorization, credential, challenge] of [
    [http('bearer'), 'Bearer t', 't', 'Bearer realm="R"'],
    [http('bearer'), 'Basic t', undefined, 'Bearer realm="R"'],
    [http('dpop'), 'DPoP t', 't', 'Bearer realm="R"'],
    [http('basic'), basic, 'a:b', 'Basic realm="R", charset="UTF-8"'],
    [http('basic'), 'Bearer t', undefined, 'Basic realm="R", charset="UTF-8"'],
    [http('hoba'), 'HOBA x', 'x', 'hoba'],
    [http('hoba'), 'Bearer x', undefined, 'hoba'],
    [oauth2, 'Bearer t', 't', 'Bearer realm="R"'],
    [{ ...oauth2, type: 'openIdConnect' } as unknown as SecurityScheme, 'Bearer t', 't', 'Bearer realm="R"'],
    [inHeader, 'Bearer t', 'k', 'ApiKey realm="R", in="header", name="X-Key"'],
    [mutual, 'Bearer t', print, 'ClientCertificate realm="R"'],
  ] as const) {
    assert.equal(credentialReader(scheme)(requestOf({ ...given, authorization })), credential);
    assert.equal(challengeOf(scheme, 'R'), challenge);
  }
  assert.equal(credentialReader(mutual)(requestOf({})), undefined);
});

test('what an application’s own verifier answers', async () => {
  const throwing = (error: unknown) => (): never => {
    throw error;
  };
  const out = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
  const rows: readonly (readonly [verify: () => unknown, told: string])[] = [
    [() => ({ subject: 'ada' }), 'ada'],
    [() => Promise.resolve({ subject: 'ada' }), 'ada'],
    [() => undefined, 'verifier-refused'],
    [() => null, 'verifier-refused'],
    [() => false, 'verifier-refused'],
    [() => true, 'verifier-answer'],
    [() => 'ada', 'verifier-answer'],
    [() => ({}), 'verifier-answer'],
    [() => ({ subject: 7 }), 'verifier-answer'],
    [() => ({ subject: 'ada', scopes: 7 }), 'verifier-answer'],
    [() => ({ subject: 'ada', more: 'x' }), 'ada'],
    [() => ({ subject: 'ada', tenant: null }), 'ada'],
    [() => ({ subject: 'ada', expiresAt: now }), 'expired'],
    [() => ({ subject: 'ada', expiresAt: now + 1 }), 'ada'],
    [throwing(new Error('bad')), 'verifier-threw'],
    [throwing('bad'), 'verifier-threw'],
    [throwing(out), 'verifier-failed'],
    [() => Promise.reject(out), 'verifier-failed'],
  ];
  for (const [verify, expected] of rows)
    for (const [scheme, request, challenge] of [
      [http('bearer'), requestOf({ authorization: 'Bearer token' }), 'error="invalid_token"'],
      [inHeader, withKey('token'), undefined],
    ] as const) {
      const outcome = await customVerifier(scheme, { verify } as never, 'R').verify(request);
      assert.equal(await told(outcome), expected);
      if (outcome.outcome === 'refused') assert.equal(outcome.challenge, challenge);
      if (outcome.outcome === 'unavailable')
        assert.deepEqual(
          [outcome.retryAfterSeconds, outcome.log],
          [5, `${scheme.name}: verify threw Error ECONNREFUSED`],
        );
      // Name and code, and nothing of what it says.
      if (expected === 'verifier-threw') {
        assert.match('log' in outcome ? (outcome.log ?? '') : '', /verify threw \S/);
        assert.doesNotMatch('log' in outcome ? (outcome.log ?? '') : '', /bad/);
      }
    }
  for (const [authorization, expected] of [
    [undefined, 'missing'],
    ['Bearer ', 'missing'],
  ] as const)
    assert.equal(
      await told(
        customVerifier(http('bearer'), { verify: () => ({ subject: 'x' }) } as never, 'R').verify(
          requestOf(authorization === undefined ? {} : { authorization }),
        ),
      ),
      expected,
    );
});

test('the identity that an application’s own verifier gives', async () => {
  const of = async (scheme: SecurityScheme, request: SchemeRequest, identity: object): Promise<unknown> => {
    const outcome = await customVerifier(
      scheme,
      { verify: () => ({ subject: 'ada', ...identity }) } as never,
      'R',
    ).verify(request);
    return outcome.outcome === 'verified' ? outcome.identity : outcome;
  };
  const basic = requestOf({ authorization: `Basic ${Buffer.from('a:b').toString('base64')}` });
  const none = { subject: 'ada', scopes: [], groups: [], claims: {} };
  assert.deepEqual(await of(http('bearer'), requestOf({ authorization: 'Bearer t' }), {}), {
    ...none,
    issuer: 'own',
    credential: { kind: 'custom', id: 'ada' },
  });
  assert.deepEqual(await of(http('basic'), basic, {}), {
    ...none,
    issuer: 'own',
    credential: { kind: 'password', id: 'ada' },
  });
  const all = {
    issuer: 'i',
    scopes: ['s'],
    groups: ['g'],
    claims: { n: 7n },
    tenant: 't',
    expiresAt: now + 5,
    issuedAt: now - 3,
  };
  const { expiresAt, ...rest } = all;
  assert.deepEqual(await of(inHeader, withKey('k'), all), {
    ...rest,
    subject: 'ada',
    claims: { n: '7' },
    credential: { kind: 'api-key', id: 'ada', expiresAt },
  });
});

test('a verifier that takes anything is told of', () => {
  const of = (mock?: boolean): unknown =>
    customVerifier(http('bearer'), {} as never, 'R', mock).notices.map(({ code, fatalInProduction }) => [
      code,
      fatalInProduction,
    ]);
  assert.deepEqual([of(), of(false), of(true)], [[], [], [['mock-identity', true]]]);
});

test('what says that something is out of reach, and what says that a credential is bad', () => {
  const coded = (code: string): Error => Object.assign(new Error('x'), { code });
  for (const code of [
    'ECONNRESET',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'EHOSTUNREACH',
    'ENETDOWN',
    'UND_ERR_SOCKET',
    'ERR_JWKS_TIMEOUT',
    'PROTOCOL_CONNECTION_LOST',
    '08006',
    '57P01',
  ])
    assert.equal(isOutage(coded(code)), true, code);
  for (const code of ['ERR_JWT_EXPIRED', 'ENOENT', '23505', '0800', 'XECONN', 'ERR_JWKS_TIMEOUTS'])
    assert.equal(isOutage(coded(code)), false, code);
  const deep = (levels: number): unknown =>
    levels === 0 ? coded('ECONNRESET') : new Error('x', { cause: deep(levels - 1) });
  for (const [error, is] of [
    [undefined, false],
    [null, false],
    ['ECONNRESET', false],
    [{}, false],
    [{ code: 7 }, false],
    [new DOMException('x', 'TimeoutError'), true],
    [new DOMException('x', 'AbortError'), true],
    [new TypeError('fetch failed'), true],
    [{ status: 500 }, true],
    [{ status: 499 }, false],
    [{ status: 429 }, true],
    [{ status: 401, statusCode: 500 }, false],
    [{ statusCode: 503 }, true],
    [{ status: '500' }, false],
    [new AggregateError([new Error('a'), coded('ECONNRESET')]), true],
    [new AggregateError([new Error('a')]), false],
    [{ errors: [...Array.from({ length: 10 }, () => ({})), coded('ECONNRESET')] }, false],
    [deep(1), true],
    [deep(4), true],
    [deep(5), false],
  ] as const)
    assert.equal(isOutage(error), is, String(error));
});

test('what was thrown is told by names and codes, and never by what it says', () => {
  const error = new Error('token abcdef is bad', { cause: Object.assign(new TypeError('because'), { code: 'E_BAD' }) });
  assert.equal(describe(error), 'Error, caused by TypeError E_BAD');
  assert.deepEqual([describe('text'), describe(7), describe(undefined)], ['string', 'number', 'undefined']);
  const odd = Object.assign(new Error('x'), { name: 'a secret: 7', code: 'x y' });
  assert.equal(describe(odd), 'Error');
  const chain = (levels: number): Error => new Error(String(levels), levels === 0 ? {} : { cause: chain(levels - 1) });
  assert.equal(describe(chain(5)), 'Error, caused by Error, caused by Error, caused by Error');
});
