import { hash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CryptoKey, JSONWebKeySet } from 'jose';
import type { SchemeNotice } from '../scheme.ts';
import { KeysUnavailable, keyOf, leftOut, type KeySource } from './key-source.ts';
import { fetchJson, ProviderError, type Fetch } from './provider-fetch.ts';
import type { TokenHeader } from './signature.ts';
import { keyText, readVerificationKeys, type VerificationKeys } from './verification-keys.ts';

export interface PublishedKeysOptions {
  /** Names the issuer in messages. */
  readonly issuer: string;
  /**
   * Finds the address of the key set.
   * @param failed whether the last fetch did: the provider may have moved it
   * @throws ProviderError
   */
  readonly locate: (failed: boolean) => Promise<string>;
  readonly fetch: Fetch;
  /** Seconds, see `TokenConfiguration`. */
  readonly refresh: number;
  readonly outage: number;
}

/** Milliseconds between two attempts when the provider is out of reach. */
const retryAfter = 5000;
/** Milliseconds between two fetches that tokens with an unknown `kid` cause; until then they wait, so many at most. */
const cooldown = 1000;
const maxWaiting = 512;

/**
 * The key set that an issuer publishes. It is fetched again regularly, and when a token names a key that is not in it
 * (a rotation), but not as often as strangers like: such tokens wait for the next fetch that is allowed, so that none is
 * refused for coming early; when the provider is out of reach the last set serves for a stated
 * time and not longer.
 */
export class PublishedKeys implements KeySource {
  readonly #options: PublishedKeysOptions;
  #keys: VerificationKeys | undefined;
  #names: ReadonlySet<string> = new Set();
  #fetching: Promise<ProviderError | undefined> | undefined;
  #failure: ProviderError | undefined;
  #failedSince = 0;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #newer: Promise<unknown> | undefined;
  #waiting = 0;
  trustedUntil = Number.NEGATIVE_INFINITY;
  refreshAt = Number.NEGATIVE_INFINITY;
  epoch = 0;
  readonly algorithms = undefined;

  constructor(options: PublishedKeysOptions) {
    this.#options = options;
  }

  get notices(): readonly SchemeNotice[] {
    const unused = this.#keys === undefined ? [] : leftOut(`the key set of ${this.#options.issuer}`, this.#keys);
    if (this.#failure === undefined) return unused;
    const until = Number.isFinite(this.trustedUntil)
      ? `the last keys serve until ${new Date(this.trustedUntil).toISOString()}`
      : 'there are no keys';
    return [
      {
        code: 'provider-out-of-reach',
        message: `issuer ${this.#options.issuer} is out of reach since ${new Date(this.#failedSince).toISOString()}: ${until} (${this.#failure.message})`,
        fatalInProduction: false,
      },
      ...unused,
    ];
  }

  /** Fetches the set for the first time. @throws ProviderError */
  async start(now: number): Promise<void> {
    const failure = await this.#fetch(now);
    if (failure !== undefined) throw failure;
  }

  async find(header: TokenHeader, now: number, issuer?: string): Promise<CryptoKey | undefined> {
    if (now >= this.trustedUntil) await this.#require(now);
    else if (now >= this.refreshAt) this.refresh(now);
    const known = this.#keyFor(header, issuer);
    if (known !== undefined) return known;
    await this.#awaitNewer(now);
    const found = this.#keyFor(header, issuer);
    // A provider that cannot be asked has not said that there is no such key.
    if (found === undefined && this.#failure !== undefined) throw this.#unavailable('keys-out-of-reach');
    return found;
  }

  refresh(now: number): void {
    const pause = this.#failure === undefined ? cooldown : retryAfter;
    if (this.#fetching !== undefined || now - this.#attemptedAt < pause) return;
    void this.#fetch(now);
  }

  #keyFor(header: TokenHeader, issuer: string | undefined): Promise<CryptoKey> | undefined {
    return this.#keys === undefined ? undefined : keyOf(this.#keys, header, issuer);
  }

  /** Without keys that may be used there is no decision. */
  async #require(now: number): Promise<void> {
    if (this.#fetching !== undefined || now - this.#attemptedAt >= retryAfter)
      await (this.#fetching ?? this.#fetch(now));
    if (now < this.trustedUntil) return;
    if (this.#keys !== undefined) throw this.#unavailable('keys-too-old');
    throw this.#unavailable(this.#failure?.kind === 'wrong' ? 'bad-key-set' : 'keys-out-of-reach');
  }

  #unavailable(reason: KeysUnavailable['reason']): KeysUnavailable {
    const { issuer, outage } = this.#options;
    const why = this.#failure?.message ?? 'not fetched yet';
    const old =
      reason === 'keys-too-old' ? `the last keys are older than ${outage} s and no newer ones can be had: ` : '';
    return new KeysUnavailable(reason, `issuer ${issuer}: ${old}${why}`);
  }

  /** Waits for a fetch that begins after now: one that is under way may have begun before the rotation. */
  async #awaitNewer(now: number): Promise<void> {
    if (this.#waiting >= maxWaiting) throw this.#unavailable('keys-out-of-reach');
    this.#waiting += 1;
    this.#newer ??= this.#fetchNewer(now);
    await this.#newer;
  }

  async #fetchNewer(now: number): Promise<void> {
    await this.#fetching;
    const pause = Math.min(cooldown, this.#attemptedAt + cooldown - now);
    if (pause > 0) await wait(pause, undefined, { ref: false });
    this.#newer = undefined;
    this.#waiting = 0;
    await this.#fetch(now + Math.max(0, pause));
  }

  #fetch(now: number): Promise<ProviderError | undefined> {
    this.#attemptedAt = now;
    this.#fetching ??= this.#load(now)
      .catch((error: unknown) => {
        const failure = error instanceof ProviderError ? error : new ProviderError('unreachable', String(error));
        if (this.#failure === undefined) this.#failedSince = now;
        this.#failure = failure;
        return failure;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }

  async #load(now: number): Promise<undefined> {
    const { locate, fetch, refresh, outage } = this.#options;
    const address = await locate(this.#failure !== undefined);
    const document = await fetchJson(fetch, address);
    const keys = await readVerificationKeys(document as unknown as JSONWebKeySet);
    if ('unusable' in keys) throw new ProviderError('wrong', `the key set at ${address} ${keys.unusable}`);
    if (keys.keys.some((key) => key.symmetric))
      throw new ProviderError('wrong', `the key set at ${address} publishes shared secrets`);
    const names = fingerprints(document);
    if ([...this.#names].some((name) => !names.has(name))) this.epoch += 1;
    this.#names = names;
    this.#keys = keys;
    this.#failure = undefined;
    this.refreshAt = now + refresh * 1000;
    this.trustedUntil = now + Math.max(outage, refresh) * 1000;
    return undefined;
  }
}

/** Each key's text, hashed: a key under an old name with new material is another key. */
function fingerprints(document: Record<string, unknown>): ReadonlySet<string> {
  const { keys } = document as { keys?: unknown };
  const list = Array.isArray(keys) ? keys : [];
  return new Set(list.map((key) => hash('sha256', keyText(key))));
}
