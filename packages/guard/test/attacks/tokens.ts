import { createHmac, createPublicKey } from 'node:crypto';
import { CompactEncrypt, exportSPKI, type JWTPayload } from 'jose';
import type { Attack } from './attack.ts';
import type { SchemeName } from './contract.ts';
import { audience, issuer, type Attempt, type Stage } from './stage.ts';

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const to = (scheme: SchemeName | 'both' | 'scoped', token: string): Attempt => ({ path: `/v1/${scheme}`, token });

const good =
  (scheme: SchemeName = 'jwt', header: Record<string, unknown> = {}) =>
  async (stage: Stage): Promise<Attempt> =>
    to(scheme, await stage.token({}, header));

/** A token whose claims are changed and which is signed well all the same. */
const claims = (name: string, source: string, reason: string, change: (stage: Stage) => JWTPayload): Attack => ({
  name,
  source,
  reason,
  good: good(),
  bad: async (stage) => to('jwt', await stage.token(change(stage))),
});

/** A token whose header is changed, signed well or by whoever the header names. */
const header = (
  name: string,
  source: string,
  reason: string,
  change: (stage: Stage) => Record<string, unknown>,
  signer: 'issuer' | 'attacker' = 'attacker',
): Attack => ({
  name,
  source,
  reason,
  good: good(),
  bad: async (stage) =>
    to('jwt', await stage.token({}, change(stage), signer === 'attacker' ? stage.stranger : stage.ec)),
});

/** A token made by hand, for what no library signs. */
const crafted = (
  name: string,
  source: string,
  reason: string,
  make: (token: string, stage: Stage) => string | Promise<string>,
): Attack => ({
  name,
  source,
  reason,
  good: good(),
  bad: async (stage) => to('jwt', await make(await stage.token(), stage)),
});

const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

const seconds = (stage: Stage): number => Math.floor(stage.now() / 1000);

