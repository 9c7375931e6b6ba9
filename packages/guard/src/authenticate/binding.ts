import { createHash } from 'node:crypto';
import type { SchemeOutcome, SchemeRequest } from '../scheme.ts';
import type { Claims } from './claims.ts';
import type { ProofConfiguration, ReplayMemory } from './configuration.ts';
import { proofVerifier, type ProofVerifier } from './dpop.ts';

/** The key or certificate that a token is bound to (`cnf`, RFC 7800). */
export type Confirmation =
  | { readonly kind: 'none' }
  | { readonly kind: 'dpop'; readonly thumbprint: string }
  | { readonly kind: 'certificate'; readonly thumbprint: string }
  /** Bound by a method that nobody here can check: then the token proves nothing. */
  | { readonly kind: 'unknown' };

/** Reads `cnf`. A token that is bound in two ways, or in one that is not known, is not accepted on half of the proof. */
export function confirmationOf(claims: Claims): Confirmation {
  const { cnf } = claims;
  if (cnf === undefined) return { kind: 'none' };
  if (typeof cnf !== 'object' || cnf === null) return { kind: 'unknown' };
  const members = Object.entries(cnf);
  const [member] = members;
  if (members.length !== 1 || member === undefined || typeof member[1] !== 'string') return { kind: 'unknown' };
  if (member[0] === 'jkt') return { kind: 'dpop', thumbprint: member[1] };
  if (member[0] === 'x5t#S256') return { kind: 'certificate', thumbprint: member[1] };
  return { kind: 'unknown' };
}

/** Checks that whoever sends a token holds the key that it is bound to. */
type CheckBinding = (
  confirmation: Confirmation,
  token: string,
  /** Whether it came as `Authorization: DPoP`. */ asDpop: boolean,
  request: SchemeRequest,
  verified: SchemeOutcome,
) => SchemeOutcome | Promise<SchemeOutcome>;

export interface Binding {
  readonly check: CheckBinding;
  /** Challenge for a DPoP proof, where these are taken. */
  readonly challenge: string | undefined;
}

/**
 * @param replay where used proofs are kept, where the configuration of proofs does not say: tokens may be bound without it
 * @throws CastellanError `bad-authentication`, `weak-secret`
 */
export function compileBinding(
  where: string,
  configuration: ProofConfiguration | undefined,
  skew: number,
  replay?: ReplayMemory | undefined,
): Binding {
  const kinds = configuration?.kinds ?? ['dpop', 'certificate'];
  const dpop = kinds.includes('dpop')
    ? proofVerifier(where, { ...configuration, replay: configuration?.replay ?? replay }, skew)
    : undefined;
  const required = configuration?.required === true;
  const check: CheckBinding = (confirmation, token, asDpop, request, verified) => {
    switch (confirmation.kind) {
      case 'none':
        // A proof beside a token that is bound to nothing proves nothing (RFC 9449 section 7.1).
        if (asDpop) return refused('token-not-bound');
        return required ? refused('token-not-bound') : verified;
      case 'dpop':
        if (dpop === undefined) return refused('proof-not-taken');
        if (!asDpop) return refused('bound-token-as-bearer');
        return prove(dpop, confirmation.thumbprint, token, request, verified);
      case 'certificate':
        if (asDpop || !kinds.includes('certificate')) return refused('proof-not-taken');
        return certificateThumbprint(request) === confirmation.thumbprint
          ? verified
          : refused('certificate-of-another');
      case 'unknown':
        return refused('unknown-confirmation');
    }
  };
  return {
    check,
    challenge:
      configuration !== undefined && dpop !== undefined ? `DPoP algs="${dpop.algorithms.join(' ')}"` : undefined,
  };
}

async function prove(
  dpop: ProofVerifier,
  thumbprint: string,
  token: string,
  request: SchemeRequest,
  verified: SchemeOutcome,
): Promise<SchemeOutcome> {
  const proof = request.incoming.headers['dpop'];
  if (typeof proof !== 'string' || proof === '') return refusedProof('proof-missing');
  const result = await dpop.verify(proof, token, thumbprint, request);
  if (result.outcome === 'proven') return verified;
  if (result.outcome === 'full') return { outcome: 'throttled', retryAfterSeconds: 30 };
  if (result.nonce === undefined) return refusedProof(result.reason);
  return {
    outcome: 'refused',
    reason: result.reason,
    challenge: 'error="use_dpop_nonce"',
    headers: { 'dpop-nonce': result.nonce, 'cache-control': 'no-store' },
  };
}

function refused(reason: string): SchemeOutcome {
  return { outcome: 'refused', reason, challenge: 'error="invalid_token"' };
}

function refusedProof(reason: string): SchemeOutcome {
  return { outcome: 'refused', reason, challenge: 'error="invalid_dpop_proof"' };
}

/** SHA-256 of the connection's verified client certificate, as `x5t#S256` has it (RFC 8705 section 3.1). */
function certificateThumbprint(request: SchemeRequest): string | undefined {
  const certificate = request.incoming.clientCertificate?.();
  return certificate === undefined ? undefined : createHash('sha256').update(certificate.raw).digest('base64url');
}
