import type { AuthContext } from '../../auth-context.ts';

/** Credentials that are kept at most; the one that was seen longest ago goes first. */
const most = 65_536;

/** Which credentials were accepted before, in this process. */
export class SessionsSeen {
  readonly #seen = new Set<string>();

  /** Whether a credential is accepted for the first time; it is not the next time. */
  isNew({ issuer, subject, credential }: AuthContext): boolean {
    const name = JSON.stringify([issuer, subject, credential.kind, credential.id]);
    const known = this.#seen.delete(name);
    this.#seen.add(name);
    if (this.#seen.size > most) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    return !known;
  }
}
