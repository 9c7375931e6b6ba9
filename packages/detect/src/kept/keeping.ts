import type { ListPlace } from '@castellan/guard/limits';
import type { Detector } from '../detector.ts';
import type { IncidentKeeper, Incidents } from '../incidents/grouping.ts';
import type { OpenIncident } from '../incidents/open-incident.ts';
import type { Pattern } from '../incidents/pattern.ts';
import type { Done } from '../response/responder.ts';
import type { KeptEntry } from './entry.ts';
import { KeptList, type KeptMedium } from './list.ts';
import { shortened } from './shortened.ts';

const day = 86_400_000;
/** Milliseconds after which what came back is another incident, and for which what was dismissed is not told again; and some more. */
const seenLasts = 8 * day;
const dismissedLasts = 31 * day;
/** Patterns of an incident that are kept at most, those that went furthest. */
const mostPatterns = 500;

export interface KeepingOptions {
  readonly place: ListPlace | KeptMedium;
  /** Whose incidents they are: what others keep at the same place is left alone. */
  readonly api: string;
  readonly incidents: Incidents;
  readonly detectors: readonly Detector[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Somebody else dismissed it; what was closed here by it. */
  readonly onDismissed: (id: string, patterns: readonly Pattern[], closed: OpenIncident | undefined) => void;
  readonly onDone: (done: Done) => void;
  readonly onFailure: (why: string) => void;
}

/** Keeps incidents where a restart and other instances find them. */
export class Keeping {
  readonly #options: KeepingOptions;
  readonly #list: KeptList;

  constructor(options: KeepingOptions) {
    const { place, clock, onFailure } = options;
    this.#options = options;
    this.#list = new KeptList({ place, clock, onFailure, onEntry: (entry) => this.#learn(entry) });
  }

  /** Reads what there is; from then on what happens is kept. @throws CastellanError where the file cannot be read */
  async open(): Promise<this> {
    await this.#list.open();
    const { incidents, api, clock } = this.#options;
    const keeper: IncidentKeeper = {
      seen: (incident, patterns) =>
        this.#list.add({
          kind: 'seen',
          api,
          incident: shortened(incident),
          patterns: furthest(patterns),
          until: clock() + seenLasts,
        }),
      dismissed: (id, { time, note }, patterns) =>
        this.#list.add({
          kind: 'dismissed',
          api,
          id,
          time,
          note,
          patterns: furthest(patterns),
          until: clock() + dismissedLasts,
        }),
    };
    incidents.keep(keeper);
    return this;
  }

  /** Keeps what was done because of an incident. */
  done(done: Done): void {
    this.#list.add({ kind: 'done', api: this.#options.api, done, until: done.until });
  }

  refresh(): Promise<void> {
    return this.#list.refresh();
  }

  settled(): Promise<string | undefined> {
    return this.#list.settled();
  }

  /** Keeps what is open as it is now, and ends. */
  close(): Promise<void> {
    this.#options.incidents.keepOpen();
    return this.#list.close();
  }

  #learn(entry: KeptEntry): void {
    const { api, incidents, detectors, onDone, onDismissed } = this.#options;
    if (entry.api !== api) return;
    if (entry.kind === 'done') return onDone(entry.done);
    if (entry.kind === 'seen')
      return incidents.learn(
        entry.incident,
        detectors.filter(({ id }) => entry.incident.detectors.includes(id)),
        entry.patterns,
      );
    const closed = incidents.learnDismissal(entry.id, { time: entry.time, note: entry.note }, entry.patterns);
    if (closed !== false) onDismissed(entry.id, entry.patterns, closed === true ? undefined : closed);
  }
}

function furthest(patterns: readonly Pattern[]): readonly Pattern[] {
  if (patterns.length <= mostPatterns) return patterns;
  return patterns.toSorted((a, b) => b.strength - a.strength).slice(0, mostPatterns);
}
