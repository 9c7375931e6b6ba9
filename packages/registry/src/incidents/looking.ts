import type { Contract } from '@castellan/contract';
import { createDetection, factsOf, type DetectionOptions, type Incident } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import type { Store } from '../store/open.ts';
import { openEventQueue } from './event-queue.ts';
import { closeQuiet, keepIncident } from './keep.ts';
import { keptInStore } from './medium.ts';

/** Looks for attacks in what guards send. */
export interface Looking {
  /**
   * Has events looked at, here or by the registry that looks.
   * @param api whose guard sent it: whatever an event says, it is of that one
   * @param tx the transaction that takes them
   */
  take(api: string, events: readonly unknown[], tx?: Store): Promise<void>;
  /** Facts of a gateway in this process. */
  sink(api: string): (facts: Facts) => void;
  /** Takes what contracts declare: canaries, what is deprecated. @param contracts by API, as `sink` names them */
  describe(contracts: ReadonlyMap<string, Contract>): void;
  /** Closes an incident, here and at all registries of the store. */
  dismiss(id: string, note: string): boolean;
  /** Looks at what waits and at what others dismissed; ends when what was seen is kept. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds within which what changes of one incident is kept once. */
const pause = 500;
/** Facts of a gateway in this process that wait to be sent to the registry that looks, at most. */
const mostFacts = 5_000;
const batch = 500;
/** Milliseconds between two looks for incidents that ended with the process that saw them. */
const closing = 600_000;

/** Starts to look; incidents are kept in the store, for the next process and for the other registries that share it. */
export async function startLooking(store: Store, options: DetectionOptions = {}): Promise<Looking> {
  /** APIs by incident; an operation of facts is known by its API. */
  const apis = new Map<string, Set<string>>();
  const waiting = new Map<string, Incident>();
  const facts = new Map<string, Facts[]>();
  let timer: NodeJS.Timeout | undefined;
  let keeping: Promise<void> = Promise.resolve();
  let current = '';
  let closed = -Infinity;
  const warn = (what: string) => (error: unknown) =>
    process.emitWarning(`${what} (${String(error)})`, { type: 'Castellan', code: 'incidents' });
  const keep = (): void => {
    timer = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    keeping = keeping.then(async () => {
      for (const incident of all)
        await keepIncident(store, apiOf(apis.get(incident.id)), incident).catch(warn('an incident cannot be kept'));
      for (const [api, list] of facts) {
        facts.delete(api);
        for (let from = 0; from < list.length; from += batch)
          await queue.add(api, list.slice(from, from + batch), store).catch(warn('events of the gateway are lost'));
      }
      if (!queue.looks || store.clock() - closed < closing) return;
      closed = store.clock();
      await closeQuiet(store).catch(warn('incidents that ended cannot be closed'));
    });
  };
  const soon = (): void => void (timer ??= setTimeout(keep, pause).unref());
  const detection = createDetection({
    ...options,
    clock: store.clock,
    onDetection(seen, incident) {
      apis.set(incident, (apis.get(incident) ?? new Set()).add(current));
      options.onDetection?.(seen, incident);
    },
    onIncident(incident, change) {
      waiting.set(incident.id, incident);
      soon();
      options.onIncident?.(incident, change);
    },
  });
  const look = (api: string, events: readonly unknown[]): void => {
    current = api;
    for (const event of events) detection.sink({ ...factsOf(event), api });
  };
  await detection.keep(keptInStore(store));
  const queue = await openEventQueue(store, look, warn('events of guards cannot be taken'));
  return {
    take: (api, events, tx = store) => queue.add(api, events, tx),
    sink: (api) => (one) => {
      if (queue.looks) {
        current = api;
        return detection.sink({ ...one, api });
      }
      const list = facts.get(api) ?? [];
      facts.set(api, list);
      if (list.length < mostFacts) list.push(one);
      soon();
    },
    describe: (contracts) => detection.describe([...contracts].map(([api, contract]) => ({ ...contract, title: api }))),
    dismiss: (id, note) => detection.dismiss(id, note),
    async settled() {
      await queue.run();
      await detection.refresh();
      clearTimeout(timer);
      keep();
      await keeping;
      await detection.settled();
    },
    async close() {
      await queue.stop();
      await detection.close();
      // What those two still saw is kept too.
      clearTimeout(timer);
      keep();
      await keeping;
    },
  };
}

/** The one that all of it is about; none where it is about several: who sees one of them may not see all. */
function apiOf(apis: ReadonlySet<string> | undefined): string | null | undefined {
  if (apis === undefined) return undefined;
  return apis.size === 1 ? ([...apis][0] ?? null) : null;
}
