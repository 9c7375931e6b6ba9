// Receivers of notifications of every kind: real ones, and those that are down, slow, refuse, say what nobody says, or have a wrong
// certificate.
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, type TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createAuthority, type Pem } from '../../guard/test/certificates.ts';
import type { NotifyOptions } from '../src/notify/notifier.ts';

export const secret = 'a-secret-that-nobody-may-see';
const authority = createAuthority('Receivers');
const stranger = createAuthority('Others');
after(() => {
  authority.close();
  stranger.close();
});
export const good = authority.issue('localhost', { usage: 'serverAuth' });
const otherName = authority.issue('elsewhere.example', { usage: 'serverAuth' });
const untrusted = stranger.issue('localhost', { usage: 'serverAuth' });

/** What a receiver got, and where it is. */
interface Receiver {
  readonly port: number;
  readonly got: string[];
}

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server of any kind that does this with every connection. */
export const raw = async (t: TestContext, does: (socket: Socket) => void): Promise<Receiver> => ({
  port: await listening(t, createServer(does)),
  got: [],
});

/** Texts that no server would say, or says without end. */
const garbage = [
  '\0\0\0\0',
  'HTTP/1.1 200 OK\r\n\r\n',
  '220-\r\n'.repeat(5000),
  'x'.repeat(300_000),
  '\r\n\r\n\r\n',
  '999 ?\r\n',
  '{"a":1}\n',
];

/** Says a piece of garbage, and the next with each thing that comes. */
function babble(socket: Socket): void {
  let at = 0;
  const next = (): void => void socket.write(garbage[at++ % garbage.length] ?? '');
  socket.on('data', next);
  next();
}

