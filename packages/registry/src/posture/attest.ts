import { controlIds, controls, type ControlId } from '@castellan/assess/controls';
import { knownApi } from '../inventory/known-api.ts';
import type { Store } from '../store/open.ts';
import { note } from '../server/journal.ts';
import { proofAge } from './evidence.ts';
import { recordEvidence } from './import-evidence.ts';

/** Controls that are in how people work and how things are deployed: no guard enforces them, so somebody has to look. */
export const attestable: readonly ControlId[] = controlIds.filter((id) => !controls[id].guarded);

/** What somebody says. */
export interface Attestation {
  readonly api: string;
  readonly control: ControlId;
  readonly by: string;
  readonly reason: string;
  readonly environment?: string | undefined;
}

/**
 * Keeps what somebody says of a control, as a proof that grows old like any other.
 * @throws CastellanError `unknown-api`
 */
export async function attest(
  store: Store,
  { api, control, by, reason, environment = '*' }: Attestation,
): Promise<{ readonly api: string; readonly control: string; readonly until: string }> {
  const id = await knownApi(store, api);
  const at = new Date(store.clock()).toISOString();
  await recordEvidence(store, 'attest', [
    { api: id, control, level: 'proven', environment, at, source: by, detail: reason },
  ]);
  await note(store, by, 'attested', `${control} of ${id}: ${reason}`);
  return { api: id, control, until: new Date(store.clock() + proofAge).toISOString() };
}
