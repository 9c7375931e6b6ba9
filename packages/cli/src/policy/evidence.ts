import type { EvidenceRecord } from '@castellan/assess/controls';
import type { Contract } from '@castellan/contract';
import type { ScenarioFile, ScenarioReport } from '@castellan/policy';
import { writeOut } from '../write-out.ts';

/** Scenarios of one operation, and what became of them. */
interface Tried {
  allowed: number;
  denied: number;
  /** Somebody was let in who should not be. */
  open: string | undefined;
  failed: number;
}

/**
 * What scenarios prove of operations: that policies let in whom they should and keep out whom they should not. Both must have been tried, and
 * none may fail; one that lets in whom it should keep out shows that the control is broken.
 * @param at when they ran, milliseconds since the epoch
 */
export function evidenceOfScenarios(
  contract: Contract,
  files: readonly ScenarioFile[],
  { results }: ScenarioReport,
  at: number,
): readonly EvidenceRecord[] {
  const scenarios = files.flatMap((one) => one.scenarios);
  const byOperation = new Map<string, Tried>();
  for (const [index, scenario] of scenarios.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    const tried = byOperation.get(scenario.action.id) ?? { allowed: 0, denied: 0, open: undefined, failed: 0 };
    if (!result.passed) tried.failed += 1;
    else if (result.expected === 'allow') tried.allowed += 1;
    else tried.denied += 1;
    if (result.expected === 'deny' && result.explanation.decision === 'allow') tried.open ??= result.name;
    byOperation.set(scenario.action.id, tried);
  }
  return contract.operations.flatMap((operation): EvidenceRecord[] => {
    const tried = byOperation.get(operation.operationId);
    if (tried === undefined) return [];
    const { allowed, denied, open, failed } = tried;
    if (open === undefined && (failed > 0 || allowed === 0 || denied === 0)) return [];
    const controls = ['function-authorization', ...(operation.resource === undefined ? [] : ['object-authorization'])];
    return controls.map((control) => ({
      api: contract.title,
      operation: operation.operationId,
      control: control as EvidenceRecord['control'],
      level: open === undefined ? 'proven' : 'broken',
      at: new Date(at).toISOString(),
      source: 'castellan policy test',
      digest: contract.digest,
      detail: open === undefined ? `${allowed} let in, ${denied} kept out` : `let in: ${open}`,
    }));
  });
}

/**
 * Writes a file of evidence.
 * @throws CastellanError `unwritable`
 */
export async function writeEvidence(file: string, records: readonly EvidenceRecord[], cwd: string): Promise<void> {
  const text = `${JSON.stringify({ version: 1, records }, null, 2)}\n`;
  await writeOut({ file, cwd, what: 'the evidence', flag: '--evidence' }, text);
}
