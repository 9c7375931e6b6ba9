import { readFileSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import type { RedisCommand } from '../../revocation/redis.ts';
import { resolveReferences } from '../../secrets/reference.ts';

/** How the store is reached. */
export interface ConnectionOptions {
  /**
   * `redis://host:6379`, or `rediss://…` with TLS; with `cluster` or `sentinel` several hosts: `redis://a:7000,b:7000`.
   * User and password may stand in it.
   */
  readonly url?: string | undefined;
  /** User of an access control list (ACL). Default that of the address. */
  readonly username?: string | undefined;
  /** Its password; a reference such as `${file:/run/secrets/redis}`. Default that of the address. */
  readonly password?: string | undefined;
  /** PEM file of the authorities trusted for the store's certificate. Default those of the system. */
  readonly ca?: string | undefined;
  /** PEM file of this instance's certificate, where the store asks for one; with `key`. */
  readonly certificate?: string | undefined;
  /** PEM file of its private key. */
  readonly key?: string | undefined;
  /** The hosts of `url` belong to a Redis Cluster. Default false. */
  readonly cluster?: boolean | undefined;
  /** Name of the primary that the sentinels of `url` know. */
  readonly sentinel?: string | undefined;
}

/** A way to the store. */
export interface Connection {
  readonly command: RedisCommand;
  readonly disconnect: () => void;
  /** Its hosts, for messages: no user, no password. */
  readonly where: string;
  /** What the connection last failed with; undefined where it stands. */
  readonly failure: () => unknown;
}

/** What is used of the client. */
interface Client {
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  on(event: string, listener: (error?: unknown, of?: unknown) => void): unknown;
  disconnect(): void;
}

interface Clients {
  readonly Redis: new (options: object) => Client;
  readonly Cluster: new (nodes: readonly object[], options: object) => Client;
}

/**
 * Connects to Redis or Valkey, and connects anew for as long as it takes.
 * @throws CastellanError `bad-option`, `state-client-missing`, `unreadable-file`, and those of secret references
 */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { url, username, password, ca, certificate, key, cluster, sentinel } = resolveReferences(
    'state',
    options,
  ).value;
  const { hosts, encrypted, user } = placesOf(url ?? '');
  if (cluster === true && sentinel !== undefined)
    throw badOption('state.cluster and state.sentinel exclude each other', 'write the one that the hosts are');
  if (hosts.length > 1 && cluster !== true && sentinel === undefined)
    throw badOption(
      'state.url names several hosts',
      'say what they are: cluster: true, or sentinel: NAME-OF-THE-PRIMARY',
    );
  if ((certificate === undefined) !== (key === undefined))
    throw badOption('state.certificate and state.key belong together', 'give both files, or none');
  if (!encrypted && (ca ?? certificate) !== undefined)
    throw badOption('state.ca and state.certificate are for TLS, and state.url has none', 'write rediss://…');
  const tls = {
    ca: fileOf('state.ca', ca),
    cert: fileOf('state.certificate', certificate),
    key: fileOf('state.key', key),
  };
  const common = {
    username: username ?? user.name,
    password: password ?? user.password,
    ...(encrypted ? { tls: given(tls) } : {}),
    maxRetriesPerRequest: 1,
    // The guard sees by itself whether the store answers, and this user need not be allowed to ask for more.
    enableReadyCheck: false,
    connectTimeout: 2000,
  };
  const retry = (times: number): number => Math.min(100 * times, 1000);
  const clients = await load();
  const client =
    cluster === true
      ? new clients.Cluster(hosts, {
          redisOptions: common,
          clusterRetryStrategy: retry,
          // After a failover the slots are elsewhere.
          slotsRefreshTimeout: 1000,
          slotsRefreshInterval: 5000,
          retryDelayOnFailover: 50,
          dnsLookup: encrypted
            ? (host: string, done: (error: null, address: string) => void) => done(null, host)
            : undefined,
        })
      : new clients.Redis({
          ...common,
          ...(sentinel === undefined
            ? hosts[0]
            : {
                sentinels: hosts,
                name: sentinel,
                sentinelRetryStrategy: retry,
                ...(encrypted ? { enableTLSForSentinelMode: true, sentinelTLS: given(tls) } : {}),
              }),
          // Who is away is asked again by the guard; commands do not wait for it in a queue.
          enableOfflineQueue: true,
          retryStrategy: retry,
          // A primary that became a replica: the next connection finds the new one.
          reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 1 : false),
        });
  let failure: unknown;
  const failed = (error: unknown): void => void (failure = lastNodeError(error));
  client.on('error', failed);
  client.on('node error', failed);
  client.on('ready', () => (failure = undefined));
  return {
    command: ([command, ...args]) => client.call(command, ...args),
    disconnect: () => client.disconnect(),
    where: hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', '),
    failure: () => failure,
  };
}

/** A cluster that cannot be reached says why of its last node. */
function lastNodeError(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'lastNodeError' in error
    ? (error.lastNodeError ?? error)
    : error;
}

async function load(): Promise<Clients> {
  // By a variable, because only who shares state has it installed.
  const name: string = 'ioredis';
  try {
    return (await import(name)) as Clients;
  } catch {
    throw new CastellanError({
      code: 'state-client-missing',
      message: 'state.url needs the package ioredis, which is not installed',
      mend: 'npm install ioredis, or give a client of your own: state: { redis: (args) => client.sendCommand([...args]) }',
    });
  }
}

interface Places {
  readonly hosts: readonly { readonly host: string; readonly port: number; readonly db?: number }[];
  readonly encrypted: boolean;
  readonly user: { readonly name?: string | undefined; readonly password?: string | undefined };
}

/** What an address says. No message quotes it: a password may stand in it. */
function placesOf(url: string): Places {
  const [, scheme = '', user, places = '', path = ''] =
    /^(rediss?):\/\/(?:(.*)@)?([^@/?#]+)\/?([^?#]*)$/is.exec(url.trim()) ?? [];
  if (places === '' || !/^\d*$/.test(path))
    throw badOption(
      'state.url is no address of a Redis',
      'write redis://host:6379, or rediss://user:password@host:6380 with TLS; a / or # of a password as %2F and %23, or in state.password',
    );
  const hosts = places.split(',').map((one) => {
    const [, ipv6, name = ipv6 ?? '', port = '6379'] =
      /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(one.trim()) ?? [];
    if (name === '' || Number(port) > 65_535 || Number(port) === 0)
      throw badOption('state.url: a host or port in it is none', 'write host:6379, or [2001:db8::1]:6379');
    return { host: name, port: Number(port), ...(path === '' ? {} : { db: Number(path) }) };
  });
  const [name = '', ...rest] = (user ?? '').split(':');
  return {
    hosts,
    encrypted: scheme.toLowerCase() === 'rediss',
    user: {
      name: name === '' ? undefined : decoded(name),
      password: rest.length === 0 ? undefined : decoded(rest.join(':')),
    },
  };
}

/** What was percent-encoded; as it is where it was not. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fileOf(where: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-file',
      message: `${where}: the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable PEM file',
      cause,
    });
  }
}

function given(options: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function badOption(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-option', message: `options.${message}`, mend });
}
