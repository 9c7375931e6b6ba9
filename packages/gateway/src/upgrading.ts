import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange, Guard } from '@castellan/guard';
import { upgrades, type GuardedRequest } from '@castellan/guard/node';

type Forward = (exchange: Exchange, request: GuardedRequest, socket: Duplex, head: Buffer) => Promise<void>;

/** The upgrades of an API. */
export interface Upgrades {
  /** Whether a request is for an upgrade that the contract documents, or nothing is enforced. */
  wanted(request: IncomingMessage): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all connections that were upgraded; their events are written then. */
  end(): Promise<void>;
}

/** Lets WebSocket upgrades through where the contract documents them, or nothing is enforced. */
export function compileUpgrades(guard: Guard, forward: Forward): Upgrades {
  const open = new Set<Duplex>();
  const upgrade = upgrades(guard, (request, socket, head, exchange) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return forward(exchange, request, socket, head);
  });
  return {
    wanted: (request) =>
      request.method === 'GET' &&
      request.headers.upgrade?.trim().toLowerCase() === 'websocket' &&
      (guard.settings.mode !== 'enforce' ||
        guard.contract.operations.some(({ castellan }) => castellan.upgrade === 'websocket')),
    upgrade,
    async end() {
      const ended = [...open].map((socket) => new Promise((resolve) => void socket.once('close', resolve)));
      for (const socket of open) socket.destroy();
      await Promise.all(ended);
    },
  };
}

/**
 * Has a server hand over upgrades that are wanted. Any other request with `Upgrade` goes on without it, as HTTP lets a server do
 * (RFC 9110 section 7.8).
 * @param listener of requests
 */
export function openUpgrades({ wanted, upgrade }: Upgrades, server: Server, listener: RequestListener): void {
  // Node.js 24.9 and later asks before it lets go of the parser.
  Object.assign(server, { shouldUpgradeCallback: wanted });
  server.on('upgrade', (request, socket, head) => {
    if (wanted(request)) upgrade(request, socket, head);
    else answer(request, socket as Socket, head, listener);
  });
}

/** Node has let go of the connection: the request is answered on it, and it ends. */
function answer(request: IncomingMessage, socket: Socket, head: Buffer, listener: RequestListener): void {
  const length = request.headers['content-length'] ?? '0';
  const hasBody = request.headers['transfer-encoding'] !== undefined || length !== '0' || head.length > 0;
  socket.on('error', () => socket.destroy());
  // Its body is lost with the parser.
  if (hasBody) {
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', () => socket.destroy());
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end(() => socket.destroy());
  });
  listener(request, response as Parameters<RequestListener>[1]);
}
