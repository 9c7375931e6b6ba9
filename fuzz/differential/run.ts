// Drives cases through every target and collects the differences.
import type { IncomingMessage, RequestListener } from 'node:http';
import { createGuard, type Exchange, type Guard } from '@castellan/guard';
import { caseOf, type Case } from './cases.ts';
import { difference, type Decided, type Seen } from './compare.ts';
import { deliver } from './connection.ts';
import { contract } from './contract.ts';
import { nginxTarget } from './nginx.ts';
import { listen, targets, type Report } from './targets.ts';

export interface Difference {
  readonly target: string;
  readonly id: string;
  readonly what: string;
  /** The message, as base64: kept as a case for ever. */
  readonly bytes: string;
}

export interface Outcome {
  readonly cases: number;
  /** Per target: how many requests the guard let through, and how many of them were compared with the bare framework as well. */
  readonly passed: Readonly<Record<string, number>>;
  readonly compared: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

export interface RunOptions {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Every how many-th case also goes through the gateway to nginx, and to nginx alone. 0: none. */
  readonly nginxEvery: number;
  /** Every how many-th batch also goes to the bare frameworks. 0: none. */
  readonly bareEvery: number;
  readonly only?: string | undefined;
  /** Whether each case goes to every framework, or to `node:http` and every other one of the rest by turns. */
  readonly everyFramework: boolean;
}

/** One guarded or bare server, as the driver sees it. */
interface Door {
  readonly port: number;
  /** See `deliver`. */
  readonly halfClose: boolean;
  /** Whether the server got a request with this id. */
  arrived(id: string): boolean;
  clear(): void;
  close(): Promise<void>;
}

/** The same server behind the guard and without it. */
export interface Pair {
  readonly name: string;
  readonly guarded: Door;
  readonly bare: Door;
  /** Ends what both stand on. */
  readonly close?: () => Promise<void>;
}

const batchSize = 128;

// Express prints every error that it meets otherwise.
process.env['NODE_ENV'] = 'test';

/** Collects what handlers report. */
export class Ledger {
  readonly passed: Record<string, number> = {};
  readonly compared: Record<string, number> = {};
  readonly differences: Difference[] = [];
  /** What guards let through, by target and case, and whether a handler has seen it. */
  readonly #admitted = new Map<string, { readonly decided: Decided; readonly inflated: boolean; reached: boolean }>();
  #cases = new Map<string, Case>();

  begin(cases: readonly Case[]): void {
    this.#cases = new Map(cases.map((one) => [one.id, one]));
    this.#admitted.clear();
  }

  admits(target: string, id: string): boolean {
    return this.#admitted.has(`${target}\n${id}`);
  }

  /** Cases of a target that were let through and have reached no handler: their connection may have ended meanwhile. */
  lost(target: string): readonly Case[] {
    const found: Case[] = [];
    for (const [key, { reached }] of this.#admitted) {
      const [of, id = ''] = key.split('\n');
      const one = this.#cases.get(id);
      if (!reached && of === target && one !== undefined) found.push(one);
    }
    return found;
  }

  /** Notes what was let through and reached no handler. */
  end(): void {
    for (const [key, { reached }] of this.#admitted) {
      const [target = '', id] = key.split('\n');
      if (!reached && !(id?.startsWith('#') === true && target !== 'nginx'))
        this.note(target, id, 'the guard let it through, and no handler got it');
    }
  }

  /** Notes that a guard has let a request through. */
  admit(target: string, exchange: Exchange): void {
    this.passed[target] = (this.passed[target] ?? 0) + 1;
    const given = exchange.incoming.headers['case'];
    const id = typeof given === 'string' ? given : `#${exchange.id}`;
    this.#admitted.set(`${target}\n${id}`, {
      decided: { operation: exchange.operation?.operationId, parameters: exchange.parameters, body: exchange.value },
      inflated: exchange.fields?.contentEncoding !== undefined,
      reached: false,
    });
  }

  /** What a guard decided on a case, for servers that can't be told by it. */
  decided(target: string, id: string | undefined): Decided | undefined {
    return this.#admitted.get(`${target}\n${id ?? ''}`)?.decided;
  }

  /** The same guard, telling what it lets through. */
  watch(guard: Guard, target: string): Guard {
    this.passed[target] = 0;
    const told = (exchange: Exchange, admitted: boolean): boolean => {
      if (admitted) this.admit(target, exchange);
      return admitted;
    };
    return Object.create(guard, {
      admit: {
        value(exchange: Exchange) {
          const admitted = guard.admit(exchange);
          return typeof admitted === 'boolean'
            ? told(exchange, admitted)
            : admitted.then((passes) => told(exchange, passes));
        },
      },
    }) as Guard;
  }

  /** The report of a guarded server's handler. */
  behind(target: string): Report {
    return (id, decided, seen) => {
      if (decided === undefined) return this.note(target, id, 'no guard decided on it');
      const admitted = this.#admitted.get(`${target}\n${id ?? ''}`);
      if (admitted?.reached === true) this.note(target, id, 'a handler got it twice');
      if (admitted !== undefined) admitted.reached = true;
      this.#judge(target, id, decided, seen, true);
    };
  }

  /** The report of a bare server's handler: compared where the guard let the same bytes through. */
  bare(target: string): Report {
    this.compared[target] ??= 0;
    return (id, _nothing, seen) => {
      const admitted = this.#admitted.get(`${target}\n${id ?? ''}`);
      // A body that the guard inflates is not inflated by most frameworks.
      if (admitted === undefined || admitted.inflated) return;
      this.compared[target] = (this.compared[target] ?? 0) + 1;
      this.#judge(`${target}, bare`, id, admitted.decided, seen, false);
    };
  }

  note(target: string, id: string | undefined, what: string): void {
    const bytes = this.#cases.get(id ?? '')?.bytes ?? Buffer.alloc(0);
    if (this.differences.length < 1000)
      this.differences.push({ target, id: id ?? '', what, bytes: bytes.toString('base64') });
  }

  #judge(target: string, id: string | undefined, decided: Decided, seen: Seen | undefined, behind: boolean): void {
    const what =
      seen === undefined ? 'the guard let it through, and there is no route for it' : difference(decided, seen, behind);
    if (what !== undefined) this.note(target, id, what);
  }
}

