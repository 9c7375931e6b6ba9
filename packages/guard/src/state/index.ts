import { CastellanError } from '@castellan/contract';
import type { RedisCommand } from '../revocation/redis.ts';
import { FileState } from './file/file-state.ts';
import { LocalState } from './local-state.ts';
import { connect, type ConnectionOptions } from './redis/connection.ts';
import { RedisState, type RedisStateOptions } from './redis/redis-state.ts';
import type { State } from './state.ts';

/** Where limits, budgets, steps of flows, used proofs and revocations are kept. One of `url`, `redis`, `file`. */
export interface StateOptions extends ConnectionOptions {
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
  if (url === undefined) refuseConnection(options);
  const named = [url, redis, file].filter((one) => one !== undefined).length;
  if (named !== 1)
    throw new CastellanError({
      code: 'bad-option',
      message: `options.state names ${named === 0 ? 'no place' : `${named} places`}`,
      mend: "write one of url: 'redis://…', redis: (args) => client.call(...args), file: './state'",
    });
  if (file !== undefined) return (now) => new FileState(file, now);
  if (redis !== undefined) return (now) => new RedisState(redis, options, now);
  const { command, disconnect, where, failure } = await connect(options);
  const shared: RedisStateOptions = { ...options, disconnect, where, failure };
  return (now) => new RedisState(command, shared, now);
}

/** Options of a connection that nobody makes would be read by nobody. */
function refuseConnection(options: StateOptions): void {
  const names = ['username', 'password', 'ca', 'certificate', 'key', 'cluster', 'sentinel'] as const;
  const name = names.find((one) => options[one] !== undefined);
  if (name === undefined) return;
  throw new CastellanError({
    code: 'bad-option',
    message: `options.state.${name} belongs to state.url, which is not given`,
    mend: 'give url: redis://host:6379, or leave it out',
  });
}
