import { hash, randomBytes } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import { momentOf } from '../configuration/quantities.ts';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { KeyHolder, KeysConfiguration } from './configuration.ts';
import type { Attempts } from './attempts.ts';
import { challengeOf, credentialReader } from './scheme-credential.ts';
import { queryNotices } from './query-notices.ts';
import { weakSecretNotice } from './secret-notices.ts';

interface Known {
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
}

/** Shorter keys can be guessed. */
const minKey = 16;
const maxKey = 1024;

/**
 * Verifies API keys. Keys are compared through a keyed hash, so that neither the memory nor the time tells one.
 * @throws CastellanError `bad-authentication`
 */
export function apiKeyVerifier(
  scheme: SecurityScheme,
  configuration: KeysConfiguration,
  attempts: Attempts,
  realm: string,
): SchemeVerifier {
  const secret = randomBytes(32).toString('binary');
  const digest = (key: string): string => hash('sha256', secret + key, 'binary');
  const known = new Map<string, Known>();
  const notices = [...(scheme.type === 'apiKey' ? queryNotices(scheme) : [])];
  for (const [key, holder] of entries(configuration.keys)) {
    if (key.length < minKey) {
      throw new CastellanError({
        code: 'bad-authentication',
        message: `authentication.${scheme.name}.keys: the key of '${holder.subject}' is shorter than ${minKey} characters`,
        mend: 'use random keys',
      });
    }
    notices.push(...weakSecretNotice(scheme.name, `the key of '${holder.subject}'`, key, 64));
    const hashed = digest(key);
    known.set(hashed, {
      expiresAt: momentOf(holder.expiresAt) ?? Number.POSITIVE_INFINITY,
      outcome: { outcome: 'verified', identity: identityOf(scheme.name, hashed, holder) },
    });
  }
  const read = credentialReader(scheme);
  const wrong = (reason: string, { address, now }: SchemeRequest): SchemeOutcome => {
    const wait = attempts.wrongKey(address, now);
    return wait === undefined ? { outcome: 'refused', reason } : { outcome: 'throttled', retryAfterSeconds: wait };
  };
  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    notices,
    verify(request) {
      const key = read(request);
      if (key === undefined || key === '') return { outcome: 'missing' };
      if (key.length > maxKey) return wrong('key-too-long', request);
      const entry = known.get(digest(key));
      if (entry === undefined) return wrong('unknown-key', request);
      if (entry.expiresAt <= request.now) return wrong('key-expired', request);
      return entry.outcome;
    },
  };
}

function entries(keys: KeysConfiguration['keys']): readonly (readonly [string, KeyHolder])[] {
  return isList(keys) ? keys.map((one) => [one.key, one] as const) : Object.entries(keys);
}

function isList(keys: KeysConfiguration['keys']): keys is readonly (KeyHolder & { readonly key: string })[] {
  return Array.isArray(keys);
}

function identityOf(scheme: string, hashed: string, holder: KeyHolder): Identity {
  return {
    subject: holder.subject,
    issuer: scheme,
    scopes: Object.freeze([...(holder.scopes ?? [])]),
    groups: Object.freeze([...(holder.groups ?? [])]),
    claims: Object.freeze({}),
    credential: Object.freeze({
      kind: 'api-key',
      id: holder.id ?? Buffer.from(hashed, 'binary').toString('hex').slice(0, 16),
    }),
    ...(holder.tenant === undefined ? {} : { tenant: holder.tenant }),
  };
}
