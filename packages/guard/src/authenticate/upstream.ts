import type { SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import type { Attempts } from './attempts.ts';
import { exampleOf } from './example.ts';
import { challengeOf, credentialReader } from './scheme-credential.ts';
import { basicCredential } from './credential.ts';
import { Memory } from './memory.ts';

/** A credential that cannot be this long is not looked at. */
const maxCredential = 16 * 1024;
/** RFC 6750 section 2.1, and what API keys and session ids are made of. Other HTTP schemes have parameters. */
const visible = /^[\x21-\x7e]+$/;
const parameters = /^[\x20-\x7e]+$/;

interface Seen {
  readonly expiresAt: number;
  readonly identity: Identity;
}

/**
 * Credentials that are not verified here: they must be there and well-formed, and whoever is behind says what they are
 * worth. The caller is known by a keyed hash of its credential, which differs from one process to the next; that it has
 * groups or a tenant is not known, so that a policy that could forbid by them refuses.
 * An answer 401 of it counts as a wrong guess, after which credentials that it never took wait.
 * @param chosen whether somebody wrote so, or it is the mode that refuses nothing
 */
export function upstreamVerifier(
  scheme: SecurityScheme,
  realm: string,
  chosen: boolean,
  attempts: Attempts,
): SchemeVerifier {
  const read = credentialReader(scheme);
  const memory = new Memory<Seen>();
  /** Credentials that the upstream took, which no stranger's guesses keep waiting. */
  const taken = new Memory<{ readonly expiresAt: number }>();
  const forever = { expiresAt: Number.POSITIVE_INFINITY };
  const challenge = challengeOf(scheme, realm);
  const form = scheme.type === 'http' && scheme.scheme !== 'bearer' ? parameters : visible;
  const isBasic = scheme.type === 'http' && scheme.scheme === 'basic';
  return {
    scheme,
    challenge,
    notices: [chosen ? chosenNotice(scheme) : observedNotice(scheme)],
    answered(request, status) {
      const credential = read(request);
      if (credential === undefined || (status !== 401 && status >= 400)) return;
      const digest = memory.digest(credential);
      if (status !== 401) return taken.set(digest, forever);
      taken.set(digest, { expiresAt: 0 });
      attempts.wrongKey(request.address, request.now);
    },
    verify(request): SchemeOutcome {
      const credential = read(request);
      if (credential === undefined || credential === '') {
        const { authorization } = request;
        const isMalformed =
          isBasic && /^basic\b/i.test(authorization ?? '') && basicCredential(authorization) === undefined;
        return isMalformed ? malformed : { outcome: 'missing' };
      }
      if (credential.length > maxCredential || (!isBasic && !form.test(credential))) return malformed;
      const digest = memory.digest(credential);
      if (taken.get(digest, request.now) === undefined) {
        const wait = attempts.keyWait(request.address, request.now);
        if (wait > 0) return { outcome: 'throttled', retryAfterSeconds: wait };
      }
      let seen = memory.get(digest, request.now);
      if (seen === undefined) {
        seen = { expiresAt: Number.POSITIVE_INFINITY, identity: identityOf(scheme, digest) };
        memory.set(digest, seen);
      }
      return { outcome: 'verified', identity: seen.identity };
    },
  };
}

const malformed: SchemeOutcome = { outcome: 'refused', reason: 'malformed-credential' };

function identityOf(scheme: SecurityScheme, digest: string): Identity {
  const id = Buffer.from(digest, 'binary').toString('hex').slice(0, 32);
  return {
    subject: `unverified:${id}`,
    issuer: `upstream:${scheme.name}`,
    scopes: Object.freeze([]),
    groups: Object.freeze([]),
    claims: Object.freeze({}),
    credential: Object.freeze({ kind: 'custom', id }),
    unknown: Object.freeze(['groups', 'tenant'] as const),
  };
}

function chosenNotice({ name }: SecurityScheme): SchemeVerifier['notices'][number] {
  return {
    code: 'authenticated-by-upstream',
    message: `authentication.${name} is verified by what is behind the guard, not here: a made-up credential reaches it`,
    fatalInProduction: false,
  };
}

function observedNotice(scheme: SecurityScheme): SchemeVerifier['notices'][number] {
  return {
    code: 'authenticated-by-upstream',
    message: `nothing is configured for security scheme '${scheme.name}' here; enforce needs authentication.${scheme.name}: ${exampleOf(scheme)}, or { upstream: true }`,
    fatalInProduction: false,
  };
}
