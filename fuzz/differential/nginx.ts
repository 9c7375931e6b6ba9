// nginx behind the gateway, and nginx alone: started here in a folder of its own, ended by its process id.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@castellan/gateway';
import type { Seen } from './compare.ts';
import { contract, routes } from './contract.ts';
import type { Ledger, Pair } from './run.ts';
import { bodyOf, listen, type Report } from './targets.ts';

const name = 'nginx';

/** Whether nginx can be started here. */
export function nginxInstalled(): boolean {
  return spawnSync('nginx', ['-v']).status === 0;
}

/** Starts nginx, the gateway before it, and a server behind it that tells what nginx made of the request. */
export async function nginxTarget(ledger: Ledger): Promise<Pair> {
  const reports = { behind: ledger.behind(name), bare: ledger.bare(name) };
  const seenByNginx = new Set<string>();
  const echo = await listen((request, response) => {
    const door = request.headers['x-door'] === 'behind' ? 'behind' : 'bare';
    const id = request.headers['case'];
    if (typeof id === 'string') seenByNginx.add(id);
    void tell(door, request, response, reports, ledger).catch(() => response.destroy());
  });
  const [behind, bare] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'castellan-nginx-'));
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, echo.port, behind, bare));
  const nginx = spawn('nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => nginx.once('exit', resolve));
  await reachable(behind);
  const gateway = await startGateway({
    contract,
    upstream: `http://127.0.0.1:${behind}`,
    port: 0,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    contextToken(exchange) {
      ledger.admit(name, exchange);
      return undefined;
    },
  });
  const arrived = new Set<string>();
  const { guard } = gateway;
  const open = guard.open.bind(guard);
  guard.open = (incoming) => {
    const id = incoming.headers['case'];
    if (typeof id === 'string') arrived.add(id);
    return open(incoming);
  };
  return {
    name,
    guarded: {
      port: Number(new URL(gateway.url).port),
      halfClose: false,
      arrived: (id) => arrived.has(id),
      clear: () => arrived.clear(),
      close: () => gateway.close(),
    },
    bare: {
      port: bare,
      halfClose: false,
      arrived: (id) => seenByNginx.has(id),
      clear: () => seenByNginx.clear(),
      close: () => Promise.resolve(),
    },
    async close() {
      nginx.kill('SIGTERM');
      await exited;
      await echo.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reports what nginx has told about a request in the fields that its configuration adds. */
async function tell(
  door: 'behind' | 'bare',
  request: IncomingMessage,
  response: ServerResponse,
  reports: Readonly<Record<'behind' | 'bare', Report>>,
  ledger: Ledger,
): Promise<void> {
  const field = (of: string): string | undefined => {
    const value = request.headers[of];
    // nginx writes decoded bytes, Node reads bytes as Latin-1.
    return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : undefined;
  };
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes.find((one) => one.path === field('x-route') && one.method.toUpperCase() === method);
  const names = [...(route?.path ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const id = (request.headers['case'] as string | undefined) ?? `#${field('x-request-id') ?? ''}`;
  const body = await bodyOf(request);
  const seen: Seen | undefined =
    route === undefined
      ? undefined
      : {
          operation: route.operation,
          path: Object.fromEntries(names.map((of, index) => [of, field(`x-capture-${index + 1}`)?.slice(1, -1) ?? ''])),
          query: new URLSearchParams(field('x-args') ?? ''),
          trace: request.headers['x-trace'] as string | undefined,
          fields: Object.keys(request.headers),
          ...(body === undefined ? {} : { body }),
        };
  reports[door](id, door === 'behind' ? ledger.decided(name, id) : undefined, seen);
  response.statusCode = 204;
  response.end();
}

/** Every route as nginx has it: a regular expression on the path that nginx has decoded and normalised. */
function configuration(folder: string, echo: number, behind: number, bare: number): string {
  const paths = [...new Set(routes.map((route) => route.path))];
  const locations = paths.map((path) => {
    const captures = [...path.matchAll(/\{(\w+)\}/g)].map(
      (_match, index) => `proxy_set_header X-Capture-${index + 1} "[$${index + 1}]";`,
    );
    return `location ~ "^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$" { proxy_set_header X-Route "${path}"; ${captures.join(' ')} include common.conf; }`;
  });
  writeFileSync(
    join(folder, 'common.conf'),
    'proxy_set_header X-Args $args; proxy_set_header X-Door $door; proxy_set_header Connection ""; proxy_http_version 1.1; proxy_pass http://echo;',
  );
  const server = (port: number, door: string): string =>
    `server { listen 127.0.0.1:${port}; set $door ${door}; ${locations.join('\n')}\nlocation / { include common.conf; } }`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join(' ');
  return `daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log ${join(folder, 'error.log')} crit;
events { worker_connections 1024; }
http {
  access_log off; ${temporary}
  client_max_body_size 2m; large_client_header_buffers 4 32k; keepalive_requests 100000; lingering_close off; proxy_ignore_client_abort on;
  upstream echo { server 127.0.0.1:${echo}; keepalive 32; }
  ${server(behind, 'behind')}
  ${server(bare, 'bare')}
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until a port takes connections. */
async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error('nginx does not start');
}
