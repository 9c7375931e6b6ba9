import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { LineSplitter } from '../read/lines.ts';
import { Refused } from './channel.ts';

/** Lines of a reply at most. */
const mostLines = 100;

export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  /** Whether it speaks TLS from the first byte on (RFC 8314). */
  readonly encrypted: boolean;
  readonly ca: string | undefined;
  /** Milliseconds until a server that says nothing is given up; three times that for all of the conversation. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** One conversation with a mail server: what is sent, and the reply to it. */
export class SmtpSession {
  readonly #options: SessionOptions;
  readonly #late: NodeJS.Timeout;
  readonly #stop = (): void => this.#fail(new Error('the process ends'));
  #socket: Socket | TLSSocket;
  #replies: string[] = [];
  #splitter = new LineSplitter();
  #waiting: PromiseWithResolvers<string> | undefined;
  #failed: Error | undefined;

  constructor(options: SessionOptions) {
    const { host, port, encrypted, patience, signal } = options;
    this.#options = options;
    this.#late = setTimeout(() => this.#fail(new Error('it takes too long')), 3 * patience);
    signal.addEventListener('abort', this.#stop);
    this.#socket = encrypted ? connectTls({ port, ...this.#tls() }) : connect({ host, port });
    this.#listen(this.#socket);
  }

  #tls(): object {
    const { host, ca } = this.#options;
    return { host, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca === undefined ? {} : { ca }) };
  }

  #listen(socket: Socket | TLSSocket): void {
    // What came before belongs to nobody: not to what is said over TLS.
    this.#splitter = new LineSplitter();
    this.#replies = [];
    socket.setEncoding('utf8');
    socket.setTimeout(this.#options.patience, () => this.#fail(new Error('it does not answer')));
    socket.on('data', (piece: string) => {
      if (socket !== this.#socket) return;
      for (const line of this.#splitter.push(piece)) this.#line(line.trimEnd());
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(new Error(error.code ?? error.message)));
    socket.on('close', () => this.#fail(new Error('it ended the connection')));
  }

  #line(line: string): void {
    this.#replies.push(line.slice(0, 1000));
    if (this.#replies.length > mostLines) return this.#fail(new Error('its reply has no end'));
    // A reply of several lines ends with the one that has no hyphen.
    if (/^\d{3}-/.test(line)) return;
    const reply = this.#replies.join('\n');
    this.#replies = [];
    this.#waiting?.resolve(reply);
    this.#waiting = undefined;
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#waiting?.reject(this.#failed);
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  /**
   * Says a line, and waits for the reply.
   * @param secret nothing of it is in an error, nor of the reply to it
   * @throws Error where the reply is another than expected; {@link Refused} where it is a final one (RFC 5321 section 4.2.1)
   */
  async say(line: string | undefined, expected: string, secret = false): Promise<string> {
    if (this.#failed !== undefined) throw this.#failed;
    this.#waiting = Promise.withResolvers<string>();
    const { promise } = this.#waiting;
    if (line !== undefined) this.#socket.write(`${line}\r\n`);
    const reply = await promise;
    if (reply.startsWith(expected)) return reply;
    const shown = /^\d{3}/.test(reply)
      ? secret
        ? reply.slice(0, 3)
        : reply.slice(0, 100)
      : 'what no mail server says';
    throw new (/^5\d\d/.test(reply) ? Refused : Error)(`it said ${shown}`);
  }

  /** Goes on over TLS (RFC 3207). */
  async secure(): Promise<void> {
    const plain = this.#socket as Socket;
    plain.removeAllListeners('data');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const secured = connectTls({ socket: plain, ...this.#tls() }, resolve);
    // Before that nobody else listens for what goes wrong.
    this.#waiting = { promise: promise as Promise<never>, resolve: () => undefined, reject };
    this.#socket = secured;
    this.#listen(secured);
    await promise;
    this.#waiting = undefined;
  }

  end(): void {
    clearTimeout(this.#late);
    this.#options.signal.removeEventListener('abort', this.#stop);
    this.#socket.destroy();
  }
}
