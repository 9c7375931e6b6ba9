import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CastellanError } from '@castellan/contract';
import type { Detection } from '@castellan/detect';
import { createGuard, type Exchange, type Guard, type GuardOptions } from '@castellan/guard';
import { answerUnparsed, exchangeOf, node } from '@castellan/guard/node';
import { openUpgrades } from './upgrading.ts';
import { Metrics } from './admin/metrics.ts';
import { openAdmin, type Admin } from './admin/server.ts';
import { readGatewayOptions, type GatewaySetup } from './configuration/read-options.ts';
import { contextKeysPath, openContext, type ContextTokens } from './context-token.ts';
import { openUpstream, type Upstream } from './forward.ts';
import { namesOf, type Names } from './names.ts';
import type { GatewayOptions } from './options.ts';
import { openDetecting } from './detecting.ts';
import { requireNoRestart } from './restart.ts';
import { listen, serverLimits } from './server-limits.ts';
import { endSlowCallers } from './slow-callers.ts';
import { reach } from './targets.ts';
import { readTls, watchTls, type TlsFiles } from './tls-files.ts';

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Where health and metrics are told, with `admin`. */
  readonly adminUrl: string | undefined;
  readonly guard: Guard;
  /** What looks for attacks, with `detect`. */
  readonly detection: Detection | undefined;
  /** The guard's notices, and those about the tokens for the upstream. */
  readonly notices: Guard['notices'];
  /**
   * Reads contract, policies, entities, TLS certificate and key again, and opens an audit file anew that was renamed. Where
   * anything is wrong with them this rejects with a `CastellanError`, and the last good ones stay in force.
   * @param changed options that take the place of the others, such as those of a configuration file that changed. What the
   *   gateway listens on and what it has open stays as it was at the start: `needs-restart` where that is another.
   */
  reload(changed?: GatewayOptions): Promise<void>;
  /** Stops accepting, lets running requests end, closes everything. */
  close(): Promise<void>;
}

/** What a guard is in a gateway, where its options do not say otherwise. */
const guardDefaults = { strictResponses: true, watch: true, decodesPath: true, withheldStatus: 502 } as const;

/**
 * Starts the guard as a reverse proxy in front of an HTTP server, whatever its language.
 * @throws CastellanError `unreachable-upstream`, `port-in-use`, `bad-upstream`, and whatever `createGuard` throws
 */
export async function startGateway(given: GatewayOptions): Promise<Gateway> {
  let setup = readGatewayOptions(given);
  const { port = 8080, host = '127.0.0.1', tls, context, contextToken, clock = Date.now } = setup.options;
  let upstream: Upstream | undefined;
  let files: TlsFiles | undefined;
  let admin: Admin | undefined;
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
  const metrics = new Metrics();
  const watched = counting(guard, metrics);
  const listening: string[] = [];
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
  try {
    if (setup.options.clientCertificate !== 'header') requireClientCa(guard, tls?.clientCa);
    upstream = await openWays(setup);
    const audience = (): string => upstream?.targets[0]?.url.origin ?? '';
    const tokens = context === false ? undefined : await openContext(context ?? {}, audience, clock);
    tokenOf ??= tokens?.tokenOf;
    const guarded = node(watched, (request, response) => {
      const exchange = exchangeOf(response);
      if (exchange === undefined) return;
      const token = tokenOf?.(exchange);
      // Which upstreams are in force is asked last: a reload may come between.
      if (typeof token === 'object')
        return token.then((signed) => upstream?.forward(exchange, request, response, signed));
      return upstream?.forward(exchange, request, response, token);
    });
    const listener = tokens === undefined ? guarded : publishing(tokens, guarded);
    files = tls === undefined ? undefined : watchTls(tls);
    const server: Server =
      files === undefined
        ? createServer(serverLimits, listener)
        : createTlsServer({ ...serverLimits, ...files.value }, listener);
    files?.serve(server);
    answerUnparsed(watched, server);
    const endUpgrades = openUpgrades(watched, server, listener, async (exchange, request, socket, head) => {
      const token = await tokenOf?.(exchange);
      await upstream?.upgrade(exchange, request, socket, head, token);
    });
    const stop = endSlowCallers(server, setup.timeouts.send);
    closing.push(stop);
    await listen(server, port, host);
    const address = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    const at = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    listening.push(at, `${scheme}://localhost:${address.port}`);
    const notReady = (): string | undefined => (server.listening ? undefined : 'it is closing');
    try {
      if (setup.options.admin !== undefined)
        admin = await openAdmin(setup.options.admin, {
          notReady,
          unreachable: () => unreachable(upstream, setup.timeouts.connect),
          metrics: () => metrics.text(gaugesOf(guard, upstream)),
          detecting,
        });
    } catch (error) {
      server.close();
      throw error;
    }
    let reloading = Promise.resolve();
    const reload = async (changed: GatewayOptions | undefined): Promise<void> => {
      const next = changed === undefined ? setup : readGatewayOptions(changed);
      requireNoRestart(setup, next);
      // All is read before any of it counts.
      if (tls !== undefined) readTls(tls);
      const opened = isOpen(setup, next) ? undefined : await openWays(next);
      await guard.reload(changed === undefined ? undefined : guardOptions(next)).catch(async (error: unknown) => {
        await opened?.close();
        throw error;
      });
      detecting?.guard(guard.contract, guard);
      files?.refresh();
      setup = next;
      if (opened === undefined) return;
      const before = upstream;
      upstream = opened;
      void before?.retire();
    };
    return {
      url: at,
      adminUrl: admin?.url,
      guard,
      detection: detecting?.detection,
      get notices() {
        return [...guard.notices, ...(tokens?.notices() ?? [])];
      },
      reload: (changed) => (reloading = reloading.catch(() => undefined).then(() => reload(changed))),
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        await endUpgrades();
        server.closeIdleConnections();
        const cut = setTimeout(() => server.closeAllConnections(), 5000);
        await closed;
        clearTimeout(cut);
        admin?.close();
        files?.close();
        for (const close of closing) await close();
        await guard.end();
        await detecting?.end();
      },
    };
  } catch (error) {
    files?.close();
    for (const close of closing) await close();
    await guard.end();
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

function gaugesOf(guard: Guard, upstream: Upstream | undefined): Parameters<Metrics['text']>[0] {
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
    operations: new Set(guard.contract.operations.map(({ operationId }) => operationId)),
  };
}

/** Why none of the upstreams that get requests answers. */
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

/** Answers requests for the public keys of the context tokens; everything else is the API's. */
function publishing(tokens: ContextTokens, guarded: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== contextKeysPath || request.method !== 'GET') return guarded(request, response);
    tokens.jwks().then(
      (body) => {
        response.writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' });
        response.end(body);
      },
      () => {
        response.statusCode = 503;
        response.end();
      },
    );
  };
}

/** Without the authority that client certificates are checked against, nobody could ever call. */
function requireClientCa(guard: Guard, clientCa: string | undefined): void {
  if (clientCa !== undefined) return;
  const operation = guard.contract.operations.find(({ security }) =>
    security.some(({ schemes }) => schemes.some(({ scheme }) => scheme.type === 'mutualTLS')),
  );
  if (operation === undefined) return;
  throw new CastellanError({
    code: 'no-client-ca',
    message: `operation ${operation.operationId} needs a client certificate, and no authority for them is named`,
    mend: 'name its PEM file with --tls-client-ca (tls.clientCa); behind a TLS proxy write --client-certificate header',
  });
}
