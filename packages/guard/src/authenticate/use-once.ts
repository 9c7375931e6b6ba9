import type { SchemeRequest } from '../scheme.ts';
import type { ReplayMemory, ReplayOutcome } from './token-configuration.ts';

/**
 * Uses up what is good for one request. The request that did so may be asked a second time, after its body was waited
 * for: to that request alone it is still fresh.
 * @param until milliseconds since the epoch, until which it has to be remembered
 */
export async function useOnce(
  replay: ReplayMemory,
  request: SchemeRequest,
  key: string,
  until: number,
): Promise<ReplayOutcome> {
  if (request.usedUp?.has(key) === true) return 'fresh';
  const outcome = await replay.use(key, until, request.now);
  if (outcome === 'fresh') (request.usedUp ??= new Set()).add(key);
  return outcome;
}
