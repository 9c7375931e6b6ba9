import type { Store } from '../store/open.ts';
import { findGhosts, type FoundGhosts } from './find.ts';

interface Recent {
  readonly found: FoundGhosts;
  /** Milliseconds that it took. */
  readonly cost: number;
  /** When it was found, by the process's own clock. */
  readonly at: number;
  renewing?: Promise<void> | undefined;
}

/** Finding that takes so long, milliseconds, is not done for each question. */
const cheap = 50;
/** For so many times what it took it is given again: looking takes at most a twentieth of the time. */
const factor = 20;
/** So old, milliseconds, it is not given any more. */
const oldest = 60_000;

const known = new WeakMap<Store['db'], Recent>();

/**
 * The ghosts of now, and in a large inventory those of some seconds ago: they are looked for while the last ones are given.
 * @param time milliseconds that only go up
 */
export async function recentGhosts(store: Store, time: () => number = () => performance.now()): Promise<FoundGhosts> {
  const recent = known.get(store.db);
  if (recent === undefined || recent.cost < cheap || time() - recent.at > oldest)
    return (await find(store, time)).found;
  if (time() - recent.at > recent.cost * factor)
    recent.renewing ??= find(store, time).then(
      () => undefined,
      // Who asks next waits for it, and is told.
      () => void known.delete(store.db),
    );
  return recent.found;
}

async function find(store: Store, time: () => number): Promise<Recent> {
  const begin = time();
  const found = await findGhosts(store);
  const recent = { found, cost: time() - begin, at: time() };
  known.set(store.db, recent);
  return recent;
}
