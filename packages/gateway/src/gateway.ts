import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CastellanError } from '@castellan/contract';
import type { Detection } from '@castellan/detect';
import type { Guard } from '@castellan/guard';
import { answerUnparsed } from '@castellan/guard/node';
import { metricsText } from './admin/metrics.ts';
import { openAdmin, type Admin } from './admin/server.ts';
import { openApi, type GatewayApi } from './api.ts';
import { contextKeysPath, type ContextTokens } from './context-token.ts';
import { frontOfOne, frontOfSeveral, requireOneFront, type Front } from './front.ts';
import type { GatewayOptions } from './options.ts';
import { listen, serverLimits } from './server-limits.ts';
import { endSlowCallers } from './slow-callers.ts';
import { readTls, tlsNotices, watchTls, type TlsFiles } from './tls-files.ts';
import { openUpgrades } from './upgrading.ts';

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Where health and metrics are told, with `admin`. */
  readonly adminUrl: string | undefined;
  /** Of the first API. */
  readonly guard: Guard;
  /** What looks for attacks on the first API, with `detect`. */
  readonly detection: Detection | undefined;
  /** Every API, in the order in which they were given. */
  readonly apis: readonly Pick<GatewayApi, 'name' | 'guard' | 'detection' | 'notices' | 'setup' | 'claim'>[];
  /** The guards' notices, and those about the tokens for the upstream; of several APIs each with the name of its API. */
  readonly notices: Guard['notices'];
  /**
   * Reads contract, policies, entities, TLS certificate and key again, and opens an audit file anew that was renamed. Where
   * anything is wrong with them this rejects with a `CastellanError`, and the last good ones of that API stay in force.
   * @param changed options that take the place of the others, such as those of a configuration file that changed. What the
   *   gateway listens on and what it has open stays as it was at the start: `needs-restart` where that is another. Of several APIs
   *   a list, with the same names.
   */
  reload(changed?: GatewayOptions | readonly NamedOptions[]): Promise<void>;
  /** Stops accepting, lets running requests end, closes everything. */
  close(): Promise<void>;
}

/** The options of one API among several. */
export type NamedOptions = GatewayOptions & {
  /** What it is called: in metrics, notices and messages. */
  readonly name: string;
};

/**
 * Starts the guard as a reverse proxy in front of an HTTP server, whatever its language.
 * @throws CastellanError `unreachable-upstream`, `port-in-use`, `bad-upstream`, and whatever `createGuard` throws
 */
export function startGateway(given: GatewayOptions): Promise<Gateway> {
  return start([{ options: given }]);
}

/**
 * Starts one gateway in front of several APIs: each request is the one's whose host (`hosts`) and path (`basePath`, or the servers of
 * the document) it has. All listen together: `port`, `host`, `tls` and `admin` are the same in each.
 *
 * @example
 * ```ts
 * const gateway = await startGateways([
 *   { name: 'orders', contract: './orders.yaml', upstream: 'http://10.0.0.11:8080', hosts: ['orders.example.com'] },
 *   { name: 'users', contract: './users.yaml', upstream: 'http://10.0.0.12:8080', hosts: ['users.example.com'] },
 * ]);
 * ```
 *
 * @throws CastellanError `two-apis` where a request could be for either of two, and what {@link startGateway} throws
 */
export function startGateways(apis: readonly NamedOptions[]): Promise<Gateway> {
  return start(apis.map(({ name, ...options }) => ({ name: name === '' ? undefined : name, options })));
}

interface Given {
  readonly name?: string | undefined;
  readonly options: GatewayOptions;
}

