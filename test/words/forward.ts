// For each option of forwarding: what receivers of syslog and of webhooks are sent.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { createGuard, type SyslogOptions, type WebhookOptions } from '@castellan/guard';
import { createAuthority } from '../../packages/guard/test/certificates.ts';
import { document, folder, statuses, type Ask, type Probe } from './api.ts';

const get: Ask = { path: '/notes/n1' };
let files = 0;
const pem = (text: string): string => {
  const name = join(folder, `forward-${files++}.pem`);
  writeFileSync(name, text);
  return name;
};

/** What a receiver of syslog gets: whether it knew the client, and how many messages came. */
async function received(
  options: (
    files: { readonly ca: string; readonly certificate: string; readonly key: string },
    port: number,
  ) => SyslogOptions | undefined,
): Promise<string> {
  const authority = createAuthority('Forward');
  const [server, client] = [
    authority.issue('localhost', { usage: 'serverAuth' }),
    authority.issue('guard', { usage: 'clientAuth' }),
  ];
  let text = '';
  let known = false;
  const receiver = createServer(
    { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
    (socket: TLSSocket) => {
      known = socket.authorized;
      socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    },
  ).on('tlsClientError', () => undefined);
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const syslog = options({ ca: pem(authority.cert), certificate: pem(client.cert), key: pem(client.key) }, port);
  await statuses(syslog === undefined ? {} : { forward: { syslog } }, get, { ...get, as: '' });
  receiver.close();
  authority.close();
  return `${known} ${text.split('castellan').length > 1} ${(text.match(/"class_uid"/g) ?? []).length}`;
}

/** What a webhook is sent. */
async function posted(options: (url: string) => WebhookOptions | undefined): Promise<string> {
  let sent = '';
  const server = createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      sent = `${String(request.headers['castellan-signature']).length} ${(JSON.parse(body) as unknown[]).length}`;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const webhook = options(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await statuses(webhook === undefined ? {} : { forward: { webhook } }, get, { ...get, as: '' });
  server.close();
  return sent;
}

async function started(secret: string): Promise<string> {
  try {
    await (
      await createGuard({ contract: document(), forward: { webhook: { url: 'http://127.0.0.1:9', secret } } })
    ).end();
    return 'started';
  } catch (error) {
    return String((error as { readonly code?: unknown }).code);
  }
}

const host = 'localhost';
const secret = 'a secret of thirty-two characters!';

export const forwardProbes: Readonly<Record<string, Probe>> = {
  'forward.syslog.host': async () => [
    await received(() => undefined),
    await received(({ ca }, port) => ({ host, port, ca })),
  ],
  'forward.syslog.port': async () => [
    await received(({ ca }) => ({ host, port: 1, ca })),
    await received(({ ca }, port) => ({ host, port, ca })),
  ],
  'forward.syslog.ca': async () => [
    await received((_, port) => ({ host, port })),
    await received(({ ca }, port) => ({ host, port, ca })),
  ],
  'forward.syslog.certificate': async () => [
    await received(({ ca }, port) => ({ host, port, ca })),
    await received((own, port) => ({ host, port, ...own })),
  ],
  'forward.syslog.key': async () => [
    await received(({ ca }, port) => ({ host, port, ca })),
    await received((own, port) => ({ host, port, ...own })),
  ],
  'forward.syslog.events': async () => [
    await received(({ ca }, port) => ({ host, port, ca })),
    await received(({ ca }, port) => ({ host, port, ca, events: 'refused' })),
  ],
  'forward.syslog.classes': async () => [
    await received(({ ca }, port) => ({ host, port, ca })),
    await received(({ ca }, port) => ({ host, port, ca, classes: ['api-activity', 'http-activity'] })),
  ],
  'forward.webhook.url': async () => [await posted(() => undefined), await posted((url) => ({ url, secret }))],
  'forward.webhook.secret': async () => [await started(secret), await started('short')],
  'forward.webhook.events': async () => [
    await posted((url) => ({ url, secret })),
    await posted((url) => ({ url, secret, events: 'all' })),
  ],
  'forward.webhook.classes': async () => [
    await posted((url) => ({ url, secret, events: 'all' })),
    await posted((url) => ({ url, secret, events: 'all', classes: ['api-activity', 'http-activity'] })),
  ],
};
