import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { LineSplitter } from '../read/lines.ts';

export interface SmtpOptions {
  readonly host: string;
  /** Default 25. */
  readonly port?: number | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Where `starttls` the server must offer it (RFC 3207); `none` only for a server on this machine. Default `starttls`. */
  readonly security?: 'starttls' | 'none' | undefined;
  readonly ca?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

const timeout = 15_000;

/** One conversation: what is sent, and the reply to it. */
class Session {
  #socket: Socket | TLSSocket;
  #replies: string[] = [];
  #splitter = new LineSplitter();
  #waiting: PromiseWithResolvers<string> | undefined;
  #failed: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    this.#splitter = new LineSplitter();
    socket.setEncoding('utf8');
    socket.setTimeout(timeout, () => socket.destroy(new Error('the mail server does not answer')));
    socket.on('data', (piece: string) => {
      for (const line of this.#splitter.push(piece)) this.#line(line.trimEnd());
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the mail server ended the connection')));
  }

  #line(line: string): void {
    this.#replies.push(line);
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
  }

  /** @throws Error where the reply is another than expected */
  async say(line: string | undefined, expected: string): Promise<string> {
    if (this.#failed !== undefined) throw this.#failed;
    this.#waiting = Promise.withResolvers<string>();
    const { promise } = this.#waiting;
    if (line !== undefined) this.#socket.write(`${line}\r\n`);
    const reply = await promise;
    if (!reply.startsWith(expected)) throw new Error(`the mail server said ${reply.slice(0, 100)}`);
    return reply;
  }

  async secure(host: string, ca: string | undefined): Promise<void> {
    const plain = this.#socket as Socket;
    plain.removeAllListeners();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const secured = connectTls({ socket: plain, servername: host, ...(ca === undefined ? {} : { ca }) }, resolve);
    secured.once('error', reject);
    await promise;
    this.#socket = secured;
    this.#listen(secured);
  }

  end(): void {
    this.#socket.destroy();
  }
}

/**
 * Sends a plain text (RFC 5321, 5322). Credentials only go over TLS.
 * @throws Error where it was not taken
 */
export async function sendMail(
  options: SmtpOptions,
  subject: string,
  text: string,
  id: string,
  now: number,
): Promise<void> {
  const { host, port = 25, from, to, security = 'starttls', ca, user, password } = options;
  const session = new Session(connect({ host, port }));
  try {
    await session.say(undefined, '220');
    let offered = await session.say('EHLO castellan', '250');
    if (security === 'starttls') {
      if (!/^250[- ]STARTTLS/im.test(offered)) throw new Error('the mail server offers no STARTTLS');
      await session.say('STARTTLS', '220');
      await session.secure(host, ca);
      offered = await session.say('EHLO castellan', '250');
    }
    if (user !== undefined && password !== undefined) {
      if (security === 'none') throw new Error('credentials of a mail server only go over TLS');
      await session.say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`, '235');
    }
    await session.say(`MAIL FROM:<${addressOf(from)}>`, '250');
    for (const one of to) await session.say(`RCPT TO:<${addressOf(one)}>`, '25');
    await session.say('DATA', '354');
    await session.say(messageOf(from, to, subject, text, id, now), '250');
    await session.say('QUIT', '221').catch(() => undefined);
  } finally {
    session.end();
  }
}

/** No address ends the line that it stands in. */
function addressOf(address: string): string {
  if (/^[^\s<>"\\]+@[^\s<>"\\]+$/.test(address)) return address;
  throw new Error(`'${address.slice(0, 80)}' is no mail address`);
}

function messageOf(
  from: string,
  to: readonly string[],
  subject: string,
  text: string,
  id: string,
  now: number,
): string {
  const lines = [
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `From: ${addressOf(from)}`,
    `To: ${to.map(addressOf).join(', ')}`,
    `Subject: =?utf-8?B?${Buffer.from(subject.slice(0, 40)).toString('base64')}?=`,
    `Message-ID: <${id.replaceAll(/[^\w.-]/g, '')}.${now}@castellan>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '.',
  ];
  return lines.join('\r\n');
}
