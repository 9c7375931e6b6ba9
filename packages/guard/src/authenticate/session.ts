import type { SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import { momentOf } from '../configuration/quantities.ts';
import { askStore } from './ask-store.ts';
import { grantOf, isOver } from './stored-record.ts';
import type { SessionsConfiguration } from './configuration.ts';
import { cookieValue } from './credential.ts';
import { challengeOf } from './scheme-credential.ts';
import type { Session } from './sessions.ts';

/** Longer than any session cookie. */
const maxValue = 512;

/** Verifies session cookies against a store. */
export function sessionVerifier(
  scheme: SecurityScheme & { readonly type: 'apiKey' },
  { sessions }: SessionsConfiguration,
  realm: string,
): SchemeVerifier {
  const identities = new WeakMap<Session, Identity>();

  const settle = (session: Session | undefined, now: number): SchemeOutcome => {
    if (session === undefined) return { outcome: 'refused', reason: 'unknown-session' };
    if (isOver(session.expiresAt, now)) return { outcome: 'refused', reason: 'session-expired' };
    let identity = identities.get(session);
    if (identity === undefined) identities.set(session, (identity = identityOf(session, scheme.name)));
    return { outcome: 'verified', identity };
  };

  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    ambient: true,
    notices: [],
    verify(request) {
      const value = cookieValue(request.incoming.headers.cookie, scheme.key);
      if (value === undefined || value === '') return { outcome: 'missing' };
      if (value.length > maxValue) return { outcome: 'refused', reason: 'unknown-session' };
      return askStore(
        'session-store',
        value,
        () => sessions.find(value, request.now),
        (session) => settle(session, request.now),
      );
    },
  };
}

function identityOf(session: Session, issuer: string): Identity {
  const [expiresAt, issuedAt] = [momentOf(session.expiresAt), momentOf(session.startedAt)];
  return {
    subject: session.subject,
    issuer,
    ...grantOf(session),
    claims: Object.freeze({}),
    credential: Object.freeze({ kind: 'session', id: session.id, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
  };
}