/** Says so little at a time that no silence is long. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('2'), 20);
  socket.on('close', () => clearInterval(timer));
}

export async function webhook(t: TestContext, listener: RequestListener, pem?: Pem): Promise<Receiver> {
  const got: string[] = [];
  const handler: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += String(piece)));
    request.on('end', () => {
      got.push(body);
      listener(request, response);
    });
  };
  const server = pem === undefined ? createHttpServer(handler) : createHttpsServer(pem, handler);
  return { port: await listening(t, server), got };
}

export async function mailServer(t: TestContext, options: SMTPServerOptions): Promise<Receiver> {
  const got: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    onAuth: ({ username, password }, _session, done) => {
      got.push(`auth ${username} ${password === secret}`);
      done(null, { user: username });
    },
    onRcptTo: ({ address }, _session, done) => {
      got.push(`to ${address}`);
      done();
    },
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (piece: Buffer) => (text += String(piece)));
      stream.on('end', () => {
        got.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  return { port: await listening(t, server.server), got };
}

const ca = authority.cert;
export const hook = (port: number, scheme = 'http'): NotifyOptions => ({
  webhook: { url: `${scheme}://localhost:${port}/${secret}`, secret },
});
const syslog = (port: number, more: object = {}): NotifyOptions => ({
  syslog: { host: 'localhost', port, ca, ...more },
});
const people = {
  from: 'castellan@example.com',
  to: ['ops@example.com', 'night@example.com'],
  user: 'castellan',
  password: secret,
  ca,
};
export const mail = (port: number, more: object = {}): NotifyOptions => ({
  mail: { host: 'localhost', port, ...people, ...more },
});
export const smtp = { ...good, secure: false } as const;

/** How each receiver can be: what is expected to be said, and how often it is tried. */
export const ill: readonly (readonly [
  what: string,
  said: RegExp,
  tries: 1 | 4,
  make: (t: TestContext) => Promise<NotifyOptions>,
])[] = [
  ['webhook: down', /ECONNREFUSED/, 4, async () => hook(await closedPort())],
  ['webhook: silent', /does not answer/, 4, async (t) => hook((await raw(t, () => undefined)).port)],
  [
    'webhook: an answer without end',
    /does not answer|cannot be reached|UND_ERR|HPE/,
    4,
    async (t) => hook((await raw(t, drip)).port),
  ],
  ['webhook: garbage', /HPE_|SOCKET|cannot be reached/, 4, async (t) => hook((await raw(t, babble)).port)],
  [
    'webhook: ends the connection',
    /SOCKET|ECONNRESET|cannot be reached/,
    4,
    async (t) => hook((await raw(t, (socket) => socket.destroy())).port),
  ],
  [
    'webhook: refuses',
    /answered 403/,
    1,
    async (t) => hook((await webhook(t, (_, response) => void response.writeHead(403).end(secret))).port),
  ],
  [
    'webhook: sends elsewhere',
    /answered 307/,
    1,
    async (t) =>
      hook(
        (
          await webhook(
            t,
            (_, response) => void response.writeHead(307, { location: `http://127.0.0.1:1/${secret}` }).end(),
          )
        ).port,
      ),
  ],
  [
    'webhook: overloaded',
    /answered 503/,
    4,
    async (t) => hook((await webhook(t, (_, response) => void response.writeHead(503).end())).port),
  ],
  [
    'webhook: a certificate of an unknown authority',
    /SELF_SIGNED|UNABLE_TO/,
    4,
    async (t) => hook((await webhook(t, (_, response) => void response.end(), untrusted)).port, 'https'),
  ],
  ['syslog: down', /ECONNREFUSED/, 4, async () => syslog(await closedPort())],
  ['syslog: silent', /does not answer/, 4, async (t) => syslog((await raw(t, () => undefined)).port)],
  [
    'syslog: garbage',
    /ERR_SSL|EPROTO|ECONNRESET|ended the connection/,
    4,
    async (t) => syslog((await raw(t, babble)).port),
  ],
  [
    'syslog: ends the connection',
    /ECONNRESET|ended the connection/,
    4,
    async (t) => syslog((await raw(t, (socket) => socket.destroy())).port),
  ],
  [
    'syslog: a certificate of an unknown authority',
    /SELF_SIGNED|UNABLE_TO/,
    4,
    async (t) => syslog(await listening(t, createTlsServer(untrusted))),
  ],
  [
    'syslog: a certificate of another name',
    /ALTNAME/,
    4,
    async (t) => syslog(await listening(t, createTlsServer(otherName)), { host: 'localhost' }),
  ],
  ['mail: down', /ECONNREFUSED/, 4, async () => mail(await closedPort())],
  ['mail: silent', /does not answer/, 4, async (t) => mail((await raw(t, () => undefined)).port)],
  ['mail: a greeting without end', /too long/, 4, async (t) => mail((await raw(t, drip)).port)],
  [
    'mail: garbage',
    /what no mail server says|no end|ended|does not answer/,
    4,
    async (t) => mail((await raw(t, babble)).port),
  ],
  [
    'mail: ends the connection',
    /ECONNRESET|ended the connection/,
    4,
    async (t) => mail((await raw(t, (socket) => socket.destroy())).port),
  ],
  [
    'mail: silent when TLS begins',
    /does not answer/,
    4,
    async (t) =>
      mail(
        (
          await raw(t, (socket) => {
            socket.write('220 here\r\n');
            socket.on('data', (piece) => {
              if (String(piece).startsWith('EHLO')) socket.write('250-x\r\n250 STARTTLS\r\n');
              else if (String(piece).startsWith('STARTTLS')) socket.write('220 go\r\n');
            });
          })
        ).port,
      ),
  ],
  [
    'mail: ends when TLS begins',
    /ECONNRESET|ended the connection/,
    4,
    async (t) =>
      mail(
        (
          await raw(t, (socket) => {
            socket.write('220 here\r\n');
            socket.on('data', (piece) =>
              String(piece).startsWith('EHLO') ? socket.write('250 STARTTLS\r\n') : socket.end('220 go\r\n'),
            );
          })
        ).port,
      ),
  ],
  [
    'mail: repeats what it was told',
    /said 535 ?$/,
    1,
    async (t) =>
      mail(
        await listening(
          t,
          createTlsServer(good, (socket) => {
            socket.on('error', () => undefined).write('220 here\r\n');
            socket.on('data', (piece) =>
              socket.write(String(piece).startsWith('EHLO') ? '250 x\r\n' : `535 no ${String(piece)}`),
            );
          }),
        ),
        { security: 'tls' },
      ),
  ],
  [
    'mail: no TLS',
    /offers no STARTTLS/,
    1,
    async (t) => mail((await mailServer(t, { ...smtp, hideSTARTTLS: true })).port),
  ],
  [
    'mail: refuses the password',
    /said 535/,
    1,
    async (t) => mail((await mailServer(t, { ...smtp, onAuth: (_, __, done) => done(new Error(secret)) })).port),
  ],
  [
    'mail: refuses all receivers',
    /said 550/,
    1,
    async (t) =>
      mail(
        (
          await mailServer(t, {
            ...smtp,
            onRcptTo: (_, __, done) => done(Object.assign(new Error('nobody'), { responseCode: 550 })),
          })
        ).port,
      ),
  ],
  [
    'mail: later, please',
    /said 451/,
    4,
    async (t) =>
      mail(
        (
          await mailServer(t, {
            ...smtp,
            onMailFrom: (_, __, done) => done(Object.assign(new Error('later'), { responseCode: 451 })),
          })
        ).port,
      ),
  ],
  [
    'mail: a certificate of an unknown authority',
    /SELF_SIGNED|UNABLE_TO/,
    4,
    async (t) => mail((await mailServer(t, { ...untrusted, secure: false })).port),
  ],
  [
    'mail: a certificate of another name',
    /ALTNAME/,
    4,
    async (t) => mail((await mailServer(t, { ...otherName, secure: false })).port),
  ],
];
