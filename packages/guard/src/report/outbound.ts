import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Something that this process is connected to. */
export interface Outbound {
  /** `postgres`, `redis`, `http`, `tcp`. */
  readonly kind: string;
  /** Address, port, and where the environment tells it the name of the database. Not a credential. */
  readonly name: string;
}

const kinds: ReadonlyMap<number, string> = new Map([
  [80, 'http'],
  [443, 'https'],
  [53, 'dns'],
  [5432, 'postgres'],
  [6432, 'postgres'],
  [3306, 'mysql'],
  [6379, 'redis'],
  [27017, 'mongodb'],
  [1433, 'sqlserver'],
  [1521, 'oracle'],
  [9042, 'cassandra'],
  [9200, 'elasticsearch'],
  [5672, 'amqp'],
  [9092, 'kafka'],
]);

const schemes: ReadonlyMap<string, string> = new Map([
  ['postgresql', 'postgres'],
  ['postgres', 'postgres'],
  ['mariadb', 'mysql'],
  ['mysql', 'mysql'],
  ['rediss', 'redis'],
  ['redis', 'redis'],
  ['valkey', 'redis'],
  ['mongodb', 'mongodb'],
  ['amqps', 'amqp'],
  ['amqp', 'amqp'],
  ['sqlserver', 'sqlserver'],
  ['mssql', 'sqlserver'],
]);

/** Connections that are remembered. */
const most = 500;

/** Notes to what the whole process opens TCP connections, from when it is made until it is closed. */
export class OutboundWatch {
  readonly #seen = new Map<string, { readonly address: string; readonly port: number; readonly host: string }>();
  readonly #listener = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    let host = '';
    socket.once('lookup', (_error, _address, _family, name) => (host = name));
    socket.once('connect', () => {
      const { remoteAddress, remotePort } = socket;
      if (remoteAddress === undefined || remotePort === undefined || this.#seen.size >= most) return;
      this.#seen.set(`${remoteAddress} ${remotePort}`, { address: plain(remoteAddress), port: remotePort, host });
    });
  };

  constructor() {
    subscribe('net.client.socket', this.#listener);
  }

  /** @param environment variables that may hold connection strings */
  seen(environment: Readonly<Record<string, string | undefined>>): readonly Outbound[] {
    const written = Object.values(environment).flatMap(connectionOf);
    return [...this.#seen.values()].map(({ address, port, host }) => {
      const string = written.find(
        (one) => one.port === port && (one.host === address || one.host === host || isLocal(one.host, address)),
      );
      const kind = string?.kind ?? kinds.get(port) ?? 'tcp';
      return { kind, name: `${kind} ${address}:${port}${string?.database ?? ''}` };
    });
  }

  close(): void {
    unsubscribe('net.client.socket', this.#listener);
  }
}

/** An IPv4 address in IPv6 is that address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d)/i, '');
}

function isLocal(host: string, address: string): boolean {
  return host === 'localhost' && (address === '127.0.0.1' || address === '::1');
}

const usualPorts: ReadonlyMap<string, number> = new Map(
  [...kinds].map(([port, kind]) => [kind, port]).toReversed() as [string, number][],
);

function connectionOf(text: string | undefined): { kind: string; host: string; port: number; database: string }[] {
  const [, scheme = ''] = /^([a-z][a-z\d]{1,20})(?:\+[a-z]+)?:\/\/./i.exec(text ?? '') ?? [];
  const kind = schemes.get(scheme.toLowerCase());
  if (kind === undefined || text === undefined || text.length > 2_000 || !URL.canParse(text)) return [];
  const { hostname, port, pathname } = new URL(text);
  return [
    {
      kind,
      host: hostname.replaceAll(/^\[|\]$/g, ''),
      port: port === '' ? (usualPorts.get(kind) ?? 0) : Number(port),
      // Numbers of databases of Redis count too.
      database: pathname === '/' ? '' : pathname,
    },
  ];
}
