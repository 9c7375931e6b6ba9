import { hash, randomBytes } from 'node:crypto';
import type { Grant } from './scheme-configuration.ts';

/** A session as the store keeps it; the cookie's value is not in it. */
export interface Session extends Grant {
  /** Names the session in the log and in revocations. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

/** Where sessions are kept. */
export interface SessionStore {
  /** The session of a cookie's value; undefined where there is none or it ran out. Counts as use. */
  find(value: string, now: number): Session | undefined | Promise<Session | undefined>;
}

export interface SessionOptions {
  /** Seconds without a request after which a session ends. Default 1,800. */
  readonly idle?: number | undefined;
  /** Seconds after which it ends whatever happens. Default 43,200. */
  readonly lifetime?: number | undefined;
  /** Milliseconds since the epoch. For tests. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Sessions in this process: 256 random bits in the cookie, only their hash in memory (ASVS 5.0 V7.2).
 *
 * @example
 * ```ts
 * const sessions = new Sessions();
 * const guard = await createGuard({ contract, authentication: { session: { sessions } } });
 * // After the password was checked: a new session, never one that the browser brought.
 * response.setHeader('set-cookie', sessionCookie('__Host-session', sessions.start({ subject: 'ada' })));
 * ```
 */
export class Sessions implements SessionStore {
  readonly #idle: number;
  readonly #lifetime: number;
  readonly #clock: () => number;
  readonly #sessions = new Map<string, { readonly session: Session; usedAt: number }>();

  constructor(options: SessionOptions = {}) {
    this.#idle = (options.idle ?? 1800) * 1000;
    this.#lifetime = (options.lifetime ?? 43_200) * 1000;
    this.#clock = options.clock ?? Date.now;
  }

  /** Begins a session. @returns the cookie's value: shown once, kept nowhere */
  start(grant: Grant): string {
    const value = randomBytes(32).toString('base64url');
    const now = this.#clock();
    const session = Object.freeze({
      ...grant,
      id: hash('sha256', `session-id ${value}`, 'hex').slice(0, 16),
      startedAt: now,
      expiresAt: now + this.#lifetime,
    });
    if (this.#sessions.size >= 100_000) this.#sweep(now);
    this.#sessions.set(hash('sha256', value, 'base64'), { session, usedAt: now });
    return value;
  }

  find(value: string, now: number): Session | undefined {
    const name = hash('sha256', value, 'base64');
    const entry = this.#sessions.get(name);
    if (entry === undefined) return undefined;
    if (entry.session.expiresAt <= now || entry.usedAt + this.#idle <= now) {
      this.#sessions.delete(name);
      return undefined;
    }
    entry.usedAt = now;
    return entry.session;
  }

  /** Ends the session of a cookie's value: sign-out. */
  end(value: string): void {
    this.#sessions.delete(hash('sha256', value, 'base64'));
  }

  #sweep(now: number): void {
    for (const [name, { session, usedAt }] of this.#sessions)
      if (session.expiresAt <= now || usedAt + this.#idle <= now) this.#sessions.delete(name);
  }
}

/** The `Set-Cookie` value of a session: sent over TLS only, not to scripts, not with requests of other sites. */
export function sessionCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}
