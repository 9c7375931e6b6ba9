// promise: bound-tokens
import assert from 'node:assert/strict';
import { createHash, hash } from 'node:crypto';
import { test } from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SchemeOutcome, SchemeRequest } from '../scheme.ts';
import { compileBinding, confirmationOf, type Confirmation } from './binding.ts';
import { proofVerifier } from './dpop.ts';

const now = 1_800_000_000_000;
const seconds = now / 1000;
const url = 'https://api.example.com/v1/orders';
const token = 'the.access.token';
const ath = hash('sha256', token, 'base64url');

const pair = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(pair.publicKey);
const thumbprint = await calculateJwkThumbprint(jwk);
const other = await generateKeyPair('ES256', { extractable: true });
const otherJwk = await exportJWK(other.publicKey);
let count = 0;

interface Made {
  readonly header?: object;
  readonly claims?: object;
  readonly key?: typeof pair.privateKey;
}

function proofOf({ header = {}, claims = {}, key = pair.privateKey }: Made = {}): Promise<string> {
  const all = { htm: 'GET', htu: url, iat: seconds, jti: `id ${count++}`, ath, ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(key);
}

const requestOf = (more: object = {}, method = 'GET'): SchemeRequest =>
  ({ incoming: { method, headers: {} }, url, now, ...more }) as unknown as SchemeRequest;

const rows: readonly (readonly [name: string, made: Made, reason: string | undefined, request?: SchemeRequest])[] = [
  ['good', {}, undefined],
  ['of another type', { header: { typ: 'jwt' } }, 'proof-type'],
  ['without a type', { header: { typ: undefined } }, 'proof-type'],
  ['of another key', { header: { jwk: otherJwk }, key: other.privateKey }, 'proof-of-another-key'],
  ['signed with another key than it shows', { key: other.privateKey }, 'proof-bad-signature'],
  ['without a key', { header: { jwk: undefined } }, 'proof-unknown-key'],
  ['with a list for a key', { header: { jwk: [jwk] } }, 'proof-unknown-key'],
  ['with a text for a key', { header: { jwk: 'x' } }, 'proof-unknown-key'],
  ['with a key for encryption', { header: { jwk: { ...jwk, use: 'enc' } } }, 'proof-unknown-key'],
  ['for another method', { claims: { htm: 'POST' } }, 'proof-method'],
  ['for any method', { claims: { htm: undefined } }, 'proof-method'],
  ['for another path', { claims: { htu: `${url}x` } }, 'proof-address'],
  ['for another host', { claims: { htu: 'https://evil.example.com/v1/orders' } }, 'proof-address'],
  ['for another scheme', { claims: { htu: 'http://api.example.com/v1/orders' } }, 'proof-address'],
  ['for no address', { claims: { htu: undefined } }, 'proof-address'],
  ['for what is no address', { claims: { htu: '/v1/orders' } }, 'proof-address'],
  ['for an address with a name', { claims: { htu: 'https://ada@api.example.com/v1/orders' } }, 'proof-address'],
  ['for an address with a password', { claims: { htu: 'https://:x@api.example.com/v1/orders' } }, 'proof-address'],
  ['for a long address', { claims: { htu: `${url}?${'x'.repeat(3200)}` } }, 'proof-malformed'],
  ['with the query', { claims: { htu: `${url}?limit=1` } }, undefined],
  ['with a fragment', { claims: { htu: `${url}#x` } }, undefined],
  ['in another spelling', { claims: { htu: 'HTTPS://API.example.com:443/v1/x/../orders' } }, undefined],
  ['where the request has no address', {}, 'proof-address', requestOf({ url: 'https://not a host/' })],
  ['for another token', { claims: { ath: hash('sha256', 'x', 'base64url') } }, 'proof-of-another-token'],
  ['for any token', { claims: { ath: undefined } }, 'proof-of-another-token'],
  ['ahead by as much as may be', { claims: { iat: seconds + 5 } }, undefined],
  ['ahead', { claims: { iat: seconds + 6 } }, 'proof-age'],
  ['as old as may be', { claims: { iat: seconds - 65 } }, undefined],
  ['old', { claims: { iat: seconds - 66 } }, 'proof-age'],
  ['old when asked again', { claims: { iat: seconds - 66 } }, undefined, requestOf({ arrivedAt: now - 1000 })],
  ['without a time', { claims: { iat: undefined } }, 'proof-age'],
  ['with a time that is no number', { claims: { iat: String(seconds) } }, 'proof-age'],
  ['without an id', { claims: { jti: undefined } }, 'proof-without-id'],
  ['with an empty id', { claims: { jti: '' } }, 'proof-without-id'],
  ['with an id that is no text', { claims: { jti: 1 } }, 'proof-without-id'],
  ['with a long id', { claims: { jti: 'x'.repeat(256) } }, undefined],
  ['with too long an id', { claims: { jti: 'x'.repeat(257) } }, 'proof-without-id'],
];
for (const [name, made, reason, request = requestOf()] of rows)
  test(`a proof ${name}`, async () => {
    const { verify } = proofVerifier('where', {}, 5);
    const result = await verify(await proofOf(made), token, thumbprint, request);
    assert.deepEqual(result, reason === undefined ? { outcome: 'proven' } : { outcome: 'refused', reason });
  });

test('a proof is good once, and for the request that used it a second time', async () => {
  const { verify } = proofVerifier('where', {}, 5);
  const proof = await proofOf();
  const request = requestOf();
  const of = async (one: SchemeRequest): Promise<string> => (await verify(proof, token, thumbprint, one)).outcome;
  assert.deepEqual([await of(request), await of(request), await of(requestOf())], ['proven', 'proven', 'refused']);
});

test('a proof is remembered for as long as it is good', async () => {
  const asked: unknown[] = [];
  const use = (key: string, until: number, at: number): 'full' => {
    asked.push(key, until, at);
    return 'full';
  };
  const { verify } = proofVerifier('where', { maxAge: 30, replay: { use } }, 5);
  assert.deepEqual(await verify(await proofOf({ claims: { jti: 'x' } }), token, thumbprint, requestOf()), {
    outcome: 'full',
  });
  assert.deepEqual(asked, [`dpop ${thumbprint} x`, now + 40_000, now]);
  const late = await verify(await proofOf({ claims: { iat: seconds - 36 } }), token, thumbprint, requestOf());
  assert.deepEqual(late, { outcome: 'refused', reason: 'proof-age' });
});

test('nonces are of this time or the one before, and each refusal gives one', async () => {
  const nonce = 'n'.repeat(32);
  const { verify } = proofVerifier('where', { nonce }, 5);
  const ask = async (claims: object, at = now): Promise<{ reason?: string; nonce?: string; outcome: string }> =>
    verify(await proofOf({ claims: { iat: at / 1000, ...claims } }), token, thumbprint, requestOf({ now: at }));
  const given = (await ask({})).nonce;
  assert.deepEqual((await ask({})).reason, 'proof-nonce');
  assert.deepEqual(
    [
      (await ask({ nonce: given })).outcome,
      (await ask({ nonce: given }, now + 300_000)).outcome,
      (await ask({ nonce: given }, now + 600_000)).reason,
      (await ask({ nonce: given }, now - 300_000)).reason,
      (await ask({ nonce: 1 })).reason,
      (await ask({ nonce: '' })).reason,
    ],
    ['proven', 'proven', 'proof-nonce', 'proof-nonce', 'proof-nonce', 'proof-nonce'],
  );
  // The same secret gives the same nonce to several processes; one of the process gives others.
  assert.equal(
    (
      (await proofVerifier('where', { nonce }, 5).verify(await proofOf(), token, thumbprint, requestOf())) as {
        nonce?: string;
      }
    ).nonce,
    given,
  );
  const own = proofVerifier('where', { nonce: true }, 5);
  const first = (await own.verify(await proofOf(), token, thumbprint, requestOf())) as { nonce?: string };
  assert.notEqual(first.nonce, given);
  assert.throws(() => proofVerifier('where', { nonce: 'n'.repeat(31) }, 5), { code: 'weak-secret' });
  const without = proofVerifier('where', { nonce: false }, 5);
  assert.equal((await without.verify(await proofOf(), token, thumbprint, requestOf())).outcome, 'proven');
});

test('algorithms of proofs are those of public keys, and only the ones that are named', async () => {
  for (const algorithm of ['HS256', 'none', 'XY'])
    assert.throws(() => proofVerifier('where', { algorithms: [algorithm] as never }, 5), {
      code: 'bad-authentication',
    });
  const { algorithms, verify } = proofVerifier('where', { algorithms: ['EdDSA'] }, 5);
  assert.deepEqual(algorithms, ['EdDSA']);
  assert.deepEqual(await verify(await proofOf(), token, thumbprint, requestOf()), {
    outcome: 'refused',
    reason: 'proof-algorithm-not-allowed',
  });
});

test('what is too long is not read', async () => {
  const { verify } = proofVerifier('where', {}, 5);
  const result = await verify('x'.repeat(4097), token, thumbprint, requestOf());
  assert.deepEqual(result, { outcome: 'refused', reason: 'proof-malformed' });
});

test('what a token says of the key that it is bound to', () => {
  for (const [cnf, kind] of [
    [undefined, 'none'],
    [null, 'unknown'],
    ['x', 'unknown'],
    [{}, 'unknown'],
    [{ jkt: 'x' }, 'dpop'],
    [{ 'x5t#S256': 'x' }, 'certificate'],
    [{ jkt: 1 }, 'unknown'],
    [{ jkt: 'x', 'x5t#S256': 'x' }, 'unknown'],
    [{ jwk: 'x' }, 'unknown'],
  ] as const)
    assert.equal(confirmationOf({ cnf }).kind, kind, JSON.stringify(cnf));
  assert.deepEqual(confirmationOf({ cnf: { jkt: 'x' } }), { kind: 'dpop', thumbprint: 'x' });
  assert.deepEqual(confirmationOf({ cnf: { 'x5t#S256': 'x' } }), { kind: 'certificate', thumbprint: 'x' });
});

const verified = { outcome: 'verified' } as SchemeOutcome;
const raw = Buffer.from('a certificate');
const certificate = (bytes: Buffer | undefined): object => ({
  clientCertificate: () => (bytes === undefined ? undefined : { raw: bytes }),
});
const none: Confirmation = { kind: 'none' };
const dpop: Confirmation = { kind: 'dpop', thumbprint };
const mutual: Confirmation = {
  kind: 'certificate',
  thumbprint: createHash('sha256').update(raw).digest('base64url'),
};

type Proof = 'good' | 'wrong' | 'none';
type Row = readonly [
  configuration: object | undefined,
  confirmation: Confirmation,
  asDpop: boolean,
  outcome: string,
  proof?: Proof,
  incoming?: object,
];
const bindings: readonly Row[] = [
  [undefined, none, false, 'verified'],
  [undefined, none, true, 'token-not-bound'],
  [{ required: true }, none, false, 'token-not-bound'],
  [{ required: false }, none, false, 'verified'],
  [{ required: true }, none, true, 'token-not-bound'],
  [undefined, dpop, true, 'verified', 'good'],
  [{ required: true }, dpop, true, 'verified', 'good'],
  [undefined, dpop, true, 'proof-method', 'wrong'],
  [undefined, dpop, true, 'proof-missing', 'none'],
  [undefined, dpop, false, 'bound-token-as-bearer', 'good'],
  [{ kinds: ['certificate'] }, dpop, true, 'proof-not-taken', 'good'],
  [undefined, mutual, false, 'verified', 'none', certificate(raw)],
  [undefined, mutual, false, 'certificate-of-another', 'none', certificate(Buffer.from('x'))],
  [undefined, mutual, false, 'certificate-of-another', 'none', certificate(undefined)],
  [undefined, mutual, false, 'certificate-of-another', 'none', {}],
  [undefined, mutual, true, 'proof-not-taken', 'none', certificate(raw)],
  [{ kinds: ['dpop'] }, mutual, false, 'proof-not-taken', 'none', certificate(raw)],
  [undefined, { kind: 'unknown' }, false, 'unknown-confirmation'],
  [{ nonce: 'n'.repeat(32) }, dpop, true, 'proof-nonce', 'good'],
  [{ replay: { use: () => 'full' } }, dpop, true, 'throttled 30', 'good'],
];
for (const [configuration, confirmation, asDpop, expected, proof = 'none', incoming = {}] of bindings)
  test(`a token bound to ${confirmation.kind}, ${asDpop ? 'DPoP' : 'Bearer'}, proof ${proof}: ${expected}`, async () => {
    const binding = compileBinding('where', configuration, 5);
    const sent = proof === 'none' ? '' : await proofOf({ claims: proof === 'wrong' ? { htm: 'PUT' } : {} });
    const request = requestOf({ incoming: { method: 'GET', headers: { dpop: sent }, ...incoming } });
    const outcome = await binding.check(confirmation, token, asDpop, request, verified);
    const told =
      outcome.outcome === 'refused'
        ? outcome.reason
        : outcome.outcome === 'throttled'
          ? `throttled ${outcome.retryAfterSeconds}`
          : outcome.outcome;
    assert.equal(told, expected);
    if (outcome.outcome !== 'refused') return;
    const challenge =
      expected === 'proof-nonce'
        ? 'use_dpop_nonce'
        : expected.startsWith('proof-m')
          ? 'invalid_dpop_proof'
          : 'invalid_token';
    assert.equal(outcome.challenge, `error="${challenge}"`);
    assert.equal(typeof outcome.headers?.['dpop-nonce'], expected === 'proof-nonce' ? 'string' : 'undefined');
  });

test('a request without the field has no proof', async () => {
  const outcome = await compileBinding('where', undefined, 5).check(dpop, token, true, requestOf(), verified);
  assert.equal(outcome.outcome === 'refused' ? outcome.reason : '', 'proof-missing');
});

test('proofs are asked for only where somebody configured them', () => {
  assert.equal(compileBinding('where', undefined, 5).challenge, undefined);
  assert.match(compileBinding('where', {}, 5).challenge ?? '', /^DPoP algs="ES256 /);
  assert.equal(compileBinding('where', { kinds: ['certificate'] }, 5).challenge, undefined);
  assert.equal(compileBinding('where', { algorithms: ['ES256', 'PS256'] }, 5).challenge, 'DPoP algs="ES256 PS256"');
});
