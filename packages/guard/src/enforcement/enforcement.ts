import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Mode } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { answerControls } from './answer-controls.ts';
import type { EnforceableControl } from './names.ts';

/** Operations that have the same controls in the same mode. */
export interface EnforcedGroup {
  readonly mode: Mode;
  /** Sorted. */
  readonly controls: readonly EnforceableControl[];
  /** operationIds, sorted. */
  readonly operations: readonly string[];
}

/** What a guard enforces, operation by operation. */
export interface Enforcement {
  /** SHA-256 of the groups: guards that enforce the same have the same. */
  readonly digest: string;
  readonly groups: readonly EnforcedGroup[];
}

/** Operations whose plans are compiled before others have their turn. */
const atOnce = 20;

/**
 * What is enforced of each operation, read from the plans that its requests go through: a stage that was not compiled for an
 * operation enforces nothing there, whatever the document says.
 */
export async function enforcementOf(core: GuardCore): Promise<Enforcement> {
  const said: EnforcedGroup[] = [];
  for (const [index, operation] of core.contract.operations.entries()) {
    // A request that comes meanwhile does not wait for all of a large document.
    if (index % atOnce === atOnce - 1) await setImmediate();
    const plan = core.planOf(operation);
    const controls = plan.stages.flatMap((stage) => stage.controls?.(core, operation) ?? []);
    if (plan.lifecycle.endsAt !== Infinity) controls.push('lifecycle');
    const operations = [operation.operationId];
    if (plan.mode !== 'off') said.push({ mode: plan.mode, controls, operations });
    if (plan.responseMode !== 'off')
      said.push({ mode: plan.responseMode, controls: answerControls(core, operation), operations });
  }
  return enforcementFrom(said);
}

/** Puts operations with the same controls together. */
export function enforcementFrom(said: readonly EnforcedGroup[]): Enforcement {
  const groups = new Map<string, { readonly group: EnforcedGroup; readonly operations: string[] }>();
  for (const group of said) {
    const controls = [...new Set(group.controls)].sort();
    if (controls.length === 0) continue;
    const key = `${group.mode} ${controls.join(' ')}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group: { ...group, controls }, operations: [...group.operations] });
    else known.operations.push(...group.operations);
  }
  const sorted = [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { group, operations }]): EnforcedGroup => ({ ...group, operations: operations.sort() }));
  return { digest: createHash('sha256').update(JSON.stringify(sorted)).digest('hex'), groups: sorted };
}
