import { randomUUID } from 'node:crypto';
import type { Contract } from '@castellan/contract';
import { readDecidedLifecycle, type AnnouncedLifecycle } from '../announced-lifecycle.ts';
import type { KnownEnforcement } from '../enforcement/known.ts';
import type { FactSink } from '../facts/facts.ts';
import { keyedHash, type KeyedHash } from '../learn/keyed-hash.ts';
import { registryFetch, registryFields, type RegistryFetch } from './connection.ts';
import { ReportCounts, type ReportedConsumer, type ReportedCounts } from './counts.ts';
import { EventReporter } from './events.ts';
import type { ReportsFared } from './fared.ts';
import { identitiesOf } from './identities.ts';
import { KeptLifecycle } from './kept-lifecycle.ts';
import type { RegistryOptions } from './options.ts';
import { OutboundWatch } from './outbound.ts';
import { Outbox } from './outbox.ts';

/** What a report says of the guard, asked when it is made. */
export interface Reported {
  readonly contract: () => Contract;
  readonly mode: () => string;
  readonly environment: () => string | undefined;
  readonly authentication: () => unknown;
  readonly audit: boolean;
  readonly enforcement: Pick<KnownEnforcement, 'now' | 'ready'>;
  readonly announced: AnnouncedLifecycle;
}

/** What the registry answers. */
interface Answered {
  /** For fingerprints, base64url. */
  readonly fingerprintKey: string;
  readonly wanted: unknown;
  readonly lifecycle: unknown;
}

/** Milliseconds between two reports. */
const every = 10_000;
/** Milliseconds until an answer that does not come is a failure. */
const patience = 5_000;
/** Entries of each kind in one report: however long their names are, the registry takes it. */
const piece = 500;
/** Where so many reports wait, the next ones are of a minute each: what is counted meanwhile is in the one to come. */
const many = 360;
const seldom = 60_000;

/**
 * Tells the registry every ten seconds that this guard runs and what it saw. Reports wait while the registry is away and
 * are counted once, however often they are sent; a request never waits for any of it.
 */
export class Reporter {
  readonly #options: RegistryOptions;
  readonly #fetch: RegistryFetch;
  readonly #reported: Reported;
  readonly #clock: () => number;
  readonly #instance = randomUUID();
  readonly #counts = new ReportCounts();
  readonly #outbound = new OutboundWatch();
  readonly #outbox: Outbox;
  readonly #timer: NodeJS.Timeout;
  readonly #lifecycle: KeptLifecycle;
  readonly #events: EventReporter | undefined;
  #hash: KeyedHash | undefined;
  /** What the registry asked for with its last answer; undefined where it is of a version that asks for nothing. */
  #wanted: Set<unknown> | undefined;
  #sending: Promise<void> | undefined;
  #told = '';
  /** Reports made so far: with the instance it says which came before which. */
  #sequence = 0;
  #made = -Infinity;

