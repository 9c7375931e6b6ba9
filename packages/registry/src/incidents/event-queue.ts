import { randomUUID } from 'node:crypto';
import { Looks } from '@castellan/guard/limits';
import { takeLease } from '../store/lease.ts';
import type { Store } from '../store/open.ts';

/** Milliseconds: how long one registry looks before another may, how often it says that it still does, and between two looks. */
const lease = 15_000;
const renewal = 5_000;
const pause = 500;
/** Batches that are taken at once, and that may wait: beyond that a registry takes no more, and guards keep theirs. */
const page = 20;
const most = 20_000;

/** Which of several registries looks at events: one, so that what goes through two of them is seen together. */
export interface EventQueue {
  /**
   * Has events looked at: here, or by the registry that looks.
   * @param store in a transaction, where they shall wait only if all of it holds
   * @throws Error where too many wait
   */
  add(api: string, events: readonly unknown[], store: Store): Promise<void>;
  /** Whether this registry looks. */
  readonly looks: boolean;
  /** Takes the lease where it is free, and looks at what waits. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Begins to look at events. With a store of one process, that is this one.
 * @param look at the events of one API
 */
export async function openEventQueue(
  store: Store,
  look: (api: string, events: readonly unknown[]) => void,
  onError: (error: unknown) => void,
): Promise<EventQueue> {
  const alone = !store.cleansItself;
  const holder = randomUUID();
  let until = alone ? Infinity : -Infinity;
  let asked = -Infinity;
  const looks = (): boolean => alone || store.clock() < until;
  const renew = async (): Promise<void> => {
    const now = store.clock();
    if (now - asked < renewal) return;
    asked = now;
    until = (await takeLease(store, 'events', holder, lease)) ? now + lease : -Infinity;
  };
  const takeWaiting = async (): Promise<void> => {
    for (;;) {
      const oldest = store.db.selectFrom('event_batches').select('id').orderBy('id').limit(page);
      const rows = await store.db
        .deleteFrom('event_batches')
        .where('id', 'in', oldest)
        .returning(['id', 'api', 'events'])
        .execute();
      for (const { api, events } of rows.toSorted((a, b) => a.id - b.id)) look(api, JSON.parse(events) as unknown[]);
      if (rows.length < page) return;
    }
  };
  const all = async (): Promise<void> => {
    await renew();
    if (looks()) await takeWaiting();
  };
  const taking = new Looks(all);
  const run = async (): Promise<void> => (alone ? undefined : taking.again());
  const timer = alone ? undefined : setInterval(() => void run().catch(onError), pause).unref();
  await run();
  return {
    async add(api, events, { db, clock }) {
      if (looks()) return look(api, events);
      const { waiting } = await db
        .selectFrom('event_batches')
        .select(({ fn }) => fn.countAll<string>().as('waiting'))
        .executeTakeFirstOrThrow();
      if (Number(waiting) >= most)
        throw new Error(`${most} batches of events wait for a registry that looks at them; see to the others`);
      await db
        .insertInto('event_batches')
        // What JSON escapes stays escaped: no text of PostgreSQL holds a NUL.
        .values({ api, events: JSON.stringify(events), received: new Date(clock()) })
        .execute();
    },
    get looks() {
      return looks();
    },
    run,
    async stop() {
      clearInterval(timer);
      await taking.ended().catch(onError);
      if (alone) return;
      until = -Infinity;
      await store.db.deleteFrom('leases').where('name', '=', 'events').where('holder', '=', holder).execute();
    },
  };
}
