// A Redis of the test's own: a private folder, a free port, ended by its process id.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisCommand } from '@castellan/guard/revocation';

export interface RedisServer {
  readonly port: number;
  /** A connection's commands. */
  readonly connect: () => { readonly command: RedisCommand; readonly close: () => void };
  /** Sends the server a signal: `SIGSTOP` makes it silent, `SIGCONT` goes on, `SIGKILL` ends it. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void;
  readonly close: () => Promise<void>;
}

export interface RedisNeeds {
  /** More of its command line. */
  readonly args?: readonly string[];
  /** How the test reaches it. */
  readonly client?: RedisOptions;
  /** `--port` is left to `args`: the port speaks TLS. */
  readonly encrypted?: boolean;
  /** Where it listens. Default a free port. */
  readonly port?: number;
  /** A configuration file, for what only stands there. */
  readonly file?: string;
}

/** @returns undefined where redis-server is not installed */
export async function startRedis(needs: RedisNeeds = {}): Promise<RedisServer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-redis-'));
  const port = needs.port ?? (await freePort());
  const ports = needs.encrypted === true ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)];
  const common = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const file = needs.file === undefined ? [] : [needs.file];
  const server = spawn('redis-server', [...file, ...ports, ...common, ...(needs.args ?? [])], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  // A test that fails does not come to its own close: a client that connects again and again would keep its process for ever.
  const connections: Redis[] = [];
  const redis = connect(port, needs.client);
  const ready = await Promise.race([redis.call('PING').then(() => true), ended.then(() => false)]);
  redis.disconnect();
  if (!ready) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    port,
    connect() {
      const connection = connect(port, needs.client);
      connections.push(connection);
      return {
        command: ([name, ...args]) => connection.call(name, ...args),
        close: () => connection.disconnect(),
      };
    },
    signal: (signal) => void server.kill(signal),
    async close() {
      for (const connection of connections) connection.disconnect();
      server.kill('SIGCONT');
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function connect(port: number, more: Partial<RedisOptions> = {}): Redis {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: () => 50,
    maxRetriesPerRequest: 100,
    enableReadyCheck: false,
    ...(more as object),
  });
  redis.on('error', () => {});
  return redis;
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
