import type { RequestListener } from 'node:http';
import type { Detection } from '@castellan/detect';
import { createGuard, type Exchange, type Guard, type GuardOptions } from '@castellan/guard';
import { exchangeOf, node } from '@castellan/guard/node';
import { Metrics, type Gauges } from './admin/metrics.ts';
import { claimOf, type Claim } from './claims.ts';
import { requireClientCa } from './client-ca.ts';
import { readGatewayOptions, type GatewaySetup } from './configuration/read-options.ts';
import { openContext, type ContextTokens } from './context-token.ts';
import { openDetecting, type Detecting } from './detecting.ts';
import { openUpstream, type Upstream } from './forward.ts';
import { guardDefaults } from './guard-defaults.ts';
import { namesOf, type Names } from './names.ts';
import type { GatewayOptions } from './options.ts';
import { requireNoRestart } from './restart.ts';
import { reach } from './targets.ts';
import { compileUpgrades, type Upgrades } from './upgrading.ts';

/** One API behind a gateway: its guard, and the ways to its upstreams. */
export interface GatewayApi {
  /** As it was called; the title of its contract where nobody said. */
  readonly name: string;
  readonly guard: Guard;
  readonly detecting: Detecting | undefined;
  readonly detection: Detection | undefined;
  readonly metrics: Metrics;
  readonly notices: Guard['notices'];
  /** What is in force. */
  readonly setup: GatewaySetup;
  /** Answers its requests. */
  readonly listener: RequestListener;
  readonly upgrades: Upgrades;
  readonly tokens: ContextTokens | undefined;
  claim(): Claim;
  gauges(): Gauges;
  /** Why none of the upstreams that get requests answers. */
  unreachable(): Promise<string | undefined>;
  /**
   * Puts other options into force.
   * @throws CastellanError what is wrong with them; the last good ones stay
   */
  reload(changed: GatewayOptions | undefined, before: () => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens one API.
 * @param listening the addresses of the gateway, once it has them
 * @throws CastellanError `unreachable-upstream`, `bad-upstream`, and whatever `createGuard` throws
 */
export async function openApi(
  given: GatewayOptions,
  listening: readonly string[],
  called?: string,
): Promise<GatewayApi> {
  let setup = readGatewayOptions(given);
  const { tls, context, contextToken, clock = Date.now } = setup.options;
  let upstream: Upstream | undefined;
  const closing: (() => unknown)[] = [];
  let tokenOf: ContextTokens['tokenOf'] | undefined = contextToken as ContextTokens['tokenOf'] | undefined;
  const detecting = openDetecting({
    detect: setup.options.detect,
    key: setup.options.audit?.key,
    onIncident: setup.options.onIncident,
    clock,
  });
  const guardOptions = (of: GatewaySetup): GuardOptions => ({
    ...guardDefaults,
    resolver: async (exchange, operation, path) => {
      const token = await tokenOf?.(exchange);
      if (upstream === undefined) return { failed: 'bad-gateway', log: 'the upstream is not open yet' };
      return upstream.resolve(exchange, operation, path, token);
    },
    ask: async (_operation, path, headers) =>
      upstream === undefined ? { failed: 'the upstream is not open yet' } : upstream.ask(path, headers),
    ...of.guard,
    ...(detecting === undefined ? {} : { facts: [...(of.guard.facts ?? []), detecting.sink] }),
  });
  const guard = await createGuard(guardOptions(setup));
  detecting?.guard(guard.contract, guard);
  await detecting?.keep(guard.contract.title, guard.incidents).catch(async (error: unknown) => {
    await guard.end();
    throw error;
  });
  const metrics = new Metrics();
  const watched = counting(guard, metrics);
  const openWays = async (of: GatewaySetup): Promise<Upstream> => {
    const { upstream: written, hosts = [], origin } = of.options;
    const upstreams = Array.isArray(written) ? written : [{ url: written as string | URL }];
    const opened = openUpstream(watched, {
      upstreams,
      timeouts: of.timeouts,
      capacity: of.capacity,
      originOf: originsOf(guard, [...hosts, ...(origin === undefined ? [] : [origin])], listening),
    });
    try {
      for (const { url } of opened.targets) await reach(url, of.timeouts.connect);
    } catch (error) {
      await opened.close();
      throw error;
    }
    closing.push(() => opened.close());
    return opened;
  };
  const close = async (): Promise<void> => {
    for (const one of closing) await one();
    await detecting?.end();
    await guard.end();
  };
  try {
    if (setup.options.clientCertificate !== 'header') requireClientCa(guard, tls?.clientCa);
    upstream = await openWays(setup);
    const audience = (): string => upstream?.targets[0]?.url.origin ?? '';
    const tokens = context === false ? undefined : await openContext(context ?? {}, audience, clock);
    tokenOf ??= tokens?.tokenOf;
    const listener = node(watched, (request, response) => {
      const exchange = exchangeOf(response);
      if (exchange === undefined) return;
      const token = tokenOf?.(exchange);
      // Which upstreams are in force is asked last: a reload may come between.
      if (typeof token === 'object')
        return token.then((signed) => upstream?.forward(exchange, request, response, signed));
      return upstream?.forward(exchange, request, response, token);
    });
    const upgrades = compileUpgrades(watched, async (exchange, request, socket, head) => {
      const token = await tokenOf?.(exchange);
      await upstream?.upgrade(exchange, request, socket, head, token);
    });
    return {
      get name() {
        return called ?? guard.contract.title;
      },
      guard: watched,
      detecting,
      detection: detecting?.detection,
      metrics,
      get notices() {
        return [...guard.notices, ...(tokens?.notices() ?? [])];
      },
      get setup() {
        return setup;
      },
      listener,
      upgrades,
      tokens,
      claim: () => claimOf(called ?? guard.contract.title, guard.contract, setup.options),
      gauges: () => gaugesOf(guard, upstream),
      unreachable: () => unreachable(upstream, setup.timeouts.connect),
      async reload(changed, before) {
        const next = changed === undefined ? setup : readGatewayOptions(changed);
        requireNoRestart(setup, next);
        // All is read before any of it counts.
        before();
        const opened = isOpen(setup, next) ? undefined : await openWays(next);
        await guard.reload(changed === undefined ? undefined : guardOptions(next)).catch(async (error: unknown) => {
          await opened?.close();
          throw error;
        });
        detecting?.guard(guard.contract, guard);
        setup = next;
        if (opened === undefined) return;
        const retired = upstream;
        upstream = opened;
        void retired?.retire();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The guard, with every exchange that ends counted. */
function counting(guard: Guard, metrics: Metrics): Guard {
  return Object.create(guard, {
    close: {
      value: (exchange: Exchange) => {
        guard.close(exchange);
        metrics.count(exchange, performance.now());
      },
    },
  }) as Guard;
}

function gaugesOf(guard: Guard, upstream: Upstream | undefined): Gauges {
  const sum = (kind: 'ordinary' | 'streams'): { taken: number; waiting: number } => {
    const lanes = (upstream?.targets ?? []).map((target) => target[kind].lane);
    return {
      taken: lanes.reduce((all, { taken }) => all + taken, 0),
      waiting: lanes.reduce((all, { waiting }) => all + waiting, 0),
    };
  };
  return {
    ordinary: sum('ordinary'),
    streams: sum('streams'),
    lostEvents: guard.lostEvents,
    reports: guard.reports(),
    stale: guard.stale !== undefined,
    operations: new Set(guard.contract.operations.map(({ operationId }) => operationId)),
  };
}

async function unreachable(upstream: Upstream | undefined, timeout: number): Promise<string | undefined> {
  const asked = (upstream?.targets ?? []).filter(({ weight }) => weight > 0).map(({ url }) => reach(url, timeout));
  return Promise.any(asked).then(
    () => undefined,
    () => 'no upstream answers',
  );
}

/** Whether what is open towards the upstreams is what these options ask for. Files of authorities are read each time. */
function isOpen(before: GatewaySetup, next: GatewaySetup): boolean {
  const ways = ({ options: { upstream, hosts, origin }, timeouts, capacity }: GatewaySetup): string =>
    JSON.stringify([upstream, hosts, origin, timeouts, capacity]);
  const { upstream } = next.options;
  return ways(before) === ways(next) && !(Array.isArray(upstream) && upstream.some(({ ca }) => ca !== undefined));
}

/** Which origin a name stands for; found again when another contract comes into force. */
function originsOf(
  guard: Guard,
  more: readonly string[],
  listening: readonly string[],
): (host: string) => string | undefined {
  let of: Guard['contract'] | undefined;
  let names: Names = new Map();
  return (host) => {
    if (of !== guard.contract) names = namesOf((of = guard.contract).servers, more, listening);
    return names.get(host) ?? names.get(host.toLowerCase());
  };
}
