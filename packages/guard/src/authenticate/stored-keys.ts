import type { SecurityScheme } from '@castellan/contract';
import { momentOf } from '../configuration/quantities.ts';
import { openKeyFile } from '../keys/file-store.ts';
import { isWholeKey, keyPrefix } from '../keys/key-format.ts';
import type { KeyRecord, KeyStore } from '../keys/store.ts';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import { challengeOf, credentialReader } from './scheme-credential.ts';
import { askStore } from './ask-store.ts';
import { given, grantOf, isOver } from './stored-record.ts';
import type { Attempts } from './attempts.ts';
import { queryNotices } from './query-notices.ts';

const maxKey = 1024;

/**
 * Verifies API keys of a store. Revoked, expired and unknown keys get the same answer.
 * @throws CastellanError `unreadable-file`, `bad-store`
 */
export function storedKeyVerifier(
  scheme: SecurityScheme,
  configured: string | KeyStore,
  attempts: Attempts,
  clock: () => number,
  realm: string,
): SchemeVerifier {
  const store = typeof configured === 'string' ? openKeyFile(configured) : configured;
  const identities = new WeakMap<KeyRecord, SchemeOutcome>();
  const read = credentialReader(scheme);

  const judge = (record: KeyRecord | undefined, now: number, address: string): SchemeOutcome => {
    if (record === undefined) return wrong('unknown-key', address, now);
    if (given(record.revokedAt) !== undefined) return wrong('key-revoked', address, now);
    if (isOver(record.expiresAt, now)) return wrong('key-expired', address, now);
    store.used?.(record.id, now);
    let outcome = identities.get(record);
    if (outcome === undefined)
      identities.set(record, (outcome = { outcome: 'verified', identity: identityOf(scheme.name, record) }));
    return outcome;
  };
  const wrong = (reason: string, address: string, now: number): SchemeOutcome => {
    const wait = attempts.wrongKey(address, now);
    return wait === undefined ? { outcome: 'refused', reason } : { outcome: 'throttled', retryAfterSeconds: wait };
  };

  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    get notices() {
      const own = (store.notices?.(clock()) ?? []).map((notice) => ({ ...notice, fatalInProduction: false }));
      return [...(scheme.type === 'apiKey' ? queryNotices(scheme) : []), ...own];
    },
    close: store.close?.bind(store),
    verify(request) {
      const key = read(request);
      if (key === undefined || key === '') return { outcome: 'missing' };
      const { address, now } = request;
      if (key.length > maxKey) return wrong('key-too-long', address, now);
      if (key.startsWith(keyPrefix) && !isWholeKey(key)) return wrong('key-mistyped', address, now);
      return askStore(
        'key-store',
        key,
        () => store.find(key),
        (record) => judge(record, now, address),
      );
    },
  };
}

function identityOf(scheme: string, record: KeyRecord): Identity {
  const [expiresAt, issuedAt] = [momentOf(record.expiresAt), momentOf(record.createdAt)];
  return {
    subject: record.subject,
    issuer: scheme,
    ...grantOf(record),
    claims: Object.freeze({}),
    credential: Object.freeze({ kind: 'api-key', id: record.id, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
  };
}
