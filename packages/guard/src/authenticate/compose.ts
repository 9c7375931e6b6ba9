import { actorOf } from '../actor.ts';
import type { Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Refusal } from '../problem.ts';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { RevocationList } from '../revocation/list.ts';
import type { ForwardedCertificate } from './forwarded-certificate.ts';
import type { Authenticate, AuthenticationOutcome } from './index.ts';
import { shows } from './shown.ts';

interface Requirement {
  readonly parts: readonly { readonly verifier: SchemeVerifier; readonly scopes: readonly string[] }[];
  readonly names: readonly string[];
  /** Contexts of identities that hold every scope that this requirement asks for. */
  readonly contexts: WeakMap<Identity, AuthContext>;
}

/** The credential is good in itself, and was revoked. */
const revoked: SchemeOutcome = { outcome: 'refused', reason: 'credential-revoked', challenge: 'error="invalid_token"' };

type Settled =
  | { readonly identities: readonly Identity[] }
  | { readonly failed: SchemeOutcome; readonly verifier: SchemeVerifier };

/**
 * The security requirements of one operation: all schemes of a requirement must hold, one requirement is enough, and
 * an empty one lets anonymous callers in (OpenAPI 3.2 section 4.30).
 * @param forwarded where proxies name the client's certificate: asked before any scheme
 */
export function compileRequirements(
  operation: Operation,
  verifiers: ReadonlyMap<string, SchemeVerifier>,
  revocations?: RevocationList | undefined,
  forwarded?: ForwardedCertificate | undefined,
): Authenticate | undefined {
  if (operation.security.length === 0) return undefined;
  const anonymous = operation.security.some((requirement) => requirement.schemes.length === 0);
  const requirements: Requirement[] = operation.security
    .filter((requirement) => requirement.schemes.length > 0)
    .map((requirement) => ({
      parts: requirement.schemes.map(({ scheme, scopes }) => {
        const verifier = verifiers.get(scheme.name);
        if (verifier === undefined) throw new Error(`no verifier for security scheme ${scheme.name}`);
        return { verifier, scopes };
      }),
      names: Object.freeze(requirement.schemes.map(({ scheme }) => scheme.name)),
      contexts: new WeakMap(),
    }));
  if (requirements.length === 0) return undefined;
  const challenges = challengesOf(requirements);

  /** A credential that is remembered has one identity object: its context is made once and serves all its requests. */
  const accept = (requirement: Requirement, identities: readonly Identity[], now: number): AuthenticationOutcome => {
    if (revocations !== undefined && revocations.size > 0 && identities.some((one) => revocations.isRevoked(one)))
      return refusalOf(
        requirement.parts.map(({ verifier }) => ({ failed: revoked, verifier })),
        challenges,
      );
    const [first] = identities;
    if (first === undefined) return undefined;
    const known = identities.length === 1 ? requirement.contexts.get(first) : undefined;
    if (known !== undefined) return known;
    const lacking = missingScopes(requirement, identities);
    if (lacking !== undefined) return insufficient(lacking);
    const context = contextOf(requirement, identities, now);
    if (identities.length === 1) requirement.contexts.set(first, context);
    return context;
  };

  /** A certificate that a proxy names is read before any scheme; a field that is wrong is refused, never nobody's. */
  const withForwarded = (verify: Authenticate): Authenticate =>
    forwarded === undefined
      ? verify
      : (request) => {
          const reason = forwarded(request.incoming);
          if (reason === undefined) return verify(request);
          const failed: SchemeOutcome = { outcome: 'refused', reason };
          return refusalOf(
            requirements.flatMap(({ parts }) => parts.map(({ verifier }) => ({ failed, verifier }))),
            challenges,
          );
        };

  const [only] = requirements;
  const [part] = only?.parts ?? [];
  if (only !== undefined && part !== undefined && requirements.length === 1 && only.parts.length === 1 && !anonymous) {
    const settle = (outcome: SchemeOutcome, now: number): AuthenticationOutcome =>
      outcome.outcome === 'verified'
        ? accept(only, [outcome.identity], now)
        : refusalOf([{ failed: outcome, verifier: part.verifier }], challenges);
    return withForwarded((request) => {
      const outcome = part.verifier.verify(request);
      return outcome instanceof Promise
        ? outcome.then((settled) => settle(settled, request.now))
        : settle(outcome, request.now);
    });
  }

  return withForwarded(async (request) => {
    const failures: { failed: SchemeOutcome; verifier: SchemeVerifier }[] = [];
    // A credential that is good once is verified once, however many requirements ask for it.
    const outcomes = new Map<SchemeVerifier, SchemeOutcome>();
    let scopeFailure: Refusal | undefined;
    let takenBack: Refusal | undefined;
    for (const requirement of requirements) {
      const settled = await all(requirement, request, outcomes);
      if ('failed' in settled) {
        failures.push(settled);
        continue;
      }
      const accepted = accept(requirement, settled.identities, request.now);
      if (accepted === undefined || 'subject' in accepted) return accepted;
      if (accepted.type === 'insufficient-scope') scopeFailure ??= accepted;
      else takenBack ??= accepted;
    }
    // Where anybody may call, whoever presents a credential is held to it: a bad one is not silently nobody's.
    if (anonymous && takenBack === undefined && failures.every(({ failed }) => failed.outcome === 'missing')) {
      const bad = await badlyShown(challenges, request, outcomes);
      if (bad === undefined) return undefined;
      failures.push(bad);
    }
    return scopeFailure ?? takenBack ?? refusalOf(failures, challenges);
  });
}