/** An HMAC over a token with whatever the attacker takes for a secret. */
function hmacToken(stage: Stage, secret: string | Buffer): string {
  const text = `${base64({ alg: 'HS256', kid: 'ec' })}.${base64(stage.goodClaims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export const algorithmAttacks: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) =>
    crafted(`Unsigned token, alg '${alg}'`, 'RFC 8725 2.1, CVE-2015-9235', 'algorithm-not-allowed', (token) => {
      return `${base64({ alg, typ: 'JWT' })}.${parts(token)[1]}.`;
    }),
  ),
  crafted('Signature cut off', 'RFC 7515 5.2', 'unsigned-token', (token) => `${parts(token)[0]}.${parts(token)[1]}.`),
  crafted(
    'Key confusion: HMAC with the public key in PEM',
    'RFC 8725 2.1, CVE-2016-5431',
    'algorithm-not-allowed',
    async (_token, stage) => hmacToken(stage, await exportSPKI(stage.ec.publicKey)),
  ),
  crafted('Key confusion: HMAC with the public key as JWK', 'RFC 8725 2.1', 'algorithm-not-allowed', (_token, stage) =>
    hmacToken(stage, JSON.stringify(stage.ec.jwk)),
  ),
  crafted('Key confusion: HMAC with the public key in DER', 'RFC 8725 2.1', 'algorithm-not-allowed', (_token, stage) =>
    hmacToken(
      stage,
      createPublicKey({ key: stage.ec.jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
    ),
  ),
  crafted('HMAC with an empty secret', 'CVE-2020-28042', 'algorithm-not-allowed', (_token, stage) =>
    hmacToken(stage, ''),
  ),
  crafted("HMAC with the secret 'secret'", 'ASVS 5.0 V11.2', 'algorithm-not-allowed', (_token, stage) =>
    hmacToken(stage, 'secret'),
  ),
  {
    name: 'Algorithm of the same key type that was not pinned (PS256 for RS256)',
    source: 'RFC 8725 3.1',
    reason: 'algorithm-not-allowed',
    good: async (stage) => to('rsa', await stage.token({}, { alg: 'RS256', kid: 'rsa' }, stage.rsa)),
    bad: async (stage) => {
      const [, payload] = parts(await stage.token({}, { alg: 'RS256', kid: 'rsa' }, stage.rsa));
      return to('rsa', `${base64({ alg: 'PS256', kid: 'rsa' })}.${payload}.${base64('x'.repeat(256))}`);
    },
  },
  crafted(
    'ECDSA signature of zeros',
    'CVE-2022-21449',
    'bad-signature',
    (token) => `${parts(token)[0]}.${parts(token)[1]}.${Buffer.alloc(64).toString('base64url')}`,
  ),
  crafted(
    'ECDSA signature in DER',
    'RFC 7518 3.4',
    'bad-signature',
    (token) =>
      `${parts(token)[0]}.${parts(token)[1]}.${Buffer.concat([Buffer.from([0x30, 0x44, 2, 32]), Buffer.from(parts(token)[2], 'base64url')]).toString('base64url')}`,
  ),
  header('Signed by a stranger under a known kid', 'RFC 7515 10.4', 'bad-signature', () => ({})),
  header('Unknown kid', 'RFC 7515 4.1.4', 'unknown-key', () => ({ kid: 'nobody' })),
  header('kid that is a path', 'CVE-2022-23540', 'unknown-key', () => ({ kid: '../../../../dev/null' })),
  header('kid that is SQL', 'API8:2023', 'unknown-key', () => ({ kid: "x' UNION SELECT 'secret" })),
  crafted(
    'kid that is no text',
    'RFC 7515 4.1.4',
    'malformed-token',
    (token) => `${base64({ alg: 'ES256', kid: { $ne: '' } })}.${parts(token)[1]}.${parts(token)[2]}`,
  ),
  header('Key in the header (jwk)', 'RFC 8725 3.10, CVE-2018-0114', 'bad-signature', (stage) => ({
    jwk: stage.stranger.jwk,
  })),
  header('Address of a key set in the header (jku)', 'RFC 8725 3.10', 'bad-signature', () => ({
    jku: 'https://evil.example/jwks.json',
  })),
  header('Address of a certificate in the header (x5u)', 'RFC 8725 3.10', 'bad-signature', () => ({
    x5u: 'https://evil.example/cert.pem',
  })),
  header('Certificate in the header (x5c)', 'RFC 8725 3.10', 'bad-signature', () => ({ x5c: ['MIIB'] })),
  crafted(
    'Critical extension that nobody knows',
    'RFC 7515 4.1.11',
    'critical-extension',
    (token) => `${base64({ alg: 'ES256', kid: 'ec', crit: ['exp'], exp: 1 })}.${parts(token)[1]}.${parts(token)[2]}`,
  ),
  crafted(
    'Payload that is not encoded (b64)',
    'RFC 7797 8',
    'unencoded-payload',
    (token) =>
      `${base64({ alg: 'ES256', kid: 'ec', b64: false, crit: ['b64'] })}.${parts(token)[1]}.${parts(token)[2]}`,
  ),
];

export const formAttacks: readonly Attack[] = [
  crafted(
    'Payload changed after signing',
    'RFC 7515 5.2',
    'bad-signature',
    (token, stage) => `${parts(token)[0]}.${base64(stage.goodClaims({ sub: 'admin' }))}.${parts(token)[2]}`,
  ),
  crafted(
    'Signature of another token',
    'RFC 7515 5.2',
    'bad-signature',
    async (token, stage) => `${parts(token)[0]}.${parts(token)[1]}.${parts(await stage.token())[2]}`,
  ),
  crafted('Second spelling of a signature (unused bits set)', 'RFC 4648 3.5', 'malformed-token', (token) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return `${token.slice(0, -1)}${alphabet[alphabet.indexOf(token.at(-1) ?? 'A') + 1] ?? 'B'}`;
  }),
  crafted('Padding at the end', 'RFC 7515 2', 'malformed-token', (token) => `${token}==`),
  crafted('Characters that some decoders skip', 'RFC 7515 5.2', 'malformed-token', (token) =>
    token.replace('.', '%0a.'),
  ),
  crafted('JSON serialization instead of compact', 'RFC 7519 1', 'malformed-token', (token) =>
    JSON.stringify({ protected: parts(token)[0], payload: parts(token)[1], signature: parts(token)[2] }).replaceAll(
      ' ',
      '',
    ),
  ),
  crafted('Four parts', 'RFC 7515 7.1', 'malformed-token', (token) => `${token}.${parts(token)[2]}`),
  crafted(
    'Algorithm named twice in the header',
    'RFC 7515 5.2, RFC 8725 2.4',
    'malformed-token',
    (token) => `${base64('{"alg":"ES256","kid":"ec","alg":"none"}')}.${parts(token)[1]}.${parts(token)[2]}`,
  ),
  crafted(
    'Header with __proto__',
    'CWE-1321',
    'malformed-token',
    (token) => `${base64('{"alg":"ES256","kid":"ec","__proto__":{"x":1}}')}.${parts(token)[1]}.${parts(token)[2]}`,
  ),
  crafted('Token of 20,000 characters', 'API4:2023', 'token-too-long', (token) => `${token}${'A'.repeat(20_000)}`),
  {
    name: 'Encrypted token with an unsigned one inside',
    source: 'RFC 8725 3.6',
    reason: 'malformed-token',
    good: async (stage) => to('sealed', await sealed(stage, await stage.token())),
    bad: async (stage) => to('sealed', await sealed(stage, JSON.stringify(stage.goodClaims()))),
  },
  {
    name: 'Encrypted with an algorithm that the key is not for',
    source: 'RFC 8725 3.1',
    reason: 'bad-encryption',
    good: async (stage) => to('sealed', await sealed(stage, await stage.token())),
    bad: async (stage) => to('sealed', await sealed(stage, await stage.token(), 'ECDH-ES')),
  },
];

function sealed(stage: Stage, inner: string, alg = 'ECDH-ES+A256KW'): Promise<string> {
  return new CompactEncrypt(Buffer.from(inner))
    .setProtectedHeader({ alg, enc: 'A256GCM', kid: 'seal' })
    .encrypt(stage.seal.publicKey);
}

export const claimAttacks: readonly Attack[] = [
  claims('Expired', 'RFC 7519 4.1.4', 'token-expired', (stage) => ({ exp: seconds(stage) - 31 })),
  claims('Never expires', 'RFC 9068 2.2', 'claim-exp', () => ({ exp: undefined }) as unknown as JWTPayload),
  claims('Expiry that is text', 'RFC 7519 2', 'claim-exp', () => ({ exp: '9999999999' }) as unknown as JWTPayload),
  claims('Expiry beyond all time', 'RFC 7519 2', 'claim-exp', () => ({ exp: 1e20 })),
  claims('Not yet good', 'RFC 7519 4.1.5', 'claim-nbf', (stage) => ({ nbf: seconds(stage) + 60 })),
  claims('Issued in the future', 'RFC 7519 4.1.6', 'claim-iat', (stage) => ({ iat: seconds(stage) + 60 })),
  claims('For another API', 'RFC 7519 4.1.3, RFC 8725 3.9', 'claim-aud', () => ({ aud: 'payments' })),
  claims('For nobody in particular', 'RFC 7519 4.1.3', 'claim-aud', () => ({ aud: [] })),
  claims('Audience with this one as a part', 'RFC 7519 4.1.3', 'claim-aud', () => ({
    aud: `${audience}.evil.example`,
  })),
  claims('Audience in upper case', 'RFC 7519 4.1.3', 'claim-aud', () => ({ aud: audience.toUpperCase() })),
  claims('Another issuer', 'RFC 8725 3.8', 'claim-iss', () => ({ iss: 'https://evil.example' })),
  claims('Issuer with a slash more', 'RFC 8725 3.8', 'claim-iss', () => ({ iss: `${issuer}/` })),
  claims('No issuer', 'RFC 9068 2.2', 'claim-iss', () => ({ iss: undefined }) as unknown as JWTPayload),
  claims('No subject', 'RFC 9068 2.2', 'no-subject', () => ({ sub: '' })),
  header(
    'Logout token in place of an access token',
    'RFC 8725 3.11',
    'token-type',
    () => ({ typ: 'logout+jwt' }),
    'issuer',
  ),
  header(
    'Proof of possession in place of an access token',
    'RFC 8725 3.11',
    'token-type',
    () => ({ typ: 'dpop+jwt' }),
    'issuer',
  ),
  {
    name: 'ID token in place of an access token',
    source: 'RFC 9068 2.1',
    reason: 'token-type',
    good: good('profile', { typ: 'at+jwt' }),
    bad: async (stage) => to('profile', await stage.token({}, { typ: 'JWT' })),
  },
  {
    name: 'Lives for a year where an hour is allowed',
    source: 'ASVS 5.0 V9.2',
    reason: 'lives-too-long',
    good: good('profile', { typ: 'at+jwt' }),
    bad: async (stage) => to('profile', await stage.token({ exp: seconds(stage) + 31_536_000 }, { typ: 'at+jwt' })),
  },
  {
    name: 'Token used twice where it is good once',
    source: 'RFC 7519 4.1.7',
    reason: 'token-used-before',
    good: async (stage) => to('once', (onceToken = await stage.token())),
    bad: () => to('once', onceToken),
  },
  {
    name: 'Token without an id where it is good once',
    source: 'RFC 7519 4.1.7',
    reason: 'claim-jti',
    good: good('once'),
    bad: async (stage) => to('once', await stage.token({ jti: undefined } as unknown as JWTPayload)),
  },
  {
    name: 'Scope that was not given',
    source: 'RFC 6750 3.1, API5:2023',
    status: 403,
    reason: 'insufficient-scope',
    good: async (stage) => to('scoped', await stage.token({ scope: 'orders:delete' })),
    bad: async (stage) => to('scoped', await stage.token({ scope: 'orders:deleted orders' })),
  },
  {
    name: 'Revoked before it expired',
    source: 'RFC 7009, API2:2023',
    reason: 'credential-revoked',
    good: async (stage) => to('jwt', (revokedToken = await stage.token({ jti: 'taken-back' }))),
    bad: async (stage) => {
      await stage.guard.revocations.revoke({ kind: 'token', id: 'taken-back', until: stage.now() + 600_000 });
      return to('jwt', revokedToken);
    },
  },
  {
    name: 'Opaque token that the provider calls inactive',
    source: 'RFC 7662 2.2',
    reason: 'token-inactive',
    good: (stage) => opaque(stage, 'good', {}),
    bad: () => to('opaque', 'made-up'),
  },
  {
    name: 'Opaque token for another API',
    source: 'RFC 7662 4',
    reason: 'claim-aud',
    good: (stage) => opaque(stage, 'good', {}),
    bad: (stage) => opaque(stage, 'foreign', { aud: 'payments' }),
  },
  {
    name: 'Opaque token that expired while the provider still calls it active',
    source: 'RFC 7662 4',
    reason: 'token-expired',
    good: (stage) => opaque(stage, 'good', {}),
    bad: (stage) => opaque(stage, 'old', { exp: seconds(stage) - 60 }),
  },
];

let onceToken = '';
let revokedToken = '';

function opaque(stage: Stage, token: string, more: object): Attempt {
  const { provider } = stage;
  provider.answers.set(token, {
    active: true,
    iss: issuer,
    aud: audience,
    sub: 'ada',
    exp: seconds(stage) + 60,
    ...more,
  });
  return to('opaque', token);
}
