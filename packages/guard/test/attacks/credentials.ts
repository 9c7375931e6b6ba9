import { createHash, randomUUID, sign } from 'node:crypto';
import { KeyObject } from 'node:crypto';
import { csrfToken } from '@castellan/guard/authenticate';
import type { Attack } from './attack.ts';
import type { Attempt, Keys, Stage } from './stage.ts';

const basic = (user: string, password: string, address = '198.51.100.1'): Attempt => ({
  path: '/v1/password',
  headers: {
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    'x-forwarded-for': address,
  },
});

const rightPassword = 'copper lantern quietly 42';
const ada = (): Attempt => basic('ada', rightPassword);

const password = (name: string, source: string, reason: string, bad: () => Attempt): Attack => ({
  name,
  source,
  reason,
  good: ada,
  bad,
});

const passwordAttacks: readonly Attack[] = [
  password('Wrong password', 'API2:2023', 'wrong-password', () => basic('ada', 'copper lantern quietly 43')),
  password('User that is not there: the same answer', 'ASVS 5.0 V6.3', 'wrong-password', () =>
    basic('nobody', rightPassword),
  ),
  password('Empty password', 'API2:2023', 'wrong-password', () => basic('ada', '', '198.51.100.2')),
  password('User name in another case', 'API2:2023', 'wrong-password', () =>
    basic('ADA', rightPassword, '198.51.100.2'),
  ),
  password('Password cut off by a NUL', 'CWE-626', 'wrong-password', () =>
    basic('ada', `${rightPassword}\0x`, '198.51.100.3'),
  ),
  password('Credentials that are no base64', 'RFC 7617 2', 'no-credential', () => ({
    path: '/v1/password',
    headers: { authorization: 'Basic ada:copper' },
  })),
  password('Bearer token where a password is needed', 'RFC 7235 2.1', 'no-credential', () => ({
    path: '/v1/password',
    token: 'x',
  })),
];

const keyed = (key: string): Attempt => ({ path: '/v1/key', headers: { 'x-api-key': key } });
const stored = (key: string): Attempt => ({ path: '/v1/stored', headers: { 'x-stored-key': key } });
const goodKey = (stage: Stage): Attempt => keyed(stage.apiKey);
const goodStored = (stage: Stage): Attempt => stored(stage.stored.key);

const keyAttacks: readonly Attack[] = [
  {
    name: 'Unknown API key',
    source: 'API2:2023',
    reason: 'unknown-key',
    good: goodKey,
    bad: () => keyed('b'.repeat(32)),
  },
  {
    name: 'Beginning of an API key',
    source: 'API2:2023',
    reason: 'unknown-key',
    good: goodKey,
    bad: (stage) => keyed(stage.apiKey.slice(0, -1)),
  },
  {
    name: 'API key with a space more',
    source: 'RFC 9110 5.5',
    reason: 'unknown-key',
    good: goodKey,
    bad: (stage) => keyed(`x ${stage.apiKey}`),
  },
  { name: 'Empty API key', source: 'API2:2023', reason: 'no-credential', good: goodKey, bad: () => keyed('') },
  {
    name: 'Two API keys in one request',
    source: 'RFC 9110 5.3',
    reason: 'no-credential',
    good: goodKey,
    bad: (stage) => ({ path: '/v1/key', headers: { 'X-Api-Key': [stage.apiKey, 'b'.repeat(32)] } }),
  },
  {
    name: 'API key of 2,000 characters',
    source: 'API4:2023',
    reason: 'key-too-long',
    good: goodKey,
    bad: () => keyed('b'.repeat(2000)),
  },
  {
    name: 'API key in the query where the header is meant',
    source: 'ASVS 5.0 V14.2',
    reason: 'no-credential',
    good: goodKey,
    bad: (stage) => ({ path: `/v1/key?limit=1`, headers: { cookie: `X-Api-Key=${stage.apiKey}` } }),
  },
  {
    name: 'API key given twice in the query',
    source: 'CWE-235',
    reason: 'no-credential',
    good: (stage) => ({ path: `/v1/query?api_key=${stage.apiKey}` }),
    bad: (stage) => ({ path: `/v1/query?api_key=${'b'.repeat(32)}&api_key=${stage.apiKey}` }),
  },
  {
    name: 'Expired API key of the store',
    source: 'ASVS 5.0 V6.4',
    reason: 'key-expired',
    good: goodStored,
    bad: (stage) => stored(stage.gone.key),
  },
  {
    name: 'API key with a wrong checksum',
    source: 'API2:2023',
    reason: 'key-mistyped',
    good: goodStored,
    bad: (stage) => stored(`${stage.stored.key.slice(0, -1)}${stage.stored.key.endsWith('0') ? '1' : '0'}`),
  },
  {
    name: 'Hash of an API key in place of the key',
    source: 'CWE-836',
    reason: 'unknown-key',
    good: goodStored,
    bad: (stage) => stored(stage.stored.record.hash),
  },
  {
    name: 'Token without the API key that is needed besides',
    source: 'OpenAPI 3.2 4.30',
    reason: 'no-credential',
    good: async (stage) => ({ path: '/v1/both', token: await stage.token(), headers: { 'x-api-key': stage.apiKey } }),
    bad: async (stage) => ({ path: '/v1/both', token: await stage.token() }),
  },
  {
    name: 'API key without the token that is needed besides',
    source: 'OpenAPI 3.2 4.30',
    reason: 'no-credential',
    good: async (stage) => ({ path: '/v1/both', token: await stage.token(), headers: { 'x-api-key': stage.apiKey } }),
    bad: (stage) => ({ path: '/v1/both', headers: { 'x-api-key': stage.apiKey } }),
  },
];

