import type { Contract } from '@castellan/contract';
import {
  createDetection,
  type Detection,
  type Incident,
  type IncidentChange,
  type WrittenDetection,
} from '@castellan/detect';
import type { Facts, FactSink } from '@castellan/guard';

/** One line of what happens: an exchange, or an incident and what became of it. */
type Happening = { readonly facts: Facts } | { readonly incident: Incident; readonly change: IncidentChange };

/** Detection in a gateway, and who watches. */
export interface Detecting {
  readonly detection: Detection;
  readonly sink: FactSink;
  /** Tells everything that happens from now on; gives what ends that. */
  watch(watcher: (happening: Happening) => void): () => void;
  describe(contract: Contract): void;
}

export interface DetectingOptions {
  readonly detect: boolean | WrittenDetection | undefined;
  /** `audit.key`, by which facts name objects. */
  readonly key: string | undefined;
  readonly onIncident: ((incident: Incident, change: IncidentChange) => void) | undefined;
}

/** Starts to look for attacks, where that is wanted. */
export function openDetecting({ detect, key, onIncident }: DetectingOptions): Detecting | undefined {
  if (detect === undefined || detect === false) return undefined;
  const watchers = new Set<(happening: Happening) => void>();
  const tell = (happening: Happening): void => {
    for (const watcher of watchers) watcher(happening);
  };
  const detection = createDetection({
    ...(detect === true ? {} : detect),
    key,
    onIncident(incident, change) {
      tell({ incident, change });
      onIncident?.(incident, change);
    },
  });
  return {
    detection,
    sink(facts) {
      if (watchers.size > 0) tell({ facts });
      detection.sink(facts);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    describe: (contract) => detection.describe([contract]),
  };
}
