import type { ControlNeed, ControlState, NeededControls } from '@castellan/assess/controls';
import type { EnforcedGroup, EnforceableControl } from '@castellan/guard';
import { isSameDigest } from '../inventory/same-digest.ts';
import { enforcedBy, enforcedByScope } from './enforced-by.ts';

/** One cell of the table of evidence: an API in an environment, one of its operations, a control. */
export interface EvidenceCell extends ControlNeed {
  /** operationId; empty for the API as a whole. */
  readonly operation: string;
  readonly state: ControlState;
  /** By the contract. */
  readonly declaredBy: Seen | undefined;
  /** By every guard of the environment that is heard, in mode enforce. */
  readonly enforcedBy: Seen | undefined;
  /** By a test or scan; `holds` is false where it succeeded in getting past the control. */
  readonly provenBy: (Seen & { readonly holds: boolean; readonly stale: boolean }) | undefined;
}

/** When something was seen, milliseconds since the epoch, and who says so. */
export interface Seen {
  readonly at: number;
  readonly source: string;
}

/** A contract version as evidence looks at it. */
export interface JudgedContract {
  readonly digest: string;
  readonly needs: NeededControls;
  readonly imported: number;
}

/** A guard that reported. */
export interface HeardGuard {
  readonly name: string;
  readonly digest: string;
  readonly audit: boolean;
  readonly lastSeen: number;
  /** Undefined where it does not say what it enforces. */
  readonly groups: readonly EnforcedGroup[] | undefined;
}

/** What a test or scan showed. */
export interface Proof extends Seen {
  /** `*` for all. */
  readonly environment: string;
  readonly operation: string;
  readonly control: string;
  readonly holds: boolean;
  /** Digest of the contract that it was shown of; empty for any. */
  readonly contract: string;
}

/** A guard that was not heard for so long, milliseconds, enforces nothing that anybody knows of. */
export const silence = 15 * 60_000;
/** A proof counts for so long where nobody asks for less, milliseconds. */
export const proofAge = 30 * 86_400_000;

export interface EvidenceScope {
  readonly environment: string;
  readonly contract: JudgedContract;
  /** Of the environment. */
  readonly guards: readonly HeardGuard[];
  readonly proofs: readonly Proof[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds that a proof counts. */
  readonly maxAge?: number;
}

/** The evidence for one API in one environment. Pure: the same facts at the same time give the same table. */
export function evidenceOf({
  environment,
  contract,
  guards,
  proofs,
  now,
  maxAge = proofAge,
}: EvidenceScope): EvidenceCell[] {
  const heard = guards.filter(({ lastSeen }) => now - lastSeen <= silence);
  const runs = heard.map((guard) => (isSameDigest(contract.digest, guard.digest) ? saidBy(guard) : nothing));
  const all = [...contract.needs.operations.keys()];
  const source = heard.map(({ name }) => `guard ${name}`).join(', ');
  const at = Math.min(...heard.map(({ lastSeen }) => lastSeen));
  const says = (operation: string, control: EnforceableControl): boolean =>
    runs.length > 0 &&
    runs.every((run) =>
      operation === '' ? all.length > 0 && all.every((one) => run(one, control)) : run(operation, control),
    );
  const enforces = (operation: string, need: ControlNeed): boolean => {
    if (need.control === 'audit') return heard.length > 0 && heard.every(({ audit }) => audit);
    if (enforcedByScope.has(need.control) && need.declared && says(operation, 'authentication')) return true;
    const how = enforcedBy[need.control];
    return (
      how !== undefined && (need.declared || !how.declared) && how.says.some((control) => says(operation, control))
    );
  };
  const cell = (operation: string, need: ControlNeed): EvidenceCell => {
    const enforced = enforces(operation, need);
    const proof = latest(proofs, environment, operation, need.control);
    const fits = proof !== undefined && (proof.contract === '' || isSameDigest(contract.digest, proof.contract));
    const stale = proof !== undefined && proof.holds && (now - proof.at > maxAge || !fits);
    // A test that ran anywhere shows that the rules are right, not that they are in force here.
    const proven = proof?.holds === true && !stale && (proof.environment !== '*' || enforced || !isGuarded(need));
    return {
      ...need,
      operation,
      state: stateOf(proof?.holds === false, proven, enforced, need.declared),
      declaredBy: need.declared
        ? { at: contract.imported, source: `contract ${contract.digest.replace('sha256:', '').slice(0, 12)}` }
        : undefined,
      enforcedBy: enforced ? { at, source } : undefined,
      provenBy: proof && { at: proof.at, source: proof.source, holds: proof.holds, stale },
    };
  };
  return [
    ...contract.needs.api.map((need) => cell('', need)),
    ...[...contract.needs.operations].flatMap(([operation, needs]) => needs.map((need) => cell(operation, need))),
  ];
}

function isGuarded({ control }: ControlNeed): boolean {
  return enforcedBy[control] !== undefined || control === 'audit';
}

function stateOf(broken: boolean, proven: boolean, enforced: boolean, declared: boolean): ControlState {
  if (broken) return 'broken';
  if (proven) return 'proven';
  return enforced ? 'enforced' : declared ? 'declared' : 'missing';
}

type Says = (operation: string, control: EnforceableControl) => boolean;

const nothing: Says = () => false;

function saidBy({ groups = [] }: HeardGuard): Says {
  const said = new Map<string, Set<string>>();
  for (const { mode, controls, operations } of groups) {
    if (mode !== 'enforce') continue;
    for (const operation of operations) {
      const known = said.get(operation) ?? new Set();
      for (const control of controls) known.add(control);
      said.set(operation, known);
    }
  }
  return (operation, control) => said.get(operation)?.has(control) === true;
}

/** What was shown last decides: a hole that was closed is closed, and one that was found again is open. */
function latest(proofs: readonly Proof[], environment: string, operation: string, control: string): Proof | undefined {
  let last: Proof | undefined;
  for (const proof of proofs) {
    if (proof.control !== control) continue;
    if (proof.environment !== '*' && proof.environment !== environment) continue;
    if (proof.operation !== '*' && proof.operation !== operation) continue;
    // Of two at once the bad news counts.
    if (last === undefined || proof.at > last.at || (proof.at === last.at && !proof.holds)) last = proof;
  }
  return last;
}
