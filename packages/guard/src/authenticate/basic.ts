import { randomBytes } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import type { User, UsersConfiguration } from './configuration.ts';
import { challengeOf } from './custom.ts';
import { basicCredential } from './credential.ts';
import { Memory } from './memory.ts';
import {
  busy,
  hashPassword,
  impossibleHash,
  parsePasswordHash,
  verifyPassword,
  type PasswordHash,
} from './password.ts';

/** For how long a verified password is not derived again, milliseconds. */
const remembered = 300_000;

interface Account {
  readonly hash: PasswordHash;
  readonly outcome: SchemeOutcome;
}

/**
 * Verifies user names and passwords (RFC 7617). Unknown users cost the same time as wrong passwords and get the same
 * answer.
 * @throws CastellanError `bad-authentication`, `bad-password-hash`
 */
export async function basicVerifier(
  scheme: SecurityScheme,
  configuration: UsersConfiguration,
  realm: string,
): Promise<SchemeVerifier> {
  const accounts = new Map<string, Account>();
  for (const [name, user] of entries(configuration.users)) {
    accounts.set(name, {
      hash: await hashOf(scheme.name, name, user),
      outcome: { outcome: 'verified', identity: identityOf(scheme.name, name, user) },
    });
  }
  const nobody: Account = {
    hash: impossibleHash(randomBytes(32)),
    outcome: { outcome: 'refused', reason: 'wrong-password' },
  };
  const memory = new Memory<{ readonly expiresAt: number; readonly outcome: SchemeOutcome }>(10_000);
  const wrong: SchemeOutcome = { outcome: 'refused', reason: 'wrong-password' };

  const verify = async (user: string, password: string, digest: string, now: number): Promise<SchemeOutcome> => {
    const account = accounts.get(user) ?? nobody;
    const right = await verifyPassword(password, account.hash);
    if (right === busy) return { outcome: 'throttled', retryAfterSeconds: 2 };
    if (!right || account === nobody) return wrong;
    memory.set(digest, { expiresAt: now + remembered, outcome: account.outcome });
    return account.outcome;
  };

  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    notices: [],
    verify(request) {
      const credential = basicCredential(request.authorization);
      if (credential === undefined) return { outcome: 'missing' };
      const digest = memory.digest(`${credential.user}:${credential.password}`);
      return (
        memory.get(digest, request.now)?.outcome ?? verify(credential.user, credential.password, digest, request.now)
      );
    },
  };
}

function entries(users: UsersConfiguration['users']): readonly (readonly [string, User])[] {
  return isList(users) ? users.map((one) => [one.name, one] as const) : Object.entries(users);
}

function isList(users: UsersConfiguration['users']): users is readonly (User & { readonly name: string })[] {
  return Array.isArray(users);
}

async function hashOf(scheme: string, name: string, user: User): Promise<PasswordHash> {
  const where = `authentication.${scheme}.users: the hash of '${name}'`;
  if (user.hash !== undefined) return parsePasswordHash(user.hash, where);
  if (typeof user.password === 'string' && user.password !== '') return hashPassword(user.password);
  throw new CastellanError({
    code: 'bad-authentication',
    message: `authentication.${scheme}.users: '${name}' has neither password nor hash`,
    mend: 'give one of both',
  });
}

function identityOf(scheme: string, name: string, user: User): Identity {
  return {
    subject: user.subject ?? name,
    issuer: scheme,
    scopes: Object.freeze([...(user.scopes ?? [])]),
    groups: Object.freeze([...(user.groups ?? [])]),
    claims: Object.freeze({}),
    credential: Object.freeze({ kind: 'password', id: name }),
    ...(user.tenant === undefined ? {} : { tenant: user.tenant }),
  };
}