let cookie = '';

function session(stage: Stage, headers: Record<string, string> = {}, method = 'POST'): Attempt {
  if (cookie === '') cookie = stage.sessions.start({ subject: 'ada' });
  return { path: '/v1/session', method, headers: { cookie: `__Host-session=${cookie}`, ...headers } };
}

const goodSession = (stage: Stage): Attempt => {
  session(stage);
  return session(stage, { origin: stage.url, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrfToken(cookie) });
};

const csrf = (name: string, reason: string, headers: (stage: Stage) => Record<string, string>): Attack => ({
  name,
  source: 'ASVS 5.0 V3.5, CWE-352',
  reason,
  good: goodSession,
  bad: (stage) => session(stage, headers(stage)),
});

const sessionAttacks: readonly Attack[] = [
  csrf('Form of another site (Sec-Fetch-Site)', 'cross-site-request', () => ({
    'sec-fetch-site': 'cross-site',
    'x-csrf-token': csrfToken(cookie),
  })),
  csrf('Form of a sister site (same-site)', 'cross-site-request', () => ({
    'sec-fetch-site': 'same-site',
    'x-csrf-token': csrfToken(cookie),
  })),
  csrf('Form of another site (Origin)', 'cross-site-request', () => ({
    origin: 'https://evil.example',
    'x-csrf-token': csrfToken(cookie),
  })),
  csrf('Form of a sandboxed page (Origin: null)', 'cross-site-request', () => ({
    origin: 'null',
    'x-csrf-token': csrfToken(cookie),
  })),
  csrf('Form of another site (Referer only)', 'cross-site-request', () => ({
    referer: 'https://evil.example/form',
    'x-csrf-token': csrfToken(cookie),
  })),
  csrf('Own origin without the token', 'csrf-token-missing', (stage) => ({
    origin: stage.url,
    'sec-fetch-site': 'same-origin',
  })),
  csrf('Token of another session', 'csrf-token-wrong', (stage) => ({
    origin: stage.url,
    'x-csrf-token': csrfToken('another'),
  })),
  {
    name: 'Made-up session',
    source: 'ASVS 5.0 V7.2',
    reason: 'unknown-session',
    good: (stage) => session(stage, {}, 'GET'),
    bad: () => ({ path: '/v1/session', headers: { cookie: '__Host-session=made-up' } }),
  },
  {
    name: 'Two session cookies',
    source: 'RFC 6265 5.4',
    reason: 'no-credential',
    good: (stage) => session(stage, {}, 'GET'),
    bad: () => ({ path: '/v1/session', headers: { cookie: `__Host-session=${cookie}; __Host-session=x` } }),
  },
  {
    name: 'Session after signing out',
    source: 'ASVS 5.0 V7.4',
    reason: 'unknown-session',
    good: (stage) => ({
      path: '/v1/session',
      headers: { cookie: `__Host-session=${(ended = stage.sessions.start({ subject: 'ada' }))}` },
    }),
    bad: (stage) => {
      stage.sessions.end(ended);
      return { path: '/v1/session', headers: { cookie: `__Host-session=${ended}` } };
    },
  },
];

let ended = '';

const tls = (stage: Stage, certificate: Attempt['tls']): Attempt => ({
  path: '/v1/certificate',
  tls: certificate ?? stage.client,
});
const certificate = (name: string, source: string, reason: string, bad: (stage: Stage) => Attempt): Attack => ({
  name,
  source,
  reason,
  good: (stage) => tls(stage, stage.client),
  bad,
});

const certificateAttacks: readonly Attack[] = [
  certificate('No client certificate', 'RFC 8705 2', 'no-credential', (stage) => tls(stage, 'none')),
  certificate('Certificate of another authority with the same names', 'RFC 5280 6', 'no-credential', (stage) =>
    tls(stage, stage.strangers.issue('billing')),
  ),
  certificate('Expired certificate', 'RFC 5280 4.1.2.5', 'no-credential', (stage) =>
    tls(stage, stage.authority.issue('billing', { days: -1 })),
  ),
  certificate('Certificate for servers', 'RFC 5280 4.2.1.12', 'no-credential', (stage) =>
    tls(stage, stage.authority.issue('billing', { usage: 'serverAuth' })),
  ),
  certificate('Certificate of a holder that nobody knows', 'RFC 8705 2', 'unknown-certificate', (stage) =>
    tls(stage, stage.authority.issue('stranger')),
  ),
  certificate(
    'Certificate of an authority in place of a holder',
    'RFC 5280 4.2.1.9',
    'certificate-of-an-authority',
    (stage) => tls(stage, stage.authority.issue('billing', { ca: true })),
  ),
  certificate('Certificate in a header field', 'RFC 9440 4', 'no-credential', (stage) => ({
    path: '/v1/certificate',
    tls: 'none',
    headers: { 'client-cert': `:${Buffer.from(stage.client.cert).toString('base64')}:` },
  })),
];

