import type { ControlId } from '../controls.ts';
import type { EvidenceRecord } from './read.ts';

/** How far a control is evident, worst first. `missing`: not even declared. */
export const controlStates = ['broken', 'missing', 'declared', 'enforced', 'proven'] as const;
export type ControlState = (typeof controlStates)[number];

export interface EvidenceScope {
  /** Names that the API goes by. */
  readonly apis: readonly string[];
  readonly environment: string | undefined;
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds; what is older no longer counts. */
  readonly maxAge: number;
}

/** Looks up what is evident of controls of one API in one environment. */
export class Evidence {
  /** Whether anything in the file is about this API at all. */
  readonly known: boolean;
  /** Records about this API that are too old, or of another contract. */
  readonly stale: number;
  readonly #byControl = new Map<ControlId, EvidenceRecord[]>();

  constructor(records: readonly EvidenceRecord[], scope: EvidenceScope) {
    let stale = 0;
    let known = false;
    for (const record of records) {
      if (!scope.apis.includes(record.api)) continue;
      const anywhere = record.environment === undefined || record.environment === '*';
      if (!anywhere && scope.environment !== undefined && record.environment !== scope.environment) continue;
      const age = scope.now - Date.parse(record.at);
      // A success of an attack stays true until somebody shows otherwise.
      if (
        record.level !== 'broken' &&
        (age > scope.maxAge || (record.digest !== undefined && record.digest !== scope.digest))
      ) {
        stale += 1;
        continue;
      }
      known = true;
      const list = this.#byControl.get(record.control);
      if (list === undefined) this.#byControl.set(record.control, [record]);
      else list.push(record);
    }
    this.known = known;
    this.stale = stale;
  }

  /** The state of a control, for an operation or (undefined) for the API as a whole. */
  state(control: ControlId, operationId: string | undefined, declared: boolean): ControlState {
    const records = (this.#byControl.get(control) ?? []).filter(
      ({ operation }) => operation === undefined || operation === '*' || operation === operationId,
    );
    const tried = records
      .filter(({ level }) => level !== 'enforced')
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
    if (tried?.level === 'broken') return 'broken';
    if (tried?.level === 'proven') return 'proven';
    if (records.some(({ level, mode }) => level === 'enforced' && (mode ?? 'enforce') === 'enforce')) return 'enforced';
    return declared ? 'declared' : 'missing';
  }
}
