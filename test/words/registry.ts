// What a registry is told with each option of `registry`: the server here is none, it only writes down.
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { RegistryOptions } from '@castellan/guard';
import { createAuthority } from '../../packages/guard/test/certificates.ts';
import { folder, running, type Probe } from './api.ts';

interface Told {
  readonly key: string;
  readonly name: string;
}

/** @returns what arrived; `away`: nobody answers */
async function toldOf(
  more: Partial<RegistryOptions> | undefined,
  away = false,
  then: (status: number) => void = () => undefined,
): Promise<readonly Told[]> {
  const told: Told[] = [];
  const ended = { api: { state: 'retired' }, operations: {} };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { heartbeat } = JSON.parse(text) as { heartbeat?: { name: string } };
      told.push({ key: String(request.headers['x-castellan-key']), name: heartbeat?.name ?? 'events' });
      response.statusCode = away ? 503 : 200;
      response.end(JSON.stringify({ fingerprintKey: 'a'.repeat(43), lifecycle: ended }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry = more === undefined ? {} : { registry: { url, key: 'k'.repeat(20), ...more } };
  await running(registry, async ({ ask, guard }) => {
    // By then what it decided is in force.
    while (more !== undefined && !away && told.length < 2) await setImmediate();
    then((await ask({ path: '/notes/n1' })).status);
    await guard.end();
  });
  server.close();
  server.closeAllConnections();
  return told;
}

type Connection = NonNullable<RegistryOptions['connection']>;

/** Whether a registry over TLS is told, and whether it knows by its certificate who tells it. */
async function toldOverTls(
  options: (files: Required<Connection>) => Partial<Pick<RegistryOptions, 'key' | 'connection'>>,
): Promise<string> {
  const authority = createAuthority('Registry');
  const [server, client] = [
    authority.issue('localhost', { usage: 'serverAuth' }),
    authority.issue('guard', { usage: 'clientAuth' }),
  ];
  let [told, known] = [false, false];
  const registry = createTlsServer(
    { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      told = true;
      known = (request.socket as TLSSocket).authorized;
      request.resume().on('end', () => response.end(JSON.stringify({ fingerprintKey: 'a'.repeat(43) })));
    },
  ).on('tlsClientError', () => undefined);
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const files = mkdtempSync(join(folder, 'registry-tls-'));
  const pem = (name: string, text: string): string => {
    writeFileSync(join(files, name), text);
    return join(files, name);
  };
  const more = options({
    ca: pem('ca.pem', authority.cert),
    certificate: pem('cert.pem', client.cert),
    key: pem('key.pem', client.key),
  });
  const url = `https://localhost:${(registry.address() as AddressInfo).port}`;
  await running({ registry: { url, ...more } }, ({ guard }) => guard.end());
  registry.close();
  registry.closeAllConnections();
  authority.close();
  return `${told} ${known}`;
}

const reports = (directory: string): string =>
  String(existsSync(directory) && readdirSync(directory).some((name) => name.startsWith('report-')));

export const registryProbes: Readonly<Record<string, Probe>> = {
  'registry.url': async () => [String((await toldOf(undefined)).length > 0), String((await toldOf({})).length > 0)],
  'registry.key': async () => [(await toldOf({}))[0]?.key ?? '', (await toldOf({ key: 'q'.repeat(20) }))[0]?.key ?? ''],
  'registry.connection.ca': async () => [
    await toldOverTls(() => ({ key: 'k'.repeat(20) })),
    await toldOverTls(({ ca }) => ({ key: 'k'.repeat(20), connection: { ca } })),
  ],
  'registry.connection.certificate': async () => [
    await toldOverTls(({ ca }) => ({ key: 'k'.repeat(20), connection: { ca } })),
    await toldOverTls((connection) => ({ connection })),
  ],
  'registry.connection.key': async () => [
    await toldOverTls(({ ca }) => ({ key: 'k'.repeat(20), connection: { ca } })),
    await toldOverTls((connection) => ({ connection })),
  ],
  'registry.name': async () => [(await toldOf({}))[0]?.name ?? '', (await toldOf({ name: 'notes-1' }))[0]?.name ?? ''],
  'registry.lifecycle': async () => {
    const statuses: number[] = [];
    for (const lifecycle of ['apply', 'ignore'] as const)
      await toldOf({ lifecycle }, false, (one) => statuses.push(one));
    return [String(statuses[0]), String(statuses[1])];
  },
  'registry.events': async () => {
    const sent = async (more: Partial<RegistryOptions>): Promise<string> =>
      String((await toldOf(more)).some(({ name }) => name === 'events'));
    return [await sent({}), await sent({ events: true })];
  },
  'registry.directory': async () => {
    const directory = join(mkdtempSync(join(folder, 'outbox-')), 'reports');
    await toldOf({}, true);
    const without = reports(directory);
    await toldOf({ directory }, true);
    return [without, reports(directory)];
  },
};
