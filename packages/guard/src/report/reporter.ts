import { randomUUID } from 'node:crypto';
import type { Contract } from '@castellan/contract';
import type { FactSink } from '../facts/facts.ts';
import { keyedHash, type KeyedHash } from '../learn/keyed-hash.ts';
import { ReportCounts, type ReportedConsumer, type ReportedCounts } from './counts.ts';
import { EventReporter } from './events.ts';
import type { ReportsFared } from './fared.ts';
import { identitiesOf } from './identities.ts';
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
  readonly #reported: Reported;
  readonly #clock: () => number;
  readonly #instance = randomUUID();
  readonly #counts = new ReportCounts();
  readonly #outbound = new OutboundWatch();
  readonly #outbox: Outbox;
  readonly #timer: NodeJS.Timeout;
  readonly #events: EventReporter | undefined;
  #hash: KeyedHash | undefined;
  #sending: Promise<void> | undefined;
  #told = '';
  /** Reports made so far: with the instance it says which came before which. */
  #sequence = 0;
  #made = -Infinity;

  constructor(options: RegistryOptions, reported: Reported, clock: () => number) {
    this.#options = options;
    this.#reported = reported;
    this.#clock = clock;
    this.#outbox = new Outbox(options.directory, (what) => this.#tell(what, 'it waits in memory'));
    if (options.events === true)
      this.#events = new EventReporter(async (body) => {
        const answer = await this.#request('events', body, () => 'sent');
        return answer === 'refused' || answer === 'later' ? answer : 'sent';
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
      if (outcome === 'refused') this.#outbox.lost += 1;
      if (outcome === 'refused' || this.#hash !== undefined) continue;
      this.#hash = keyedHash(Buffer.from(outcome, 'base64url'));
      // What the first one could not say.
      this.#make();
    }
  }

  /** @returns the key for fingerprints; whether it may be sent again later, or never */
  #post(body: string): Promise<string> {
    return this.#request('reports', body, ({ fingerprintKey }) =>
      typeof fingerprintKey === 'string' ? fingerprintKey : undefined,
    );
  }

  async #request(
    path: string,
    body: string,
    taken: (answer: { readonly fingerprintKey?: unknown }) => string | undefined,
  ): Promise<string> {
    const { url, key } = this.#options;
    try {
      const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-castellan-key': key },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
      });
      const answer = (await response.json()) as { readonly fingerprintKey?: unknown };
      const outcome = response.ok ? taken(answer) : undefined;
      if (outcome !== undefined) return outcome;
      if (response.status === 400 || response.status === 413 || response.status === 415) {
        this.#tell(`refused ${path} (${response.status})`, 'it and this guard are of different versions');
        return 'refused';
      }
      this.#tell(
        `answered ${response.status}`,
        response.status < 500 && response.status !== 429
          ? 'check url and key of the option registry'
          : 'reports wait until it takes them',
      );
    } catch (error) {
      const { cause, name } = error as { readonly cause?: { readonly code?: unknown }; readonly name: string };
      this.#tell(`cannot be reached (${String(cause?.code ?? name)})`, 'reports wait until it is back');
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
