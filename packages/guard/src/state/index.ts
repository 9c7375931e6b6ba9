import { CastellanError } from '@castellan/contract';
import type { RedisCommand } from '../revocation/redis.ts';
import { resolveReferences } from '../secrets/reference.ts';
import { FileState } from './file/file-state.ts';
import { LocalState } from './local-state.ts';
import { RedisState, type RedisStateOptions } from './redis/redis-state.ts';
import type { State } from './state.ts';

/** Where limits, budgets, steps of flows, used proofs and revocations are kept. One of `url`, `redis`, `file`. */
export interface StateOptions {
  /** Redis or Valkey that all instances share: `redis://…` or `rediss://…` (TLS). Needs the package `ioredis`. */
  readonly url?: string | undefined;
  /** The same with a client of your own: sends one command, gives its reply. */
  readonly redis?: RedisCommand | undefined;
  /** A folder of this process: a restart forgets nothing. */
  readonly file?: string | undefined;
  /** Begins every key in Redis. Default `castellan:`. */
  readonly prefix?: string | undefined;
  /** Asks Redis for each request, instead of holding shares of a caller's allowance for a second. Default false. */
  readonly strict?: boolean | undefined;
  /** Milliseconds after which Redis counts as away. Default 250. */
  readonly timeout?: number | undefined;
  /** Whether a start without Redis fails. Default false: each instance counts by itself until it answers. */
  readonly required?: boolean | undefined;
}

/**
 * The state that options name; of this process where they name none.
 * @throws CastellanError `bad-option`, `state-client-missing`
 */
export async function stateOf(options: StateOptions | undefined): Promise<(now: () => number) => State> {
  if (options === undefined) return (now) => new LocalState(now);
  const { url, redis, file } = options;
  const named = [url, redis, file].filter((one) => one !== undefined).length;
  if (named !== 1)
    throw new CastellanError({
      code: 'bad-option',
      message: `options.state names ${named === 0 ? 'no place' : `${named} places`}`,
      mend: "write one of url: 'redis://…', redis: (args) => client.call(...args), file: './state'",
    });
  if (file !== undefined) return (now) => new FileState(file, now);
  if (redis !== undefined) return (now) => new RedisState(redis, options, now);
  // A password does not have to stand in the configuration.
  const { command, disconnect, where } = await connect(resolveReferences('state.url', url ?? '').value);
  const shared: RedisStateOptions = { ...options, disconnect, where };
  return (now) => new RedisState(command, shared, now);
}

/** What is used of the client. */
interface Client {
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}

async function connect(
  url: string,
): Promise<{ readonly command: RedisCommand; readonly disconnect: () => void; readonly where: string }> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:'))
    throw new CastellanError({
      code: 'bad-option',
      message: 'options.state.url is no address of a Redis',
      mend: 'write redis://host:6379, or rediss://user:password@host:6380 with TLS',
    });
  // By a variable, because only who shares state has it installed.
  const name: string = 'ioredis';
  let module: { readonly Redis: new (url: string, options: object) => Client };
  try {
    module = (await import(name)) as typeof module;
  } catch {
    throw new CastellanError({
      code: 'state-client-missing',
      message: 'state.url needs the package ioredis, which is not installed',
      mend: 'npm install ioredis, or give a client of your own: state: { redis: (args) => client.sendCommand([...args]) }',
    });
  }
  const client = new module.Redis(url, {
    // Who is away is asked again by the guard; commands do not wait for it in a queue.
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
    retryStrategy: (times: number) => Math.min(100 * times, 1000),
  });
  client.on('error', () => {});
  return {
    command: ([command, ...args]) => client.call(command, ...args),
    disconnect: () => client.disconnect(),
    where: parsed.host,
  };
}
