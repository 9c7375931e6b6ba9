import { createHmac, randomBytes } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { UserStore } from '../keys/store.ts';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { requireArgon2 } from './argon2.ts';
import type { Attempts } from './attempts.ts';
import type { User, UsersConfiguration } from './configuration.ts';
import { challengeOf } from './custom.ts';
import { basicCredential } from './credential.ts';
import { Memory } from './memory.ts';
import {
  busy,
  hashPassword,
  impossibleHash,
  normalPassword,
  parsePasswordHash,
  verifyPassword,
  type PasswordHash,
} from './password.ts';
import { knownSecretNotice } from './secret-notices.ts';
import { storedUsers } from './stored-users.ts';

/** For how long a verified password is not derived again, milliseconds. */
const remembered = 300_000;

/** A user as the verifier needs it. `outcome` is one object for as long as the user does not change. */
export interface Account {
  readonly hash: PasswordHash;
  readonly outcome: SchemeOutcome;
}

/** Finds accounts, and says what one costs. */
export interface Accounts {
  readonly find: (name: string, now: number) => Account | undefined | Promise<Account | undefined>;
  /** Costs of the hashes that there are, at least one. */
  readonly costs: () => readonly PasswordHash[] | Promise<readonly PasswordHash[]>;
  readonly notices: (now: number) => SchemeVerifier['notices'];
  readonly close?: (() => Promise<void>) | undefined;
}

/**
 * Verifies user names and passwords (RFC 7617). Unknown users cost the same time as wrong passwords and get the same
 * answer; guessing is slowed down (`Attempts`).
 * @throws CastellanError `bad-authentication`, `bad-password-hash`, `no-argon2`
 */
export async function basicVerifier(
  scheme: SecurityScheme,
  configuration: UsersConfiguration | { readonly store: string | UserStore },
  realm: string,
  attempts: Attempts,
  clock: () => number,
): Promise<SchemeVerifier> {
  requireArgon2();
  const accounts =
    'store' in configuration ? storedUsers(scheme.name, configuration.store) : await given(scheme.name, configuration);
  const secret = randomBytes(32);
  const memory = new Memory<{ readonly expiresAt: number; readonly outcome: SchemeOutcome; readonly user: string }>(
    10_000,
  );
  const underWay = new Map<string, Promise<SchemeOutcome>>();

  const verify = async (user: string, password: string, digest: string, request: SchemeRequest) => {
    const { now, address } = request;
    const attempt = attempts.begin(user, address, now);
    if (typeof attempt === 'number') return { outcome: 'throttled', retryAfterSeconds: attempt } as const;
    let account: Account | undefined;
    try {
      account = await accounts.find(user, now);
    } catch (error) {
      // A store that is away says nothing of the password.
      attempt.ended(false);
      const log = `${scheme.name}: the user store failed (${error instanceof Error ? error.message.slice(0, 200) : 'unknown'})`;
      return { outcome: 'unavailable', reason: 'user-store', retryAfterSeconds: 5, log } as const;
    }
    const rank = attempts.isKnown(user, address) ? 'known' : 'stranger';
    const right = await verifyPassword(password, account?.hash ?? nobody(secret, user, await accounts.costs()), rank);
    if (right === busy) {
      attempt.ended(false);
      return { outcome: 'throttled', retryAfterSeconds: 2 } as const;
    }
    if (!right || account === undefined) return wrong;
    attempt.ended(true);
    memory.set(digest, { expiresAt: now + remembered, outcome: account.outcome, user });
    return account.outcome;
  };

  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    get notices() {
      return accounts.notices(clock());
    },
    close: accounts.close,
    verify(request) {
      const credential = basicCredential(request.authorization);
      if (credential === undefined) return { outcome: 'missing' };
      const { user } = credential;
      // The spelling that is derived is the one that is remembered: one password is one guess, however it is written.
      const password = normalPassword(credential.password);
      const digest = memory.digest(`${user}:${password}`);
      const known = memory.get(digest, request.now);
      if (known !== undefined) {
        // The store may have changed since: the account's present outcome counts, and only while it is the same one.
        const account = accounts.find(user, request.now);
        if (!(account instanceof Promise) && account?.outcome === known.outcome) return known.outcome;
        if (account instanceof Promise)
          return account.then((now) => (now?.outcome === known.outcome ? known.outcome : wrong));
      }
      let question = underWay.get(digest);
      if (question === undefined) {
        question = verify(user, password, digest, request).finally(() => underWay.delete(digest));
        underWay.set(digest, question);
      }
      return question;
    },
  };
}

const wrong: SchemeOutcome = { outcome: 'refused', reason: 'wrong-password' };

/** A hash for a name that nobody has: it costs what one of the real ones costs, the same one for the same name. */
function nobody(secret: Buffer, user: string, costs: readonly PasswordHash[]): PasswordHash {
  const seed = createHmac('sha256', secret).update(user).digest();
  const like = costs[seed.readUInt32BE(0) % Math.max(1, costs.length)];
  return like === undefined ? impossibleHash(seed) : impossibleHash(seed, like);
}

/** Users of the configuration. Literal passwords are hashed now and not kept. */
async function given(scheme: string, configuration: UsersConfiguration): Promise<Accounts> {
  const accounts = new Map<string, Account>();
  const notices: SchemeVerifier['notices'][number][] = [];
  for (const [name, user] of entries(configuration.users)) {
    accounts.set(name, {
      hash: await hashOf(scheme, name, user),
      outcome: { outcome: 'verified', identity: identityOf(scheme, name, { subject: name, ...user }) },
    });
    if (user.password !== undefined)
      notices.push(...knownSecretNotice(scheme, `the password of '${name}'`, user.password));
  }
  const costs = [...accounts.values()].map((account) => account.hash);
  return { find: (name) => accounts.get(name), costs: () => costs, notices: () => notices };
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

/** The identity of a user. */
export function identityOf(
  scheme: string,
  name: string,
  user: Omit<User, 'subject'> & { readonly subject?: string | undefined; readonly expiresAt?: number | undefined },
): Identity {
  return {
    subject: user.subject ?? name,
    issuer: scheme,
    scopes: Object.freeze([...(user.scopes ?? [])]),
    groups: Object.freeze([...(user.groups ?? [])]),
    claims: Object.freeze({}),
    credential: Object.freeze({
      kind: 'password',
      id: name,
      ...(user.expiresAt === undefined ? {} : { expiresAt: user.expiresAt }),
    }),
    ...(user.tenant === undefined ? {} : { tenant: user.tenant }),
  };
}
