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

/** Milliseconds for which an answer of the resolver holds, and a trusted issuer while it fails; then it is asked once more. */
const holdsFor = 60_000;
const outage = 3_600_000;
const retryAfter = 5000;
/** Issuers that may be open at once: each keeps keys. */
const maxOpen = 1000;
/** Questions under way at once, and waiting. */
const limits = { running: 16, waiting: 256 };

/** An issuer that code trusts. */
interface Resolved {
  readonly named: string;
  readonly issuer: TrustedIssuer;
  /** What was said of it. */
  readonly said: string;
  /** Milliseconds since the epoch: when it was said last, and until when it holds. */
  saidAt: number;
  until: number;
}

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
  readonly #byCode = new Map<string, Resolved>();
  readonly #resolvedOf = new WeakMap<TrustedIssuer, Resolved>();
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
    const known = this.#exact.get(named) ?? this.#forms.find(({ pattern }) => pattern.test(named))?.issuer ?? this.#any;
    if (known !== undefined) return known;
    const resolved = this.#byCode.get(named);
    if (resolved !== undefined && now < resolved.until) return resolved.issuer;
    if (this.#resolved === undefined || named === '' || named.length > 1024) return 'unknown';
    return this.#ask(this.#resolved, named, now);
  }

  /** Whether an issuer is still trusted: code may have thought better of it. */
  trusts(issuer: TrustedIssuer, now: number): boolean {
    const resolved = this.#resolvedOf.get(issuer);
    return resolved === undefined || (now < resolved.until && this.#byCode.get(resolved.named) === resolved);
  }

  /** Asks code about an issuer: once at a time, and its refusal holds for a while. */
  #ask(entry: ResolvedEntry, named: string, now: number): Found | Promise<Found> {
    const digest = this.#refused.digest(named);
    if (this.#refused.get(digest, now) !== undefined) return 'unknown';
    let question = this.#asked.get(named);
    if (question === undefined) {
      question = this.#resolve(entry, named, now)
        .then((found) => {
          if (found === 'unknown') this.#refused.set(digest, { expiresAt: now + holdsFor });
          return found;
        })
        .finally(() => this.#asked.delete(named));
      this.#asked.set(named, question);
    }
    return question;
  }

  async #resolve(entry: ResolvedEntry, named: string, now: number): Promise<Found> {
    if (!(await this.#gate.enter())) return 'busy';
    const before = this.#byCode.get(named);
    try {
      const answer = await entry.resolve(named);
      if (answer === undefined || answer === null) {
        this.#byCode.delete(named);
        return 'unknown';
      }
      const said = JSON.stringify(answer);
      if (before?.said === said) {
        Object.assign(before, { saidAt: now, until: now + holdsFor });
        return before.issuer;
      }
      if (before === undefined && this.#byCode.size >= maxOpen) this.#forgetOld(now);
      if (before === undefined && this.#byCode.size >= maxOpen)
        return { failed: `more than ${maxOpen} issuers are trusted by code` };
      const issuer = await this.#open(entry, { ...entry.configuration, ...answer, issuer: named });
      const resolved: Resolved = { named, issuer, said, saidAt: now, until: now + holdsFor };
      this.#byCode.set(named, resolved);
      this.#resolvedOf.set(issuer, resolved);
      return issuer;
    } catch (error) {
      // As keys do: what was said last holds while nobody can say, for a time.
      if (before !== undefined && now < before.saidAt + outage) {
        before.until = now + retryAfter;
        return before.issuer;
      }
      const reason = error instanceof CastellanError || error instanceof Error ? error.message : String(error);
      return { failed: `issuer ${named.slice(0, 200)}: ${reason}` };
    } finally {
      this.#gate.leave();
    }
  }

  /** Makes room for others: nobody asked for these for an hour. */
  #forgetOld(now: number): void {
    for (const [named, { saidAt }] of this.#byCode) if (saidAt + outage <= now) this.#byCode.delete(named);
  }
}
