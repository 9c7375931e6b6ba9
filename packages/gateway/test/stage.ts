import { createServer, request as httpRequest, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { GuardEvent } from '@castellan/guard';
import { startGateway, type Gateway, type GatewayOptions } from '@castellan/gateway';
import { contract } from './contract.ts';

export interface Stage {
  readonly gateway: Gateway;
  readonly events: readonly GuardEvent[];
}

/** A gateway on a free port before an upstream; both end with the test. */
export async function before(t: TestContext, upstream: string, options: Partial<GatewayOptions> = {}): Promise<Stage> {
  const events: GuardEvent[] = [];
  const gateway = await startGateway({
    contract,
    upstream,
    port: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  t.after(() => gateway.close());
  return { gateway, events };
}

/** A real HTTP server on a free port. */
export async function httpUpstream(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  const url = await listening(server);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}

/** A server that answers every request head with bytes of its own making, for what no HTTP library would send. */
export async function rawUpstream(t: TestContext, answer: (socket: Socket, request: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    let seen = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (!seen.includes('\r\n\r\n')) return;
      const request = seen;
      seen = '';
      answer(socket, request);
    });
  });
  const url = await listening(server);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return url;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whether the connection was cut before the body was whole. */
  readonly cut: boolean;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Uint8Array;
}

/** Sends one request on its own connection; the path goes out as given. */
export function send(base: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: url.hostname, port: url.port, method, path, agent: false, headers },
      (response) => {
        const chunks: Buffer[] = [];
        const settle = (cut: boolean): void =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
            cut,
          });
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => settle(true));
        response.on('end', () => settle(false));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Writes bytes to the gateway's socket and gives back all that comes until the other side closes. */
export function raw(base: string, bytes: string): Promise<string> {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(bytes);
  });
}

/** The problem type of an answer: `bad-gateway`. */
export function problem(answer: Answer): string {
  const { type } = JSON.parse(answer.text) as { type: string };
  return type.slice(type.indexOf('#') + 1);
}

/** Resolves when it is called. */
export function signal<T = void>(): { readonly fired: Promise<T>; readonly fire: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { fired: promise, fire: resolve };
}
