import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '../configuration/address.ts';
import type { Detecting } from '../detecting.ts';
import { dismiss, dismissedIn } from './incidents.ts';
import { listen, refuseConnection, serverLimits } from '../server-limits.ts';

/** What an admin server tells. */
export interface AdminSources {
  /** Why the gateway takes no requests; undefined where it does. */
  readonly notReady: () => string | undefined;
  /** Why what is in force is not what files or the source say, by API: it takes requests all the same. */
  readonly stale: () => readonly (readonly [api: string, why: string])[];
  /** Why no upstream can be reached; undefined where one can. */
  readonly unreachable: () => Promise<string | undefined>;
  /** Prometheus text. */
  readonly metrics: () => string;
  /** What looks for attacks, for each API where something does. */
  readonly detecting: readonly Detecting[];
}

export interface Admin {
  /** `http://127.0.0.1:9901` */
  readonly url: string;
  close(): void;
}

/**
 * Tells of the gateway at an address of its own: `/healthz` (the process lives), `/readyz` (it takes requests; with
 * `?upstream` also whether an upstream can be reached), `/metrics`; with detection also `/incidents` (those that are open, and the
 * last that were closed; `POST /incidents/ID/dismiss` closes one) and `/watch` (JSON lines of all that happens, while somebody reads them).
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
    const stale = sources.stale().map(([api, reason]) => `stale: ${api}: ${reason}`);
    tell(response, why === undefined ? 200 : 503, [why ?? 'ready', ...stale].join('\n'));
  };
  const server = createServer(serverLimits, (request, response) => {
    const [path, query] = (request.url ?? '').split('?', 2);
    const { detecting } = sources;
    const dismissed = detecting.length === 0 ? undefined : dismissedIn(path);
    if (dismissed !== undefined && request.method === 'POST')
      void dismiss(dismissed, request, detecting).then(
        ({ status, text }) => tell(response, status, text),
        () => response.destroy(),
      );
    else if (dismissed !== undefined) {
      response.setHeader('allow', 'POST');
      tell(response, 405, 'only POST');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      tell(response, 405, 'only GET and HEAD');
    } else if (path === '/healthz') tell(response, 200, 'live');
    else if (path === '/readyz') void ready(query, response);
    else if (path === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      tell(response, 200, sources.metrics());
    } else if (path === '/incidents' && sources.detecting.length > 0) {
      response.setHeader('content-type', 'application/json');
      tell(response, 200, JSON.stringify(sources.detecting.flatMap(({ detection }) => detection.incidents)));
    } else if (path === '/watch' && sources.detecting.length > 0) stream(response, sources.detecting);
    else
      tell(
        response,
        404,
        `there are /healthz, /readyz and /metrics${sources.detecting.length === 0 ? '; with the option detect, /incidents and /watch' : ', /incidents and /watch'}`,
      );
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

/** Bytes that may wait for who watches; what comes while more do is left out for them. */
const mostWaiting = 1024 * 1024;

/** Tells what happens, a JSON object in each line, until the reader goes. */
function stream(response: ServerResponse, detecting: readonly Detecting[]): void {
  response.writeHead(200, { 'content-type': 'application/jsonl', 'cache-control': 'no-store' });
  for (const incident of detecting.flatMap(({ detection }) => detection.incidents))
    if (incident.status === 'open') response.write(`${JSON.stringify({ incident, change: 'opened' })}\n`);
  response.flushHeaders();
  const ends = detecting.map((one) =>
    one.watch((happening) => {
      if (response.writableLength < mostWaiting) response.write(`${JSON.stringify(happening)}\n`);
    }),
  );
  response.on('close', () => {
    for (const end of ends) end();
  });
}
