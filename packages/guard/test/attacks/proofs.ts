import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, SignJWT, type JWTPayload } from 'jose';
import { send } from '../client.ts';
import type { Attack } from './attack.ts';
import type { Attempt, Keys, Stage } from './stage.ts';

/** What of a good proof an attack changes. */
interface ProofChange {
  readonly claims?: JWTPayload | undefined;
  readonly header?: Record<string, unknown> | undefined;
  readonly signer?: Keys | undefined;
}

const path = '/v1/bound';

const boundToken = async (stage: Stage, keys: Keys = stage.proof): Promise<string> =>
  stage.token({ cnf: { jkt: await calculateJwkThumbprint(keys.jwk) } });

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

function publicJwk({ jwk }: Keys): object {
  const { kty, crv, x, y } = jwk as Record<string, unknown>;
  return { kty, crv, x, y };
}

async function proofFor(stage: Stage, token: string, change: ProofChange = {}, at = path): Promise<string> {
  const signer = change.signer ?? stage.proof;
  return new SignJWT({
    htm: 'GET',
    htu: `${stage.url}${at}`,
    iat: Math.floor(stage.now() / 1000),
    jti: randomUUID(),
    ath: hashOf(token),
    ...change.claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk(signer), ...change.header } as never)
    .sign(signer.privateKey);
}

const withProof = (token: string, proof: string, at = path): Attempt => ({
  path: at,
  headers: { authorization: `DPoP ${token}`, dpop: proof },
});

async function goodBound(stage: Stage): Promise<Attempt> {
  const token = await boundToken(stage);
  return withProof(token, await proofFor(stage, token));
}

const proof = (
  name: string,
  source: string,
  reason: string,
  change: (stage: Stage) => ProofChange | Promise<ProofChange>,
): Attack => ({
  name,
  source,
  reason,
  good: goodBound,
  bad: async (stage) => {
    const token = await boundToken(stage);
    return withProof(token, await proofFor(stage, token, await change(stage)));
  },
});

let usedProof: Attempt = { path };

/** A client certificate's thumbprint as `cnf` has it. */
const certificateHash = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');

async function freshNonce(stage: Stage): Promise<string> {
  const token = await boundToken(stage);
  const first = withProof(token, await proofFor(stage, token, {}, '/v1/fresh'), '/v1/fresh');
  return String((await send(stage.url, first.path, first)).headers['dpop-nonce']);
}

async function goodFresh(stage: Stage): Promise<Attempt> {
  const token = await boundToken(stage);
  const claims = { nonce: await freshNonce(stage) };
  return withProof(token, await proofFor(stage, token, { claims }, '/v1/fresh'), '/v1/fresh');
}

