import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { CastellanError } from '@castellan/contract';
import type { SchemeRequest } from '../scheme.ts';
import { signatureAlgorithms } from './algorithms.ts';
import { readClaims } from './claims.ts';
import type { ProofConfiguration, ReplayMemory } from './configuration.ts';
import { LocalReplayMemory } from './replay.ts';
import { verifySignature } from './signature.ts';
import { readVerificationKey, type VerificationKey } from './verification-key.ts';
import { useOnce } from './use-once.ts';

/** Algorithms of proofs that are taken where nothing is said. A shared secret proves no possession. */
const defaults = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];
const maxProof = 4096;
const nonceLifetime = 300_000;

type ProofResult =
  | { readonly outcome: 'proven' }
  | { readonly outcome: 'refused'; readonly reason: string; readonly nonce?: string }
  | { readonly outcome: 'full' };

/** Verifies DPoP proofs (RFC 9449 section 4.3). */
export interface ProofVerifier {
  readonly algorithms: readonly string[];
  /**
   * @param proof the `DPoP` field
   * @param token the access token that the proof stands beside
   * @param thumbprint the token's `cnf.jkt`
   */
  readonly verify: (proof: string, token: string, thumbprint: string, request: SchemeRequest) => Promise<ProofResult>;
}

/** @throws CastellanError `bad-authentication` */
export function proofVerifier(where: string, configuration: ProofConfiguration, skew: number): ProofVerifier {
  const algorithms = configuration.algorithms ?? defaults;
  for (const algorithm of algorithms) {
    if ((signatureAlgorithms.get(algorithm)?.kty ?? 'oct') === 'oct')
      throw new CastellanError({
        code: 'bad-authentication',
        message: `${where}.proof.algorithms has '${algorithm}'`,
        mend: `use some of ${defaults.join(', ')}`,
      });
  }
  const maxAge = (configuration.maxAge ?? 60) * 1000;
  const replay: ReplayMemory = configuration.replay ?? new LocalReplayMemory();
  const nonces = noncesOf(where, configuration.nonce);
  const keys = new ProofKeys();

  return {
    algorithms,
    async verify(proof, token, thumbprint, request) {
      if (proof.length > maxProof) return refused('proof-malformed');
      let used: { readonly key: VerificationKey; readonly thumbprint: string } | undefined;
      const result = await verifySignature(
        proof,
        algorithms,
        async (header) => {
          used = await keys.read(header.jwk);
          return used?.key.algorithms.includes(header.alg) === true ? used.key.import(header.alg) : undefined;
        },
        true,
      );
      if ('problem' in result) return refused(`proof-${result.problem}`);
      if (result.header.typ !== 'dpop+jwt') return refused('proof-type');
      if (used?.thumbprint !== thumbprint) return refused('proof-of-another-key');
      const claims = readClaims(result.payload);
      if (claims === undefined) return refused('proof-malformed');
      const { htm, htu, iat, jti, ath, nonce } = claims;
      const { now, arrivedAt = now } = request;
      if (htm !== request.incoming.method) return refused('proof-method');
      if (typeof htu !== 'string' || !sameAddress(htu, request.url)) return refused('proof-address');
      if (ath !== hash('sha256', token, 'base64url')) return refused('proof-of-another-token');
      if (typeof iat !== 'number' || iat * 1000 > now + skew * 1000 || iat * 1000 < arrivedAt - maxAge - skew * 1000)
        return refused('proof-age');
      if (typeof jti !== 'string' || jti === '' || jti.length > 256) return refused('proof-without-id');
      if (nonces !== undefined && !(typeof nonce === 'string' && nonces.good(nonce, arrivedAt)))
        return { outcome: 'refused', reason: 'proof-nonce', nonce: nonces.current(now) };
      const outcome = await useOnce(replay, request, `dpop ${thumbprint} ${jti}`, now + maxAge + 2 * skew * 1000);
      if (outcome === 'full') return { outcome: 'full' };
      return outcome === 'used' ? refused('proof-used-before') : { outcome: 'proven' };
    },
  };
}

function refused(reason: string): ProofResult {
  return { outcome: 'refused', reason };
}

/** Compares without query and fragment, after the normalisation of RFC 3986 section 6.2.2 and 6.2.3. */
function sameAddress(htu: string, url: string): boolean {
  if (!URL.canParse(htu) || !URL.canParse(url)) return false;
  const [a, b] = [new URL(htu), new URL(url)];
  return a.username === '' && a.password === '' && a.origin === b.origin && a.pathname === b.pathname;
}

/** Public keys of proofs, read and imported once: a client uses one key for many requests. */
class ProofKeys {
  readonly #known = new Map<string, { readonly key: VerificationKey; readonly thumbprint: string }>();

  async read(jwk: unknown): Promise<{ readonly key: VerificationKey; readonly thumbprint: string } | undefined> {
    if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return undefined;
    const name = JSON.stringify(jwk);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const result = await readVerificationKey(jwk as JWK);
    if ('problem' in result || result.key.symmetric) return undefined;
    const read = { key: result.key, thumbprint: await calculateJwkThumbprint(jwk as JWK) };
    if (this.#known.size >= 10_000) this.#known.clear();
    this.#known.set(name, read);
    return read;
  }
}

interface Nonces {
  current(now: number): string;
  good(nonce: string, now: number): boolean;
}

/** Nonces that need no memory: the time slot and a keyed hash of it. The slot before is good too. */
function noncesOf(where: string, nonce: boolean | string | undefined): Nonces | undefined {
  if (nonce === undefined || nonce === false) return undefined;
  if (typeof nonce === 'string' && nonce.length < 32) {
    throw new CastellanError({
      code: 'weak-secret',
      message: `${where}.proof.nonce has fewer than 32 characters`,
      mend: 'use a random secret: openssl rand -base64 32',
    });
  }
  const secret = nonce === true ? randomBytes(32) : Buffer.from(nonce);
  const of = (slot: number): string =>
    createHmac('sha256', secret).update(`dpop-nonce ${slot}`).digest('base64url').slice(0, 32);
  const slotAt = (now: number): number => Math.floor(now / nonceLifetime);
  return {
    current: (now) => of(slotAt(now)),
    good: (given, now) => [slotAt(now), slotAt(now) - 1].some((slot) => equal(given, of(slot))),
  };
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
