import { CastellanError, type Contract } from '@castellan/contract';
import {
  createDetection,
  Notifier,
  Responder,
  type Bans,
  type Detection,
  type Incident,
  type IncidentChange,
  type WrittenDetection,
} from '@castellan/detect';
import type { Facts, FactSink } from '@castellan/guard';
import type { ListPlace } from '@castellan/guard/limits';
import { resolveReferences } from '@castellan/guard/secrets';

/** One line of what happens: an exchange, or an incident and what became of it. */
type Happening = { readonly facts: Facts } | { readonly incident: Incident; readonly change: IncidentChange };

/** Detection in a gateway, and who watches. */
export interface Detecting {
  readonly detection: Detection;
  readonly sink: FactSink;
  /** Tells everything that happens from now on; gives what ends that. */
  watch(watcher: (happening: Happening) => void): () => void;
  /** What is in front of what. */
  guard(contract: Contract, bans: Bans): void;
  /**
   * Keeps what was dismissed and done where `detect.file` says, or at the place of the guard's state.
   * @throws CastellanError `unreadable-file`
   */
  keep(api: string, place: ListPlace | undefined): Promise<void>;
  end(): Promise<void>;
}

export interface DetectingOptions {
  readonly detect: boolean | WrittenDetection | undefined;
  /** `audit.key`, by which facts name objects. */
  readonly key: string | undefined;
  readonly onIncident: ((incident: Incident, change: IncidentChange) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Characters of the key of a webhook's signature. */
const shortestSecret = 16;

/**
 * Starts to look for attacks, where that is wanted.
 * @throws CastellanError `unset-variable`, `unreadable-secret`, `weak-secret`
 */
export function openDetecting({ detect, key, onIncident, clock }: DetectingOptions): Detecting | undefined {
  if (detect === undefined || detect === false) return undefined;
  const { respond = {}, respondFor, notify: written, file, ...looking } = detect === true ? {} : detect;
  const notifier = written === undefined ? undefined : new Notifier(notifyOf(written), warn);
  let responder: Responder | undefined;
  const watchers = new Set<(happening: Happening) => void>();
  const tell = (happening: Happening): void => {
    for (const watcher of watchers) watcher(happening);
  };
  const detection = createDetection({
    ...looking,
    key,
    onIncident(incident, change) {
      tell({ incident, change });
      void notifier?.tell(incident, change);
      onIncident?.(incident, change);
    },
    onDetection: (seen, incident) => void responder?.act(seen, incident),
    // Who dismisses takes back all that is known to have been done; the others what they did meanwhile.
    onDismissed: (incident, by) => void responder?.undo(incident, by),
    onDone: (done) => responder?.learn(done),
    clock,
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
    guard(contract, bans) {
      detection.describe([contract]);
      if (Object.keys(respond).length > 0)
        responder ??= new Responder({ bans, respond, respondFor, clock, onFailure: warn, onDone: detection.keepDone });
      // What was done before a restart can be taken back, whatever is done from now on.
      responder ??= new Responder({ bans, respond: {}, clock, onFailure: warn });
    },
    async keep(api, place) {
      const kept = file === undefined ? place : { file };
      if (kept !== undefined) await detection.keep(kept, api);
    },
    async end() {
      await detection.close();
      await notifier?.end();
    },
  };
}

function notifyOf(written: NonNullable<WrittenDetection['notify']>): NonNullable<WrittenDetection['notify']> {
  const { value } = resolveReferences('detect.notify', written);
  if (value.webhook !== undefined && value.webhook.secret.length < shortestSecret)
    throw new CastellanError({
      code: 'weak-secret',
      message: `detect.notify.webhook.secret has fewer than ${shortestSecret} characters`,
      mend: 'make one with: openssl rand -base64 32',
    });
  return value;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error.message : String(error), {
    type: 'Castellan',
    code: 'detection',
  });
}