export const proofAttacks: readonly Attack[] = [
  {
    name: 'Bound token as a plain bearer token',
    source: 'RFC 9449 7.1',
    reason: 'bound-token-as-bearer',
    good: goodBound,
    bad: async (stage) => ({ path, token: await boundToken(stage) }),
  },
  {
    name: 'Bound token without a proof',
    source: 'RFC 9449 4.3',
    reason: 'proof-missing',
    good: goodBound,
    bad: async (stage) => ({ path, headers: { authorization: `DPoP ${await boundToken(stage)}` } }),
  },
  {
    name: 'Unbound token where a bound one is needed',
    source: 'RFC 9449 7.1',
    reason: 'token-not-bound',
    good: goodBound,
    bad: async (stage) => {
      const token = await stage.token();
      return withProof(token, await proofFor(stage, token));
    },
  },
  proof('Stolen token with the proof of another key', 'RFC 9449 4.3', 'proof-of-another-key', (stage) => ({
    signer: stage.otherProof,
  })),
  proof(
    "Proof that shows the token's key and is signed by another",
    'RFC 9449 4.3',
    'proof-bad-signature',
    (stage) => ({ signer: stage.otherProof, header: { jwk: publicJwk(stage.proof) } }),
  ),
  proof('Proof for another method', 'RFC 9449 4.3', 'proof-method', () => ({ claims: { htm: 'POST' } })),
  proof('Proof for another path', 'RFC 9449 4.3', 'proof-address', (stage) => ({
    claims: { htu: `${stage.url}/v1/other` },
  })),
  proof('Proof for another host', 'RFC 9449 4.3', 'proof-address', () => ({
    claims: { htu: `https://evil.example${path}` },
  })),
  proof('Proof for another token', 'RFC 9449 4.3', 'proof-of-another-token', () => ({
    claims: { ath: hashOf('another') },
  })),
  proof('Proof without the hash of its token', 'RFC 9449 4.3', 'proof-of-another-token', () => ({
    claims: { ath: undefined } as unknown as JWTPayload,
  })),
  proof('Proof made before', 'RFC 9449 11.1', 'proof-age', (stage) => ({
    claims: { iat: Math.floor(stage.now() / 1000) - 120 },
  })),
  proof('Proof made for later', 'RFC 9449 11.1', 'proof-age', (stage) => ({
    claims: { iat: Math.floor(stage.now() / 1000) + 120 },
  })),
  proof('Proof without an id', 'RFC 9449 4.2', 'proof-without-id', () => ({ claims: { jti: '' } })),
  proof('Proof that is a token of another type', 'RFC 9449 4.3', 'proof-type', () => ({ header: { typ: 'JWT' } })),
  proof('Proof that shows its private key', 'RFC 9449 4.3', 'proof-unknown-key', async (stage) => ({
    header: { jwk: { ...publicJwk(stage.proof), d: 'AAAA' } },
  })),
  {
    name: 'Proof used twice',
    source: 'RFC 9449 11.1',
    reason: 'proof-used-before',
    good: async (stage) => (usedProof = await goodBound(stage)),
    bad: () => usedProof,
  },
  {
    name: 'Two proofs in one request',
    source: 'RFC 9449 4.3',
    status: 400,
    reason: 'duplicate-field',
    good: goodBound,
    bad: async (stage) => {
      const token = await boundToken(stage);
      const [first, second] = [await proofFor(stage, token), await proofFor(stage, token)];
      return { path, headers: { authorization: `DPoP ${token}`, dpop: [first, second] } };
    },
  },
  {
    name: 'Proof without the nonce that the server gave',
    source: 'RFC 9449 9',
    reason: 'proof-nonce',
    good: goodFresh,
    bad: async (stage) => {
      const token = await boundToken(stage);
      return withProof(token, await proofFor(stage, token, {}, '/v1/fresh'), '/v1/fresh');
    },
  },
  {
    name: 'Proof with a nonce that the server did not give',
    source: 'RFC 9449 9',
    reason: 'proof-nonce',
    good: goodFresh,
    bad: async (stage) => {
      const token = await boundToken(stage);
      const claims = { nonce: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
      return withProof(token, await proofFor(stage, token, { claims }, '/v1/fresh'), '/v1/fresh');
    },
  },
  {
    name: 'Token bound by a method that nobody here knows',
    source: 'RFC 7800 3.1',
    reason: 'unknown-confirmation',
    good: async (stage) => ({ path: '/v1/jwt', token: await stage.token() }),
    bad: async (stage) => ({ path: '/v1/jwt', token: await stage.token({ cnf: { jku: 'https://evil.example' } }) }),
  },
  {
    name: 'Certificate-bound token over a connection without a certificate',
    source: 'RFC 8705 3',
    reason: 'certificate-of-another',
    good: certificateBound,
    bad: async (stage) => ({ ...(await certificateBound(stage)), tls: 'none' }),
  },
  {
    name: "Certificate-bound token with another client's certificate",
    source: 'RFC 8705 3',
    reason: 'certificate-of-another',
    good: certificateBound,
    bad: async (stage) => ({ ...(await certificateBound(stage)), tls: stage.authority.issue('billing') }),
  },
];

async function certificateBound(stage: Stage): Promise<Attempt> {
  const token = await stage.token({ cnf: { 'x5t#S256': certificateHash(stage.client.cert) } });
  return { path, token, tls: stage.client };
}
