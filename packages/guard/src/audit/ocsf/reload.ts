import type { CastellanError, Contract } from '@castellan/contract';
import { requestId } from '../../request-id.ts';
import type { OcsfLine } from './classes.ts';
import { ocsfVersion, severities } from './parts.ts';

const classUid = 6002;
const update = 8;
/** Characters of what is said of an error. */
const most = 2_000;

/** What became of a reload of contract, policies and keys. */
export interface Reload {
  /** When, milliseconds since the epoch. */
  readonly time: number;
  /** What is in force now. */
  readonly contract: Contract;
  /** Since when it is, milliseconds since the epoch. */
  readonly since: number;
  /** Why what files or source say is not; undefined where it is. */
  readonly error?: CastellanError | undefined;
}

/** Application Lifecycle (6002), Update: what the guard decides with became another, or did not and is what it was. */
export function reloadEvent({ time, contract, since, error }: Reload): OcsfLine {
  const severity = error === undefined ? severities.informational : severities.high;
  const line = JSON.stringify({
    class_uid: classUid,
    category_uid: 6,
    activity_id: update,
    type_uid: classUid * 100 + update,
    severity_id: severity,
    status_id: error === undefined ? 1 : 2,
    time,
    ...(error === undefined ? {} : { status_code: error.code, status_detail: error.message.slice(0, most) }),
    metadata: { version: ocsfVersion, uid: requestId(), product: { name: 'Castellan', vendor_name: 'Castellan' } },
    app: { name: contract.title, version: contract.version, vendor_name: 'Castellan' },
    unmapped: { castellan: { contract: contract.digest.slice(7, 19), since } },
  });
  return { line, severity };
}
