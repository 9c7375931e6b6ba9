import type { SchemeOutcome } from '../scheme.ts';
import { given } from './stored-record.ts';
import { describe } from './thrown.ts';

/**
 * Asks a store of users, keys or sessions. One that fails, at once or later, says nothing of the credential: nobody can say
 * now, and nothing was guessed.
 * @param store names it for the log: `user-store`
 */
export function askStore<T>(
  store: string,
  credential: string,
  ask: () => T | Promise<T>,
  settle: (found: T) => SchemeOutcome | Promise<SchemeOutcome>,
): SchemeOutcome | Promise<SchemeOutcome> {
  const away = (error: unknown): SchemeOutcome => ({
    outcome: 'unavailable',
    reason: store,
    retryAfterSeconds: 5,
    log: `the ${store} failed: ${describe(error)}`,
  });
  let found: T | Promise<T>;
  try {
    found = ask();
  } catch (error) {
    return away(error);
  }
  return found instanceof Promise ? found.then((later) => settle(given(later) as T), away) : settle(given(found) as T);
}