async function all(
  requirement: Requirement,
  request: SchemeRequest,
  outcomes: Map<SchemeVerifier, SchemeOutcome>,
): Promise<Settled> {
  const identities: Identity[] = [];
  for (const { verifier } of requirement.parts) {
    const outcome = outcomes.get(verifier) ?? (await verifier.verify(request));
    outcomes.set(verifier, outcome);
    if (outcome.outcome !== 'verified') return { failed: outcome, verifier };
    identities.push(outcome.identity);
  }
  return { identities };
}

const unreadable: SchemeOutcome = { outcome: 'refused', reason: 'malformed-credential' };

/** A credential that is not good, among those that no requirement came to, or that cannot be read and so seem missing. */
async function badlyShown(
  verifiers: readonly SchemeVerifier[],
  request: SchemeRequest,
  outcomes: ReadonlyMap<SchemeVerifier, SchemeOutcome>,
): Promise<{ readonly failed: SchemeOutcome; readonly verifier: SchemeVerifier } | undefined> {
  for (const verifier of verifiers) {
    const outcome = outcomes.get(verifier) ?? (await verifier.verify(request));
    if (outcome.outcome === 'verified') continue;
    if (outcome.outcome !== 'missing') return { failed: outcome, verifier };
    if (shows(verifier.scheme, verifier.place, request)) return { failed: unreadable, verifier };
  }
  return undefined;
}

/** Each scheme's own credential must carry the scopes that are asked of that scheme. */
function missingScopes(requirement: Requirement, identities: readonly Identity[]): readonly string[] | undefined {
  for (let i = 0; i < requirement.parts.length; i++) {
    const scopes = requirement.parts[i]?.scopes ?? [];
    if (scopes.length === 0) continue;
    const held = identities[i]?.scopes ?? [];
    if (!scopes.every((scope) => held.includes(scope))) return scopes;
  }
  return undefined;
}

function contextOf(requirement: Requirement, identities: readonly Identity[], now: number): AuthContext {
  const [first] = identities;
  if (first === undefined) throw new Error('a requirement without identities');
  const actor = identities.map(({ claims }) => actorOf(claims['act'])).find((one) => one !== undefined);
  const tenant = identities.find((identity) => identity.tenant !== undefined)?.tenant;
  const unknown = [...new Set(identities.flatMap((identity) => identity.unknown ?? []))].filter(
    (of) => of !== 'tenant' || tenant === undefined,
  );
  return Object.freeze({
    subject: first.subject,
    issuer: first.issuer,
    schemes: requirement.names,
    scopes:
      identities.length === 1
        ? first.scopes
        : Object.freeze([...new Set(identities.flatMap((identity) => identity.scopes))]),
    groups:
      identities.length === 1
        ? first.groups
        : Object.freeze([...new Set(identities.flatMap((identity) => identity.groups))]),
    claims: first.claims,
    credential: first.credential,
    authenticatedAt: now,
    ...(tenant === undefined ? {} : { tenant }),
    ...(actor === undefined ? {} : { actor }),
    ...(unknown.length === 0 ? {} : { unknown: Object.freeze(unknown) }),
  });
}

function challengesOf(requirements: readonly Requirement[]): readonly SchemeVerifier[] {
  return [...new Set(requirements.flatMap(({ parts }) => parts.map(({ verifier }) => verifier)))];
}

function insufficient(scopes: readonly string[]): Refusal {
  // RFC 6750 section 3.1
  return {
    type: 'insufficient-scope',
    reason: 'insufficient-scope',
    headers: {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ').replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`,
    },
  };
}

/** The refusal when no requirement held: what the caller can mend comes before what it cannot. */
function refusalOf(
  failures: readonly { readonly failed: SchemeOutcome; readonly verifier: SchemeVerifier }[],
  challenges: readonly SchemeVerifier[],
): Refusal {
  const throttled = failures.find(({ failed }) => failed.outcome === 'throttled');
  if (throttled?.failed.outcome === 'throttled') {
    return {
      type: 'rate-limited',
      reason: 'authentication-attempts',
      headers: { 'retry-after': String(throttled.failed.retryAfterSeconds) },
    };
  }
  // Another credential would help nobody who is known and may not call.
  const forbidden = failures.find(({ failed }) => failed.outcome === 'forbidden')?.failed;
  if (forbidden?.outcome === 'forbidden') return { type: 'forbidden', reason: forbidden.reason, log: forbidden.log };
  const refused = failures.find(({ failed }) => failed.outcome === 'refused');
  const unavailable = failures.find(({ failed }) => failed.outcome === 'unavailable');
  if (refused === undefined && unavailable?.failed.outcome === 'unavailable') {
    return {
      type: 'unavailable',
      reason: unavailable.failed.reason,
      ...(unavailable.failed.log === undefined ? {} : { log: unavailable.failed.log }),
      headers: { 'retry-after': String(unavailable.failed.retryAfterSeconds) },
    };
  }
  const parameters = new Map<SchemeVerifier, string>();
  const more: Record<string, string> = {};
  for (const { failed, verifier } of failures) {
    if (failed.outcome !== 'refused') continue;
    if (failed.challenge !== undefined) parameters.set(verifier, failed.challenge);
    Object.assign(more, failed.headers);
  }
  const fields = challenges.map((verifier) => {
    const parameter = parameters.get(verifier);
    return parameter === undefined ? verifier.challenge : `${verifier.challenge}, ${parameter}`;
  });
  return {
    type: 'unauthenticated',
    reason: refused?.failed.outcome === 'refused' ? refused.failed.reason : 'no-credential',
    ...(refused?.failed.outcome === 'refused' && refused.failed.log !== undefined ? { log: refused.failed.log } : {}),
    headers: { 'www-authenticate': fields.join(', '), ...more },
  };
}
