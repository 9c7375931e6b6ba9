import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { Refusal } from '../problem.ts';
import { endWith, rawAnswer } from './raw-answer.ts';
import { attach, NodeIncoming, rewriteTarget, type GuardedRequest } from './request.ts';

/** Takes a connection that has been let in; it answers 101 itself. What it throws ends the connection. */
export type UpgradeHandler = (request: GuardedRequest, socket: Duplex, head: Buffer, exchange: Exchange) => unknown;

/**
 * Puts a guard in front of WebSocket upgrades: a listener for `upgrade` of a `node:http` server, whichever framework stands on it.
 * An upgrade is let in where the contract says so of its operation (`x-castellan: { upgrade: websocket }`), and its caller,
 * parameters, limits and policies are those of any other request. A page of another origin is refused unless `cors` names it. What
 * is sent over the connection afterwards is not looked at.
 *
 * @example
 * ```ts
 * const sockets = new WebSocketServer({ noServer: true });
 * server.on('upgrade', upgrades(guard, (request, socket, head) =>
 *   sockets.handleUpgrade(request, socket, head, (one) => sockets.emit('connection', one, request))));
 * ```
 */
export function upgrades(
  guard: Guard,
  handler: UpgradeHandler,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  guard.start();
  return (request, stream, head) => {
    const socket = stream as Socket;
    const exchange = guard.open(new NodeIncoming(request, request.url ?? ''));
    const settle = (passes: boolean): void => {
      // Whoever has gone away meanwhile gets nothing.
      if (socket.destroyed) return end(guard, exchange, 0);
      const refusal = passes ? refusalOf(guard, exchange, request) : undefined;
      if (refusal !== undefined && exchange.mode !== 'enforce')
        (exchange.observed ??= []).push({ stage: 'route', refusal });
      else if (refusal !== undefined) exchange.verdict ??= { stage: 'route', refusal };
      if (!passes || (refusal !== undefined && exchange.mode === 'enforce')) return refuse(guard, exchange, socket);
      exchange.status = 101;
      socket.once('close', () => guard.close(exchange));
      const guarded = attach(guard, exchange, request);
      if (exchange.rewritten) rewriteTarget(request, exchange.query);
      const failed = (error: unknown): void => {
        exchange.failure = error;
        socket.destroy();
      };
      try {
        const result = handler(guarded, socket, head, exchange);
        if (result instanceof Promise) result.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
    socket.on('error', () => undefined);
    const admitted = guard.admit(exchange);
    if (typeof admitted === 'boolean') settle(admitted);
    else
      admitted.then(settle, (error: unknown) => {
        exchange.failure = error;
        refuse(guard, exchange, socket);
      });
  };
}

/** Why an upgrade is not let in although its request is; undefined where it is. */
function refusalOf(guard: Guard, exchange: Exchange, request: IncomingMessage): Refusal | undefined {
  if (exchange.outside !== undefined || exchange.mode === 'off') return undefined;
  if (exchange.operation?.castellan.upgrade !== 'websocket')
    return { type: 'malformed-request', reason: 'undocumented-upgrade', detail: 'This operation is no WebSocket.' };
  if (request.headers.upgrade?.trim().toLowerCase() !== 'websocket' || request.method !== 'GET')
    return { type: 'malformed-request', reason: 'no-websocket', detail: 'The only upgrade here is to websocket.' };
  // Browsers send cookies along with upgrades of any page, and no preflight asks before (OWASP WebSocket Security Cheat Sheet).
  const { origin } = exchange.fields ?? {};
  if (origin !== undefined && !guard.isOwnOrigin(exchange, origin))
    return { type: 'forbidden', reason: 'cross-site-upgrade' };
  // No answer will show what the question is about.
  if (exchange.ledger?.isOpen === true)
    return {
      type: 'forbidden',
      reason: 'undecided-upgrade',
      log: 'policies could not decide before the upgrade: name the object in the path, with a loader for it',
    };
  return undefined;
}

function refuse(guard: Guard, exchange: Exchange, socket: Socket): void {
  const own = guard.answer(exchange);
  end(guard, exchange, own.status);
  endWith(socket, rawAnswer(own));
}

function end(guard: Guard, exchange: Exchange, status: number): void {
  exchange.status = status;
  guard.close(exchange);
}
