import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '../configuration/address.ts';
import { listen, refuseConnection, serverLimits } from '../server-limits.ts';

/** What an admin server tells. */
export interface AdminSources {
  /** Why the gateway takes no requests; undefined where it does. */
  readonly notReady: () => string | undefined;
  /** Why no upstream can be reached; undefined where one can. */
  readonly unreachable: () => Promise<string | undefined>;
  /** Prometheus text. */
  readonly metrics: () => string;
}

export interface Admin {
  /** `http://127.0.0.1:9901` */
  readonly url: string;
  close(): void;
}

/**
 * Tells of the gateway at an address of its own: `/healthz` (the process lives), `/readyz` (it takes requests; with
 * `?upstream` also whether an upstream can be reached), `/metrics`.
 * @throws CastellanError `port-in-use`, `cannot-listen`
 */
export async function openAdmin({ host, port }: Address, sources: AdminSources): Promise<Admin> {
  // However many ask, the upstream is asked once at a time.
  let asking: Promise<string | undefined> | undefined;
  const unreachable = (): Promise<string | undefined> =>
    (asking ??= sources.unreachable().finally(() => {
      asking = undefined;
    }));
  const ready = async (query: string | undefined, response: ServerResponse): Promise<void> => {
    const why = sources.notReady() ?? (query === 'upstream' || query === 'upstream=' ? await unreachable() : undefined);
    tell(response, why === undefined ? 200 : 503, why ?? 'ready');
  };
  const server = createServer(serverLimits, (request, response) => {
    const [path, query] = (request.url ?? '').split('?', 2);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      tell(response, 405, 'only GET and HEAD');
    } else if (path === '/healthz') tell(response, 200, 'live');
    else if (path === '/readyz') void ready(query, response);
    else if (path === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      tell(response, 200, sources.metrics());
    } else tell(response, 404, 'there are /healthz, /readyz and /metrics');
  });
  server.on('clientError', refuseConnection);
  await listen(server, port, host, '--admin');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function tell(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}
