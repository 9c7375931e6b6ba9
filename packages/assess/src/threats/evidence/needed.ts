import type { Contract } from '@castellan/contract';
import { nothingKnown } from '../../architecture/index.ts';
import { assess } from '../assess.ts';
import { controlIds, type ControlId } from '../controls.ts';
import { buildApi } from '../system/api.ts';
import { buildSystem } from '../system/build.ts';

/** A control that something needs, and what the contract says of it. */
export interface ControlNeed {
  readonly control: ControlId;
  /** Whether the profile asks for it. */
  readonly asked: boolean;
  readonly declared: boolean;
  /** The worst risk that it stands against, were nothing done: 1 to 25. */
  readonly risk: number;
  /** What is missing, or what declares it; a clause without a full stop. */
  readonly why: string;
}

/** What an API needs as a whole, and operation by operation. */
export interface NeededControls {
  readonly api: readonly ControlNeed[];
  /** By operationId; every operation is there. */
  readonly operations: ReadonlyMap<string, readonly ControlNeed[]>;
}

/**
 * The controls that an API needs by its threats, judged by its contract alone: where it is deployed and what is enforced there, others
 * say. Pure.
 */
export function neededControls(contract: Contract): NeededControls {
  const system = buildSystem([buildApi({ contract, architecture: nothingKnown })], nothingKnown);
  const assessment = assess(system, { now: 0 });
  const api = new Map<ControlId, ControlNeed>();
  const operations = new Map<string, Map<ControlId, ControlNeed>>(
    contract.operations.map(({ operationId }) => [operationId, new Map()]),
  );
  for (const threat of assessment.threats) {
    const { subject } = threat;
    const risk = assessment.riskWith(threat, () => 'missing').score;
    for (const { control, asked, declared, why } of threat.needs) {
      const needs =
        subject.kind === 'operation'
          ? operations.get(subject.operation.operationId)
          : // Who did what is recorded for the API as a whole; the rest stands in deployment files.
            subject.kind === 'api' || control === 'audit'
            ? api
            : undefined;
      const known = needs?.get(control);
      const worse = known === undefined || (known.declared && !declared);
      needs?.set(control, {
        control,
        asked: asked || known?.asked === true,
        declared: declared && known?.declared !== false,
        risk: Math.max(risk, known?.risk ?? 0),
        why: worse ? why : known.why,
      });
    }
  }
  return {
    api: inOrder(api),
    operations: new Map([...operations].map(([operation, needs]) => [operation, inOrder(needs)])),
  };
}

function inOrder(needs: ReadonlyMap<ControlId, ControlNeed>): ControlNeed[] {
  return [...needs.values()].sort((a, b) => controlIds.indexOf(a.control) - controlIds.indexOf(b.control));
}
