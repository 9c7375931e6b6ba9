import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange } from '@castellan/guard';
import type { GuardedRequest } from '@castellan/guard/node';
import { requestFields, type Written } from './fields.ts';
import type { Timeouts } from './options.ts';
import type { Target } from './targets.ts';

/** One upgrade on its way: what came, and where it goes. */
export interface Upgrading {
  readonly exchange: Exchange;
  readonly request: GuardedRequest;
  readonly socket: Duplex;
  /** What the caller has sent behind the head. */
  readonly head: Buffer;
  readonly target: Target;
  readonly written: Written;
  readonly timeouts: Timeouts;
  /** Path and query, behind the prefix of the upstream. */
  readonly path: string;
}

/** Fields of the upstream's 101 that the caller gets (RFC 6455 section 4.2.2); under `observe` it gets all. */
const passed = /^(?:connection|upgrade|sec-websocket-(?:accept|protocol|extensions)|set-cookie)$/i;

/**
 * Asks the upstream for the same upgrade and joins the two connections. Where it gives another answer, the caller gets its status; under
 * `observe` all of it. Neither side may be silent for longer than `timeouts.stream`.
 */
export function forwardUpgrade(upgrading: Upgrading): void {
  const { exchange, request, socket: caller, head, target, written, timeouts, path } = upgrading;
  const { url, authorities } = target;
  const observes = exchange.mode === 'observe';
  const socket = caller as Socket;
  const sent = (url.protocol === 'https:' ? tlsRequest : plainRequest)({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    path: target.prefix + path,
    method: 'GET',
    headers: [...requestFields(exchange, request, written), 'connection', 'Upgrade', 'upgrade', 'websocket'],
    agent: false,
    timeout: timeouts.head,
    ...(authorities === undefined ? {} : { ca: authorities }),
  });
  const fail = (status: number, phrase: string): void => {
    exchange.status = status;
    sent.destroy();
    if (!socket.destroyed)
      socket.end(
        `HTTP/1.1 ${status} ${phrase}\r\nx-request-id: ${exchange.id}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
        () => socket.destroy(),
      );
  };
  sent.on('timeout', () => fail(504, 'Gateway Timeout'));
  sent.on('error', () => fail(502, 'Bad Gateway'));
  socket.once('close', () => sent.destroy());
  sent.on('response', (answer) => {
    if (!observes) {
      answer.resume();
      return fail(answer.statusCode ?? 502, answer.statusMessage?.replaceAll(/[^\x20-\x7e]/g, '') ?? '');
    }
    exchange.status = answer.statusCode ?? 0;
    socket.write(headOf(answer, () => true));
    answer.pipe(socket);
  });
  sent.on('upgrade', (answer, upstream: Socket, first: Buffer) => {
    sent.setTimeout(0);
    if (answer.headers.upgrade?.toLowerCase() !== 'websocket') {
      upstream.destroy();
      return fail(502, 'Bad Gateway');
    }
    socket.write(headOf(answer, (name) => observes || passed.test(name)));
    if (first.length > 0) socket.write(first);
    if (head.length > 0) upstream.write(head);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.setNoDelay(true);
      one.setTimeout(timeouts.stream, () => one.destroy());
      one.on('error', () => one.destroy());
      one.once('close', () => other.destroy());
      one.pipe(other);
    }
  });
  sent.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage, keeps: (name: string) => boolean): string {
  let text = `HTTP/1.1 ${statusCode ?? 502} ${statusMessage ?? ''}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (keeps(rawHeaders[at] ?? '')) text += `${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}
