import { CastellanError } from '@castellan/contract';
import { Gate } from './gate.ts';
import { Memory } from './memory.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import type { IssuerResolver, TokenConfiguration } from './token-configuration.ts';

/** An entry whose issuers code names. */
export interface ResolvedEntry {
  readonly where: string;
  readonly configuration: TokenConfiguration;
  readonly resolve: IssuerResolver;
}

/** Milliseconds for which a refusal of the resolver holds. */
const refusedFor = 60_000;
/** Issuers that may be open at once: each keeps keys. */
const maxOpen = 1000;
/** Questions under way at once, and waiting. */
const limits = { running: 16, waiting: 256 };

/** What could be found about an issuer that a token names. */
export type Found = TrustedIssuer | 'unknown' | 'busy' | { readonly failed: string };

/** The issuers of one scheme, by what an unverified token says of itself: whose keys are meant, never more. */
export class Issuers {
  readonly #exact = new Map<string, TrustedIssuer>();
  readonly #forms: { readonly pattern: RegExp; readonly issuer: TrustedIssuer }[] = [];
  readonly #any: TrustedIssuer | undefined;
  readonly #resolved: ResolvedEntry | undefined;
  readonly #open: (entry: ResolvedEntry, configuration: TokenConfiguration) => Promise<TrustedIssuer>;
  readonly #asked = new Map<string, Promise<Found>>();
  readonly #refused = new Memory<{ readonly expiresAt: number }>(10_000);
  readonly #gate = new Gate(limits.running, limits.waiting);
  readonly #byCode = new Map<string, TrustedIssuer>();
  /** Those that configuration names. */
  readonly all: readonly TrustedIssuer[];

  /** @param open opens an issuer that the resolver trusts */
  constructor(
    all: readonly TrustedIssuer[],
    resolved: ResolvedEntry | undefined,
    open: (entry: ResolvedEntry, configuration: TokenConfiguration) => Promise<TrustedIssuer>,
  ) {
    this.all = all;
    this.#resolved = resolved;
    this.#open = open;
    for (const issuer of all) {
      const { exact, pattern } = issuer.entry;
      if (exact !== undefined) this.#exact.set(exact, issuer);
      else if (pattern !== undefined) this.#forms.push({ pattern, issuer });
    }
    this.#any = all.find(({ entry }) => entry.exact === undefined && entry.pattern === undefined);
  }

  /**
   * Who vouches for tokens that name this issuer.
   * @param named empty where a token names none
   */
  find(named: string, now: number): Found | Promise<Found> {
    const known =
      this.#exact.get(named) ??
      this.#forms.find(({ pattern }) => pattern.test(named))?.issuer ??
      this.#byCode.get(named) ??
      this.#any;
    if (known !== undefined) return known;
    if (this.#resolved === undefined || named === '' || named.length > 1024) return 'unknown';
    return this.#ask(this.#resolved, named, now);
  }

  /** Asks code about an issuer: once at a time, and its refusal holds for a while. */
  #ask(entry: ResolvedEntry, named: string, now: number): Found | Promise<Found> {
    const digest = this.#refused.digest(named);
    if (this.#refused.get(digest, now) !== undefined) return 'unknown';
    let question = this.#asked.get(named);
    if (question === undefined) {
      question = this.#resolve(entry, named)
        .then((found) => {
          if (found === 'unknown') this.#refused.set(digest, { expiresAt: now + refusedFor });
          return found;
        })
        .finally(() => this.#asked.delete(named));
      this.#asked.set(named, question);
    }
    return question;
  }

  async #resolve(entry: ResolvedEntry, named: string): Promise<Found> {
    if (!(await this.#gate.enter())) return 'busy';
    try {
      const answer = await entry.resolve(named);
      if (answer === undefined || answer === null) return 'unknown';
      if (this.#byCode.size >= maxOpen) return { failed: `more than ${maxOpen} issuers are trusted by code` };
      const issuer = await this.#open(entry, { ...entry.configuration, ...answer, issuer: named });
      this.#byCode.set(named, issuer);
      return issuer;
    } catch (error) {
      const said = error instanceof CastellanError || error instanceof Error ? error.message : String(error);
      return { failed: `issuer ${named.slice(0, 200)}: ${said}` };
    } finally {
      this.#gate.leave();
    }
  }
}
