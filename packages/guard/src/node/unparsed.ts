import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../answer.ts';
import type { Guard } from '../guard.ts';
import type { IncomingRequest } from '../incoming.ts';
import { modesIn } from '../modes.ts';
import type { Refusal } from '../problem.ts';
import { endWith, rawAnswer } from './raw-answer.ts';
import { answer } from './response.ts';
import { STATUS_CODES } from './http.ts';
import { NodeIncoming } from './request.ts';

const known = new WeakSet<object>();

/**
 * Sees to what Node's parser refuses before it becomes a request, so that it is answered by a problem with a request id and
 * leaves an event like any other refusal: bytes that are no message (400), header fields over Node's limit (431), a message
 * that does not come in time (408), `CONNECT`, and expectations that nobody meets (417). A listener that the application has
 * itself goes on to answer; the guard then only records. Under `observe` the answer is Node's own.
 *
 * Adapters call it for the server of the first request that they see; call it where the server is made to have it
 * from the first message on. A message without `Host` is answered by Node alone (400).
 * @param server of `node:http` or `node:https`
 */
export function answerUnparsed(guard: Guard, server: Server): void {
  if (known.has(server)) return;
  known.add(server);
  const observes = (): boolean => modesIn(guard.contract, undefined, guard.settings).requests !== 'enforce';
  const alone = (event: string): boolean => server.listenerCount(event) === 1;

  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const answers = alone('clientError');
    // Bytes of an answer that is on its way must not be followed by another one's in its middle.
    const busy = (socket as BusySocket)._httpMessage !== undefined && (socket as BusySocket)._httpMessage !== null;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      if (answers) socket.destroy();
      return;
    }
    const refusal = unparsed(error.code);
    // A browser opens connections that it may not need; nothing was said on them.
    const own = socket.bytesRead === 0 ? undefined : recorded(guard, new Unparsed(socket), refusal, busy);
    if (!answers) return;
    if (busy) socket.destroy();
    else endWith(socket, observes() || own === undefined ? plain(refusal) : rawAnswer(own));
  });
  server.on('connect', (request: IncomingMessage, stream) => {
    const own = recorded(guard, new NodeIncoming(request, request.url ?? ''), connect, false);
    if (!alone('connect')) return;
    if (observes()) stream.destroy();
    else endWith(stream as Socket, rawAnswer(own));
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const own = recorded(guard, new NodeIncoming(request, request.url ?? ''), expectation, false);
    if (!alone('checkExpectation')) return;
    if (observes()) response.writeHead(417).end();
    else answer(response, own);
  });
}

/** Node's socket while an answer of its is written. */
interface BusySocket {
  readonly _httpMessage?: object | null;
}

const connect: Refusal = {
  type: 'malformed-request',
  reason: 'connect',
  detail: 'CONNECT is for proxies, and this server is none.',
};
const expectation: Refusal = {
  type: 'malformed-request',
  status: 417,
  reason: 'expectation',
  detail: 'The only expectation that is met is 100-continue.',
};

/** What Node's parser says, as a refusal. */
function unparsed(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return { type: 'headers-too-large', reason: 'parser-limit', detail: 'The header fields are too large.' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { type: 'malformed-request', status: 408, reason: 'too-slow', detail: 'The request did not come in time.' };
  return {
    type: 'malformed-request',
    reason: 'not-http',
    ...(code === undefined ? {} : { log: code.slice(0, 60) }),
    detail: 'This is no HTTP message.',
  };
}

/** What is known of a message that was no message: where it came from. */
class Unparsed implements IncomingRequest {
  readonly method = '';
  readonly target = '';
  readonly rawHeaders: readonly string[] = [];
  readonly headers = {};
  readonly httpVersion = '1.1';
  readonly remoteAddress: string;
  readonly encrypted: boolean;

  constructor(socket: Socket) {
    this.remoteAddress = socket.remoteAddress ?? '';
    this.encrypted = 'encrypted' in socket;
  }
}

/** Writes the event, and gives the answer that belongs to it. */
function recorded(guard: Guard, incoming: IncomingRequest, refusal: Refusal, cut: boolean): Answer {
  const exchange = guard.open(incoming);
  exchange.address = incoming.remoteAddress;
  const verdict = { stage: 'frame' as const, refusal };
  exchange.verdict = verdict;
  const own = guard.answer(exchange);
  exchange.status = cut ? 0 : own.status;
  guard.close(exchange);
  return own;
}

/** What Node says where nobody listens. */
function plain({ type, status }: Refusal): string {
  const code = status ?? (type === 'headers-too-large' ? 431 : 400);
  return `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\nConnection: close\r\n\r\n`;
}