  constructor(options: RegistryOptions, reported: Reported, clock: () => number) {
    this.#options = options;
    this.#fetch = registryFetch(options);
    this.#reported = reported;
    this.#clock = clock;
    this.#outbox = new Outbox(options.directory, (what) => this.#tell(what, 'it waits in memory'));
    this.#lifecycle = new KeptLifecycle(options.directory);
    const kept = options.lifecycle === 'ignore' ? undefined : this.#lifecycle.read();
    if (kept !== undefined) reported.announced.set(kept);
    if (options.events === true)
      this.#events = new EventReporter(async (body) => {
        return this.#request('events', body, () => 'sent' as const);
      });
    this.#timer = setInterval(() => void this.report(), every).unref();
    // Not before the guard that is reported of is there.
    setImmediate(() => void this.report()).unref();
  }

  readonly sink: FactSink = (facts) => {
    this.#counts.add(facts);
    this.#events?.sink(facts);
  };

  /** How the reports fare. */
  get fared(): ReportsFared {
    return { waiting: this.#outbox.size, lost: this.#outbox.lost, uncounted: this.#counts.dropped };
  }

  /** Makes a report of what was seen, and sends all that waits. */
  report(): Promise<void> {
    if (this.#outbox.size < many || this.#clock() - this.#made >= seldom) this.#make();
    return (this.#sending ??= this.#send().finally(() => (this.#sending = undefined)));
  }

  #make(): void {
    const taken = this.#counts.take(this.#hash !== undefined);
    const pieces = Math.max(1, Math.ceil(Math.max(taken.sightings.length, taken.consumers.length) / piece));
    for (let at = 0; at < pieces * piece; at += piece)
      this.#makePiece(taken.sightings.slice(at, at + piece), taken.consumers.slice(at, at + piece));
  }

  #makePiece(sightings: readonly ReportedCounts[], consumers: readonly ReportedConsumer[]): void {
    const hash = this.#hash;
    const { contract, mode, environment, authentication, audit } = this.#reported;
    const enforcement = this.#wanted === undefined ? undefined : this.#reported.enforcement.now;
    const id = `${this.#instance}_${++this.#sequence}`;
    const time = this.#clock();
    this.#made = time;
    const text = JSON.stringify({
      id,
      time,
      heartbeat: {
        name: (this.#options.name ?? contract().title).slice(0, 100) || 'guard',
        instance: this.#instance,
        environment: (environment() ?? 'unknown').slice(0, 100),
        contract: contract().digest,
        mode: mode(),
        audit,
        versions: { node: process.versions.node },
        ...(enforcement === undefined ? {} : { controls: enforcement.digest }),
        // Without the registry's key nothing can be hashed so that it is the same everywhere: the first report goes without.
        identities:
          hash === undefined
            ? []
            : identitiesOf(authentication())
                .slice(0, 100)
                .map(({ name, ...one }) => ({ fingerprint: hash(name), ...one })),
        resources:
          hash === undefined
            ? []
            : this.#outbound.seen(process.env).map(({ name, kind }) => ({ fingerprint: hash(name), kind })),
      },
      // Once; after that the digest is enough.
      ...(enforcement !== undefined && this.#wanted?.delete('controls') === true
        ? { controls: enforcement.groups }
        : {}),
      sightings,
      consumers: hash === undefined ? [] : consumers.map((one) => ({ ...one, principal: hash(one.principal) })),
    });
    this.#outbox.add(id, text, time);
  }

  async #send(): Promise<void> {
    for (let next = this.#outbox.next; next !== undefined; next = this.#outbox.next) {
      const outcome = await this.#post(next.text);
      if (outcome === 'later') return;
      this.#outbox.remove(next.id);
      if (outcome === 'refused') {
        this.#outbox.lost += 1;
        continue;
      }
      const first = this.#hash === undefined;
      this.#hash ??= keyedHash(Buffer.from(outcome.fingerprintKey, 'base64url'));
      await this.#take(outcome);
      // What the first one could not say.
      if (first) this.#make();
    }
  }

  /** What an answer says beside the key. */
  async #take({ wanted, lifecycle }: Answered): Promise<void> {
    this.#wanted = Array.isArray(wanted) ? new Set<unknown>(wanted) : undefined;
    if (this.#wanted !== undefined) await this.#reported.enforcement.ready();
    const decided = this.#options.lifecycle === 'ignore' ? undefined : readDecidedLifecycle(lifecycle);
    if (decided === undefined) return;
    this.#reported.announced.set(decided);
    try {
      this.#lifecycle.write(decided);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      this.#tell(`decided something that cannot be kept (${code})`, 'let this process write to registry.directory');
    }
  }

  /** @returns the answer; whether it may be sent again later, or never */
  #post(body: string): Promise<Answered | 'later' | 'refused'> {
    return this.#request('reports', body, ({ fingerprintKey, wanted, lifecycle }) =>
      typeof fingerprintKey === 'string' ? { fingerprintKey, wanted, lifecycle } : undefined,
    );
  }

  async #request<T>(
    path: string,
    body: string,
    taken: (answer: Readonly<Record<string, unknown>>) => T | undefined,
  ): Promise<T | 'later' | 'refused'> {
    const { url } = this.#options;
    try {
      const response = await this.#fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...registryFields(this.#options) },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
      });
      const answer = (await response.json()) as Readonly<Record<string, unknown>>;
      const outcome = response.ok ? taken(answer) : undefined;
      if (outcome !== undefined) return outcome;
      if (response.status === 400 || response.status === 413 || response.status === 415) {
        this.#tell(`refused ${path} (${response.status})`, 'it and this guard are of different versions');
        return 'refused';
      }
      this.#tell(
        `answered ${response.status}`,
        response.status < 500 && response.status !== 429
          ? `check url and ${this.#options.key === undefined ? 'connection' : 'key'} of the option registry`
          : 'reports wait until it takes them',
      );
    } catch (error) {
      const { cause, code, name } = error as Error & {
        readonly code?: unknown;
        readonly cause?: { readonly code?: unknown };
      };
      this.#tell(`cannot be reached (${String(cause?.code ?? code ?? name)})`, 'reports wait until it is back');
    }
    return 'later';
  }

  /** The same thing once. */
  #tell(what: string, remediation: string): void {
    if (this.#told === what) return;
    this.#told = what;
    process.emitWarning(`the registry ${this.#options.url} ${what}; ${remediation}`, {
      type: 'Castellan',
      code: 'registry',
    });
  }

  /** Sends what is left, once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#outbound.close();
    await this.#sending;
    await this.report();
    await this.#events?.close();
  }
}
