import { hash } from 'node:crypto';
import type { RedisCommand } from '../revocation/index.ts';
import type { ReplayMemory } from './token-configuration.ts';

/**
 * Remembers in Redis or Valkey what was used once, for all instances. Where it does not answer, nothing is admitted:
 * a proof that cannot be remembered could be used again.
 */
export function redisReplayMemory(command: RedisCommand, prefix = 'castellan:used:'): ReplayMemory {
  return {
    async use(key, until, now) {
      const name = `${prefix}${hash('sha256', key, 'base64url')}`;
      const milliseconds = Math.max(1, Math.ceil(until - now));
      try {
        const reply = await command(['SET', name, '1', 'NX', 'PX', String(milliseconds)]);
        return reply === null ? 'used' : 'fresh';
      } catch {
        return 'full';
      }
    },
  };
}
