// A Redis of the test's own: a private folder, a free port, ended by its process id.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisCommand } from '@castellan/guard/revocation';

export interface RedisServer {
  readonly port: number;
  /** A connection's commands. */
  readonly connect: () => { readonly command: RedisCommand; readonly close: () => void };
  /** Sends the server a signal: `SIGSTOP` makes it silent, `SIGCONT` goes on. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  readonly close: () => Promise<void>;
}

/** @returns undefined where redis-server is not installed */
export async function startRedis(): Promise<RedisServer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-redis-'));
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const redis = connect(port);
  const ready = await Promise.race([redis.call('PING').then(() => true), ended.then(() => false)]);
  redis.disconnect();
  if (!ready) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    port,
    connect() {
      const connection = connect(port);
      return {
        command: ([name, ...args]) => connection.call(name, ...args),
        close: () => connection.disconnect(),
      };
    },
    signal: (signal) => void server.kill(signal),
    async close() {
      server.kill('SIGCONT');
      server.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function connect(port: number): Redis {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  redis.on('error', () => {});
  return redis;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
