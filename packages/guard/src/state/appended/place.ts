import type { RedisCommand } from '../../revocation/redis.ts';

/** Where a list is kept whose entries outlive the process, and that others read too. */
export interface ListPlace {
  /** A file of JSON lines, which processes of one machine may share. */
  readonly file?: string | undefined;
  /** Where several instances share it. */
  readonly redis?: RedisCommand | undefined;
  /** Name of the Redis stream. */
  readonly redisKey?: string | undefined;
}