async function start(given: readonly Given[]): Promise<Gateway> {
  const listening: string[] = [];
  const apis: GatewayApi[] = [];
  let front: Front | undefined;
  let files: TlsFiles | undefined;
  let admin: Admin | undefined;
  const closeAll = async (): Promise<void> => {
    admin?.close();
    files?.close();
    await front?.close();
    for (const api of apis) await api.close();
  };
  try {
    for (const { name, options } of given) apis.push(await openApi(options, listening, name).catch(failing(name)));
    const [first, ...others] = apis;
    if (first === undefined)
      throw new CastellanError({
        code: 'bad-option',
        message: 'a gateway was given no API',
        mend: 'give one at least',
      });
    requireOneFront(apis);
    front = others.length === 0 ? frontOfOne(first) : await frontOfSeveral([first, ...others]);
    const { claims, guard, upgrades } = front;
    const { port = 8080, host = '127.0.0.1', tls, admin: adminAddress } = first.setup.options;
    const tokens = apis.flatMap((api) => api.tokens ?? []);
    const listener = tokens.length === 0 ? front.listener : publishing(tokens, front.listener);
    files = tls === undefined ? undefined : watchTls(tls);
    const server: Server =
      files === undefined
        ? createServer(serverLimits, listener)
        : createTlsServer({ ...serverLimits, ...files.value }, listener);
    files?.serve(server);
    answerUnparsed(guard, server);
    openUpgrades(upgrades, server, listener);
    const stop = endSlowCallers(server, first.setup.timeouts.send);
    await listen(server, port, host);
    const address = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    const at = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    listening.push(at, `${scheme}://localhost:${address.port}`);
    try {
      if (adminAddress !== undefined)
        admin = await openAdmin(adminAddress, {
          notReady: () => (server.listening ? undefined : 'it is closing'),
          stale: () =>
            apis.flatMap(({ guard: { stale }, name }) => (stale === undefined ? [] : [[name, stale] as const])),
          unreachable: async () =>
            (await Promise.all(apis.map((api) => api.unreachable()))).find((why) => why !== undefined),
          metrics: () =>
            metricsText(
              apis.map(({ name, metrics, gauges }) => ({
                api: apis.length > 1 ? name : undefined,
                metrics,
                gauges: gauges(),
              })),
            ),
          detecting: apis.flatMap(({ detecting }) => detecting ?? []),
        });
    } catch (error) {
      server.close();
      stop();
      throw error;
    }
    let reloading = Promise.resolve();
    const reload = async (changed: GatewayOptions | readonly NamedOptions[] | undefined): Promise<void> => {
      const next = optionsFor(apis, changed);
      for (const [index, api] of apis.entries())
        await api
          .reload(next[index], () => {
            if (tls !== undefined) readTls(tls);
          })
          .catch(failing(api.name));
      claims();
      files?.refresh();
    };
    return {
      url: at,
      adminUrl: admin?.url,
      guard: first.guard,
      detection: first.detection,
      apis,
      get notices() {
        const ofTls = tlsNotices(files, first.setup.options.clock?.() ?? Date.now());
        if (others.length === 0) return [...first.notices, ...ofTls];
        const ofApis = apis.flatMap(({ name, notices }) =>
          notices.map(({ code, message }) => ({ code, message: `${name}: ${message}` })),
        );
        return [...ofApis, ...ofTls];
      },
      reload: (changed) => (reloading = reloading.catch(() => undefined).then(() => reload(changed))),
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        await upgrades.end();
        server.closeIdleConnections();
        const cut = setTimeout(() => server.closeAllConnections(), 5000);
        await closed;
        clearTimeout(cut);
        stop();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const failed = new WeakMap<object, string>();

/** Which of several APIs an error of a start or reload is of. */
export function apiOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? failed.get(error) : undefined;
}

function failing(name: string | undefined): (error: unknown) => never {
  return (error) => {
    if (name !== undefined && typeof error === 'object' && error !== null) failed.set(error, name);
    throw error;
  };
}

/**
 * Changed options, in the order of the APIs.
 * @throws CastellanError `needs-restart` where they are of other APIs
 */
function optionsFor(
  apis: readonly GatewayApi[],
  changed: GatewayOptions | readonly NamedOptions[] | undefined,
): readonly (GatewayOptions | undefined)[] {
  if (changed === undefined) return apis.map(() => undefined);
  const isList = (value: GatewayOptions | readonly NamedOptions[]): value is readonly NamedOptions[] =>
    Array.isArray(value);
  const list: readonly (GatewayOptions & { readonly name?: string })[] = isList(changed) ? changed : [changed];
  const same =
    list.length === apis.length &&
    (!isList(changed) || apis.length === 1 || apis.every(({ name }) => changed.some((one) => one.name === name)));
  if (!same)
    throw new CastellanError({
      code: 'needs-restart',
      message: 'the APIs are others than at the start',
      mend: 'start again to have them in force',
    });
  if (!isList(changed)) return [changed];
  return apis.map(({ name }) => {
    const found = changed.length === 1 ? changed[0] : changed.find((one) => one.name === name);
    if (found === undefined) return undefined;
    const { name: _, ...options } = found;
    return options;
  });
}

/** Answers requests for the public keys of the context tokens; everything else is the API's. */
function publishing(tokens: readonly ContextTokens[], guarded: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== contextKeysPath || request.method !== 'GET') return guarded(request, response);
    Promise.all(tokens.map((one) => one.jwks())).then(
      (sets) => {
        const [only] = sets;
        const keys = sets.flatMap((set) => (JSON.parse(set) as { readonly keys: readonly unknown[] }).keys);
        response.writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' });
        response.end(sets.length === 1 ? only : JSON.stringify({ keys }));
      },
      () => {
        response.statusCode = 503;
        response.end();
      },
    );
  };
}
