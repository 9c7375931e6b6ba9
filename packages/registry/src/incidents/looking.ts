import { randomBytes } from 'node:crypto';
import type { Contract } from '@castellan/contract';
import { createDetection, factsOf, type DetectionOptions, type Incident } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import type { Store } from '../store/open.ts';
import { keepIncident } from './keep.ts';

/** Looks for attacks in what guards send. */
export interface Looking {
  /** @param api whose guard sent it: whatever an event says, it is of that one */
  take(api: string, events: readonly unknown[]): number;
  /** Facts of a gateway in this process. */
  sink(api: string): (facts: Facts) => void;
  /** Takes what contracts declare: canaries, what is deprecated. @param contracts by API, as `sink` names them */
  describe(contracts: ReadonlyMap<string, Contract>): void;
  /** Closes an incident. */
  dismiss(id: string): boolean;
  /** Ends when what was seen is kept. */
  settled(): Promise<void>;
}

/** Milliseconds within which what changes of one incident is kept once. */
const pause = 500;

/** Starts to look; incidents are kept in the store. */
export function startLooking(store: Store, options: DetectionOptions = {}): Looking {
  /** APIs by incident; an operation of facts is known by its API. */
  const apis = new Map<string, Set<string>>();
  const waiting = new Map<string, Incident>();
  let timer: NodeJS.Timeout | undefined;
  let keeping: Promise<void> = Promise.resolve();
  let current = '';
  // Incidents are numbered in each process; those of several, and of one before, stand in one store.
  const run = randomBytes(4).toString('hex');
  const keep = (): void => {
    timer = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    keeping = keeping.then(async () => {
      for (const incident of all)
        await keepIncident(store, apiOf(apis.get(incident.id.slice(run.length + 1))), incident).catch(
          (error: unknown) =>
            process.emitWarning(`an incident cannot be kept (${String(error)})`, {
              type: 'Castellan',
              code: 'incidents',
            }),
        );
    });
  };
  const detection = createDetection({
    ...options,
    onIncident(incident, change) {
      const known = apis.get(incident.id);
      if (known === undefined) apis.set(incident.id, new Set([current]));
      else known.add(current);
      waiting.set(incident.id, { ...incident, id: `${run}-${incident.id}` });
      timer ??= setTimeout(keep, pause).unref();
      options.onIncident?.(incident, change);
    },
  });
  const look = (api: string, facts: Facts): void => {
    current = api;
    detection.sink({ ...facts, api });
  };
  return {
    take(api, events) {
      for (const event of events) look(api, factsOf(event));
      return events.length;
    },
    sink: (api) => (facts) => look(api, facts),
    describe: (contracts) => detection.describe([...contracts].map(([api, contract]) => ({ ...contract, title: api }))),
    dismiss: (id) => id.startsWith(`${run}-`) && detection.dismiss(id.slice(run.length + 1)),
    async settled() {
      clearTimeout(timer);
      keep();
      await keeping;
    },
  };
}

/** The one that all of it is about; none where it is about several: who sees one of them may not see all. */
function apiOf(apis: ReadonlySet<string> | undefined): string | null {
  return apis?.size === 1 ? ([...apis][0] ?? null) : null;
}