/** A server of a listener that counts arrivals. */
async function door(listener: RequestListener): Promise<Door> {
  const ids = new Set<string>();
  const server = await listen((request: IncomingMessage, response) => {
    const id = request.headers['case'];
    if (typeof id === 'string') ids.add(id);
    listener(request, response);
  });
  return {
    port: server.port,
    halfClose: true,
    arrived: (id) => ids.has(id),
    clear: () => ids.clear(),
    close: () => server.close(),
  };
}

/** Sends cases in one connection, and again those that came after one at which the server closed it. */
async function send(to: Door, cases: readonly Case[]): Promise<void> {
  let rest = cases;
  while (rest.length > 0) {
    await deliver(to.port, Buffer.concat(rest.map((one) => one.bytes)), to.halfClose);
    const stopped = rest.findIndex((one) => !to.arrived(one.id));
    if (stopped === -1) return;
    rest = rest.slice(stopped + 1).filter((one) => !to.arrived(one.id));
  }
}

/** Runs cases of a seed, or given ones, through every target. */
export async function run(options: RunOptions, given?: readonly Case[]): Promise<Outcome> {
  const ledger = new Ledger();
  const guard = await createGuard({ contract, limits: { perAddress: 'off', perPrincipal: 'off' } });
  const pairs = await openPairs(ledger, guard, options.only);
  const nginx = options.nginxEvery === 0 ? undefined : await nginxTarget(ledger);
  let cases = 0;
  try {
    for (let at = options.from; at < options.to; at += batchSize) {
      const batch =
        given?.slice(at, at + batchSize) ??
        Array.from({ length: Math.min(batchSize, options.to - at) }, (_, i) => caseOf(options.seed, at + i));
      cases += batch.length;
      ledger.begin(batch);
      const number = at / batchSize;
      const bare = options.bareEvery !== 0 && number % options.bareEvery === 0;
      const [first, ...others] = pairs;
      if (first !== undefined) await both(first, batch, bare);
      // What Node's parser refuses is refused by it in front of every framework: once is enough. What the guard refused
      // in front of the first, or what needs a connection of its own, goes to one of the others in turn, the rest to all.
      const parsed = batch.filter((one) => first?.guarded.arrived(one.id));
      const turn = others.filter((_, index) => options.everyFramework || index % 2 === Math.floor(number / 16) % 2);
      await Promise.all(
        turn.map((pair, index) => {
          const mine = (one: Case, i: number): boolean =>
            (!one.alone && ledger.admits(first?.name ?? '', one.id)) || i % turn.length === index;
          return both(pair, parsed.filter(mine), bare);
        }),
      );
      if (nginx !== undefined && number % options.nginxEvery === 0) await both(nginx, parsed, true);
      for (const pair of [...pairs, ...(nginx === undefined ? [] : [nginx])]) await again(ledger, pair);
      ledger.end();
    }
  } finally {
    for (const pair of [...pairs, ...(nginx === undefined ? [] : [nginx])]) {
      await pair.guarded.close();
      await pair.bare.close();
      await pair.close?.();
    }
    await guard.end();
  }
  return { cases, passed: ledger.passed, compared: ledger.compared, differences: ledger.differences };
}

/** Sends what was lost once more, each alone: another message may have ended the connection while this one was read. */
async function again(ledger: Ledger, pair: Pair): Promise<void> {
  for (const one of ledger.lost(pair.name)) await deliver(pair.guarded.port, one.bytes, pair.guarded.halfClose);
}

async function both(pair: Pair, batch: readonly Case[], bare: boolean): Promise<void> {
  for (const to of bare ? [pair.guarded, pair.bare] : [pair.guarded]) {
    to.clear();
    await send(
      to,
      batch.filter((one) => !one.alone),
    );
    // Few at a time: each waits for its own connection to be closed.
    await Promise.all(batch.filter((one) => one.alone).map((one) => deliver(to.port, one.bytes, true)));
  }
}

function openPairs(ledger: Ledger, guard: Guard, only: string | undefined): Promise<Pair[]> {
  return Promise.all(
    Object.entries(targets)
      .filter(([name]) => only === undefined || only === name)
      .map(async ([name, target]) => ({
        name,
        guarded: await door(await target(ledger.watch(guard, name), ledger.behind(name))),
        bare: await door(await target(undefined, ledger.bare(name))),
      })),
  );
}
