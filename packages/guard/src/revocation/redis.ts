import { AppendedStream } from '../state/appended/stream.ts';
import type { Revocation } from './entry.ts';
import { revocationFormat } from './file.ts';

/**
 * Sends one command to Redis or Valkey and gives its reply. Any client has it:
 * `(args) => ioredis.call(...args)`, `(args) => nodeRedis.sendCommand([...args])`.
 */
export type RedisCommand = (args: readonly [string, ...string[]]) => Promise<unknown>;

/** The revocations of a Redis stream. Every instance reads what is new; a restart reads all of it. */
export class RevocationStream extends AppendedStream<Revocation> {
  /** @param key of the stream; with `{…}` in it where the cluster must keep it beside others */
  constructor(command: RedisCommand, key = 'castellan:revocations') {
    super(command, key, revocationFormat);
  }
}