/** What of a good message signature an attack changes. */
interface SignatureChange {
  readonly components?: readonly string[];
  readonly created?: number;
  readonly parameters?: string;
  readonly keyid?: string;
  readonly signer?: Keys;
  readonly sentPath?: string;
  readonly body?: string;
  readonly sentBody?: string;
}

const covered = ['@method', '@authority', '@path', '@query'];

function signedRequest(stage: Stage, change: SignatureChange = {}): Attempt {
  const { body, keyid = 'machine', signer = stage.machine } = change;
  const created = change.created ?? Math.floor(stage.now() / 1000);
  const components = change.components ?? (body === undefined ? covered : [...covered, 'content-digest']);
  const digest = body === undefined ? undefined : `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const values: Record<string, string> = {
    '@method': body === undefined ? 'GET' : 'POST',
    '@authority': new URL(stage.url).host,
    '@path': '/v1/signed',
    '@query': '?limit=5',
    'content-digest': digest ?? '',
  };
  const list = components.map((name) => `"${name}"`).join(' ');
  const parameters = `(${list});created=${created};nonce="${randomUUID()}";keyid="${keyid}"${change.parameters ?? ''}`;
  const base = [...components.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`];
  const key = KeyObject.from(signer.privateKey as never);
  const signature = sign('sha256', Buffer.from(base.join('\n')), { key, dsaEncoding: 'ieee-p1363' });
  return {
    path: change.sentPath ?? '/v1/signed?limit=5',
    method: values['@method'] ?? 'GET',
    headers: {
      'signature-input': `sig=${parameters}`,
      signature: `sig=:${signature.toString('base64')}:`,
      ...(digest === undefined ? {} : { 'content-digest': digest }),
    },
    body: change.sentBody ?? body,
  };
}

const goodSignature = (stage: Stage): Attempt => signedRequest(stage);

const message = (name: string, source: string, reason: string, change: (stage: Stage) => SignatureChange): Attack => ({
  name,
  source,
  reason,
  good: goodSignature,
  bad: (stage) => signedRequest(stage, change(stage)),
});

let usedSignature: Attempt = { path: '/v1/signed' };

const signatureAttacks: readonly Attack[] = [
  message('Signature by another key under a known keyid', 'RFC 9421 3.2', 'bad-signature', (stage) => ({
    signer: stage.stranger,
  })),
  message('Signature by an unknown keyid', 'RFC 9421 3.2', 'unknown-key', () => ({ keyid: 'nobody' })),
  message('Query changed after signing', 'RFC 9421 7.2.1', 'bad-signature', () => ({
    sentPath: '/v1/signed?limit=500',
  })),
  message('Signature that leaves the query out', 'RFC 9421 7.2.1', 'signature-covers-too-little', () => ({
    components: ['@method', '@authority', '@path'],
  })),
  message('Signature that covers nothing', 'RFC 9421 7.2.1', 'signature-covers-too-little', () => ({ components: [] })),
  message('Old signature', 'RFC 9421 7.2.2', 'signature-too-old', (stage) => ({
    created: Math.floor(stage.now() / 1000) - 400,
  })),
  message('Signature from the future', 'RFC 9421 7.2.2', 'signature-from-the-future', (stage) => ({
    created: Math.floor(stage.now() / 1000) + 400,
  })),
  message('Algorithm that the key is not for', 'RFC 9421 7.3.6', 'algorithm-not-allowed', () => ({
    parameters: ';alg="hmac-sha256"',
  })),
  {
    name: 'Body changed after signing',
    source: 'RFC 9421 7.2.8, RFC 9530',
    reason: 'content-digest',
    good: (stage) => signedRequest(stage, { body: '{"amount":1}' }),
    bad: (stage) => signedRequest(stage, { body: '{"amount":1}', sentBody: '{"amount":9}' }),
  },
  {
    name: 'Body that is not signed',
    source: 'RFC 9421 7.2.8',
    reason: 'signature-without-content-digest',
    good: (stage) => signedRequest(stage, { body: '{"amount":1}' }),
    bad: (stage) => signedRequest(stage, { body: '{"amount":1}', components: covered }),
  },
  {
    name: 'Signed request sent twice',
    source: 'RFC 9421 7.2.2',
    reason: 'signature-used-before',
    good: (stage) => (usedSignature = goodSignature(stage)),
    bad: () => usedSignature,
  },
];

export const credentialAttacks: Readonly<Record<string, readonly Attack[]>> = {
  'Passwords (Basic)': passwordAttacks,
  'API keys': keyAttacks,
  'Sessions and forged requests': sessionAttacks,
  'Client certificates': certificateAttacks,
  'Message signatures': signatureAttacks,
};
