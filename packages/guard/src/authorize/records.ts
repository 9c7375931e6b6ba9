import { compileResourceAccess, type Findings, type MediaType } from '@castellan/contract';
import type { GuardCore } from '../core.ts';

/**
 * How many records an answer holds: the items of a list, of the longest list of an envelope (`{ items, total }`,
 * `{ data: { items } }`), or one. Lists inside of a list's items belong to one record.
 */
export function countRecords(value: unknown): number {
  if (Array.isArray(value)) return countItems(value);
  if (typeof value !== 'object' || value === null) return 0;
  let most = -1;
  const pending: object[] = [value];
  for (let envelope = pending.pop(); envelope !== undefined; envelope = pending.pop()) {
    for (const inner of Object.values(envelope) as unknown[]) {
      if (Array.isArray(inner)) most = Math.max(most, countItems(inner));
      else if (typeof inner === 'object' && inner !== null) pending.push(inner);
    }
  }
  return most === -1 ? 1 : most;
}

/** A list in a list is a record where it is a row of cells; where it holds objects, those are. */
function countItems(list: readonly unknown[]): number {
  let count = 0;
  for (const item of list)
    count += Array.isArray(item) && item.some((one) => typeof one === 'object' && one !== null) ? countItems(item) : 1;
  return count;
}

/** How many objects of one resource type an answer holds that stand in no other: of a map as well, which is no list. */
export function compileObjectCount(core: GuardCore, { schema }: Pick<MediaType, 'schema'>): (value: unknown) => number {
  const access =
    schema === undefined ? undefined : compileResourceAccess(core.contract, schema, 'response', { resources: true });
  if (access === undefined) return () => 0;
  return (value) => {
    const findings: Findings = { resources: [], properties: [] };
    access.visit(value, findings);
    return outermostObjects(findings);
  };
}

/** The most objects of one type that stand in no other. */
export function outermostObjects({ resources }: Findings): number {
  const counts = new Map<string, number>();
  for (const { type, owner } of resources) if (owner === undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
