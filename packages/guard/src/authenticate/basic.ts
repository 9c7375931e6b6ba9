import { createHmac, randomBytes } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { UserStore } from '../keys/store.ts';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { networkKey } from '../address.ts';
import { requireArgon2 } from './argon2.ts';
import { askStore } from './ask-store.ts';
import type { Attempts } from './attempts.ts';
import type { User, UsersConfiguration } from './configuration.ts';
import { challengeOf } from './scheme-credential.ts';
import { basicCredential } from './credential.ts';
import { FairQueue } from './fair-queue.ts';
import { Memory } from './memory.ts';
import {
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

/** Derivations: two at once leave half of Node's thread pool to files, names and signatures. */
const derivations = new FairQueue({ most: 2, waiting: 96, patience: 10_000, now: () => performance.now() });

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

  /** One derivation, when its turn has come: a guess counts when it is made, and waiting for a turn is none. */
  const derive = async (
    user: string,
    password: string,
    { address }: SchemeRequest,
    expected: PasswordHash,
  ): Promise<boolean | SchemeOutcome> => {
    const rank = attempts.isKnown(user, address, clock()) ? 'known' : 'stranger';
    if (!(await derivations.enter(networkKey(address), rank))) return { outcome: 'throttled', retryAfterSeconds: 2 };
    try {
      await attempts.refresh(user, address);
      const attempt = attempts.begin(user, address, clock());
      if (typeof attempt === 'number') return { outcome: 'throttled', retryAfterSeconds: attempt };
      let right: boolean | undefined;
      try {
        right = await verifyPassword(password, expected);
        return right;
      } finally {
        if (right !== false) attempt.ended(right === true);
      }
    } finally {
      derivations.leave();
    }
  };

  const verify = async (
    user: string,
    password: string,
    digest: string,
    request: SchemeRequest,
  ): Promise<SchemeOutcome> => {
    const wait = attempts.wait(user, request.address, request.now);
    if (wait > 0) return { outcome: 'throttled', retryAfterSeconds: wait };
    return askStore(
      'user-store',
      `${user}:${password}`,
      async () => ({ account: await accounts.find(user, request.now), costs: await accounts.costs() }),
      async ({ account, costs }) => {
        const right = await derive(user, password, request, account?.hash ?? nobody(secret, user, costs));
        if (typeof right === 'object') return right;
        // Nobody has a hash that no password has; the compiler and the reader see it here.
        if (!right || account === undefined) return wrong;
        memory.set(digest, { expiresAt: request.now + remembered, outcome: account.outcome, user });
        return account.outcome;
      },
    );
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
      const ask = (): Promise<SchemeOutcome> => {
        let question = underWay.get(digest);
        if (question === undefined) {
          question = verify(user, password, digest, request).finally(() => underWay.delete(digest));
          underWay.set(digest, question);
        }
        return question;
      };
      if (known === undefined) return ask();
      // The store may have changed since: the account's present outcome counts, and only while it is the same one.
      return askStore(
        'user-store',
        `${user}:${password}`,
        () => accounts.find(user, request.now),
        (account) => (account?.outcome === known.outcome ? known.outcome : ask()),
      );
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
