import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { CastellanError } from '@castellan/contract';
import { createGuard, type Exchange, type Guard, type GuardOptions } from '@castellan/guard';
import { exchangeOf, node } from '@castellan/guard/node';
import { contextKeysPath, openContext, type ContextOptions, type ContextTokens } from './context-token.ts';
import { openUpstream, type Upstream } from './forward.ts';
import { readCapacity, readTimeouts, type Capacity, type Timeouts } from './limits.ts';
import { namesOf, type Names } from './names.ts';
import { endSlowCallers } from './slow-callers.ts';
import { readTls, watchTls, type TlsFiles } from './tls-files.ts';

/** How a gateway is set up: a guard's options, and where to listen and forward. */
export interface GatewayOptions extends GuardOptions {
  /** `http://10.0.0.11:8080`. A path prefix is put before every forwarded path. */
  readonly upstream: string | URL;
  /** 0 takes a free port. Default 8080. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: being reachable from outside is a decision. */
  readonly host?: string | undefined;
  /** PEM files. With `clientCa` callers are asked for a certificate; the contract says who needs one (`mutualTLS`). */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string | undefined } | undefined;
  /** The signed `castellan-context` field for the upstream; `false` sends none. */
  readonly context?: ContextOptions | false | undefined;
  /** Milliseconds: towards the upstream, in the queue, and towards callers that do not read. */
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly capacity?: Partial<Capacity> | undefined;
  /**
   * Names under which callers reach the API, beside those of the document's servers and `origin`: `api.example.com`. The
   * upstream is told no other (`X-Forwarded-Host`).
   */
  readonly hosts?: readonly string[] | undefined;
  readonly contextToken?: ((exchange: Exchange) => Promise<string> | string | undefined) | undefined;
}

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly guard: Guard;
  /** The guard's notices, and those about the tokens for the upstream. */
  readonly notices: Guard['notices'];
  /**
   * Reads contract, policies, entities, TLS certificate and key again. Where anything is wrong with them this rejects with
   * a `CastellanError`, and the last good ones stay in force.
   */
  reload(): Promise<void>;
  /** Stops accepting, lets running requests end, closes everything. */
  close(): Promise<void>;
}

/**
 * Starts the guard as a reverse proxy in front of an HTTP server, whatever its language.
 * @throws CastellanError `unreachable-upstream`, `port-in-use`, `bad-upstream`, and whatever `createGuard` throws
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { upstream, port = 8080, host = '127.0.0.1', tls, context, hosts = [], ...rest } = options;
  const { contextToken, timeouts: times, capacity: most, ...guardOptions } = rest;
  const timeouts = readTimeouts(times);
  const capacity = readCapacity(most);
  const url = upstreamUrl(upstream);
  let target: Upstream | undefined;
  let files: TlsFiles | undefined;
  const guard = await createGuard({
    strictResponses: true,
    watch: true,
    decodesPath: true,
    withheldStatus: 502,
    resolver: (exchange, operation, path) =>
      target === undefined
        ? Promise.resolve({ failed: 'bad-gateway', log: 'the upstream is not open yet' })
        : target.resolve(exchange, operation, path),
    ...guardOptions,
  });
  try {
    requireClientCa(guard, tls?.clientCa);
    await reach(url, timeouts.connect);
    const tokens =
      context === false ? undefined : await openContext(context ?? {}, url.origin, options.clock ?? Date.now);
    const listening: string[] = [];
    const opened = openUpstream(guard, {
      url,
      timeouts,
      capacity,
      originOf: originsOf(guard, [...hosts, ...(options.origin === undefined ? [] : [options.origin])], listening),
      contextToken: contextToken ?? tokens?.tokenOf,
    });
    target = opened;
    const guarded = node(guard, (request, response) => {
      const exchange = exchangeOf(response);
      if (exchange !== undefined) return opened.forward(exchange, request, response);
    });
    const listener = tokens === undefined ? guarded : publishing(tokens, guarded);
    files = tls === undefined ? undefined : watchTls(tls);
    const server: Server =
      tls === undefined || files === undefined
        ? createServer(limits, listener)
        : createTlsServer({ ...limits, ...files.value }, listener);
    files?.serve(server);
    server.on('clientError', refuseConnection);
    const stop = endSlowCallers(server, timeouts.send);
    await listen(server, port, host);
    const address = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    const at = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    listening.push(at, `${scheme}://localhost:${address.port}`);
    return {
      url: at,
      guard,
      get notices() {
        return [...guard.notices, ...(tokens?.notices() ?? [])];
      },
      async reload() {
        // All is read before any of it counts.
        if (tls !== undefined) readTls(tls);
        await guard.reload();
        files?.refresh();
      },
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeIdleConnections();
        const cut = setTimeout(() => server.closeAllConnections(), 5000);
        await closed;
        clearTimeout(cut);
        files?.close();
        stop();
        await opened.close();
        await guard.end();
      },
    };
  } catch (error) {
    files?.close();
    await guard.end();
    throw error;
  }
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

/** What Node's parser enforces before the guard sees a request. */
const limits: ServerOptions = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  requireHostHeader: true,
  insecureHTTPParser: false,
};

function upstreamUrl(upstream: string | URL): URL {
  const url = upstream instanceof URL ? upstream : URL.canParse(upstream) ? new URL(upstream) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CastellanError({
      code: 'bad-upstream',
      message: `the upstream '${String(upstream)}' is not an http(s) address`,
      mend: 'write it with its scheme, such as http://127.0.0.1:3000',
    });
  }
  return url;
}

/** Connects once, so that a wrong address is said at start and not with the first request. */
function reach(url: URL, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    });
    const settle = (error: Error | undefined): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else {
        reject(
          new CastellanError({
            code: 'unreachable-upstream',
            message: `the upstream ${url.origin} does not answer (${(error as NodeJS.ErrnoException).code ?? error.message})`,
            mend: 'start it first, or correct the address',
            cause: error,
          }),
        );
      }
    };
    socket.setTimeout(timeout, () => settle(new Error('timeout')));
    socket.once('connect', () => settle(undefined));
    socket.once('error', settle);
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new CastellanError({
          code: error.code === 'EADDRINUSE' ? 'port-in-use' : 'cannot-listen',
          message:
            error.code === 'EADDRINUSE'
              ? `port ${port} is in use`
              : `cannot listen on ${host}:${port} (${error.code ?? error.message})`,
          mend: 'name another with --port, or 0 for any free one',
          cause: error,
        }),
      );
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
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
    mend: 'name its PEM file with --tls-client-ca (tls.clientCa)',
  });
}

/** Bytes that Node's HTTP parser refuses never become a request; they get a plain answer and the connection ends. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
