import type { Decision, EntityRef } from '@castellan/policy';
import type { IdHash } from '../audit/id-hash.ts';
import type { Ruling } from './one-ruling.ts';

interface Hashing {
  readonly hashId: IdHash;
}

/** What the engine says of an object, without the object's id. */
export function hidden({ hashId }: Hashing, message: string, { type, id }: EntityRef): string {
  return id === '' ? message : message.replaceAll(`"${id}"`, () => `"${hashId(type, id)}"`);
}

/** What a decision against the caller says in the log. */
export function refusedBy(hashing: Hashing, decision: Decision, action: string, resource: EntityRef): Ruling {
  const forbidden = decision.reasons.length > 0;
  const failed = decision.errors.map(
    ({ policyId, message }) => `policy ${policyId} failed: ${hidden(hashing, message, resource)}`,
  );
  const why = forbidden ? `forbidden by ${decision.reasons.join(', ')}` : `no policy permits ${action}`;
  return { allowed: false, forbidden, why: [why, ...failed].join('; '), action, policies: decision.reasons };
}
