import { createHash } from 'node:crypto';
import type { Contract, Location, Operation, Place, Profile } from '@castellan/contract';
import type { Finding, OverlayAction } from '../findings/finding.ts';
import { copiesOf } from './copies.ts';
import { severities, type Severity } from '../findings/risk.ts';
import { isOpen, isUnsafe, readApi, type Api } from './api.ts';
import type { ArchitectureRule, ContractRule, Flaw, RuleFacts } from './rule.ts';

export interface CheckOptions {
  /** Instead of the one that the document declares. */
  readonly profile?: Profile | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly rules: readonly ContractRule[];
}

/** Flaws of one rule that have one root cause. */
interface Cause {
  readonly rule: RuleFacts;
  readonly flaw: Flaw;
  readonly operations: Set<Operation>;
  /** What was found in it, and what each flaw says. */
  readonly members: Set<string>;
  readonly messages: Set<string>;
  /** Places where the same object is written once more, and the patches of those. */
  copies: number;
  readonly mends: OverlayAction[];
}

/**
 * Findings of an API's document, worst first, then in the order of the document.
 * Pure: the same document, rules, profile and time give the same findings.
 */
export function checkContract(contract: Contract, options: CheckOptions): Finding[] {
  const api = readApi(contract, {
    now: options.now,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const order = new Map(contract.operations.map((operation, index) => [operation, index]));
  const copies = copiesOf(contract);
  const findings: Finding[] = [];
  for (const rule of options.rules) {
    if (severityFor(rule, api.profile) === 'off') continue;
    for (const cause of causesOf(rule, rule.find(api), copies))
      findings.push(toFinding(cause, api, order, (at) => placeOf(contract, at)));
  }
  return findings.sort(worstFirst);
}

/**
 * Findings of what stands around an API, worst first. The model is the caller's: it is read from the files by another room.
 * @param profile of the strictest API that the files deploy
 */
export function checkArchitecture<Architecture>(
  architecture: Architecture,
  options: { readonly profile: Profile; readonly rules: readonly ArchitectureRule<Architecture>[] },
): Finding[] {
  const findings: Finding[] = [];
  for (const rule of options.rules) {
    const base = severityFor(rule, options.profile);
    if (base === 'off') continue;
    for (const cause of causesOf(rule, rule.find(architecture))) {
      const { flaw, operations } = cause;
      if ('pointer' in flaw.at) continue;
      findings.push({
        ...factsOf(rule, flaw),
        severity: flaw.severity ?? base,
        place: flaw.at,
        operations: [...operations].map((operation) => operation.operationId),
        ...membersOf(cause),
        fingerprint: hash(rule.id, `${flaw.at.file}#${flaw.message}`),
      });
    }
  }
  return findings.sort(worstFirst);
}

/** Merges flaws of one rule by root cause. */
function causesOf(
  rule: RuleFacts,
  flaws: Iterable<Flaw>,
  copies: (at: Location) => string | undefined = () => undefined,
): Cause[] {
  const causes = new Map<string, Cause>();
  for (const flaw of flaws) {
    const copy = 'pointer' in flaw.at ? copies(flaw.at) : undefined;
    const key = flaw.cause ?? copy ?? keyOf(flaw.at);
    let cause = causes.get(key);
    if (cause === undefined) {
      cause = { rule, flaw, operations: new Set(), members: new Set(), messages: new Set(), mends: [], copies: 0 };
      causes.set(key, cause);
    } else if (copy !== undefined && keyOf(flaw.at) !== keyOf(cause.flaw.at)) {
      cause.copies++;
      cause.mends.push(...(flaw.mend?.actions ?? []));
    }
    // Copies say the same of other operations.
    if (copy === undefined) cause.messages.add(flaw.message);
    for (const member of flaw.members ?? []) cause.members.add(member);
    for (const operation of flaw.operations ?? []) cause.operations.add(operation);
  }
  return [...causes.values()];
}

/** What a rule weighs for a profile. */
function severityFor(rule: RuleFacts, profile: Profile): Severity | 'off' {
  return typeof rule.severity === 'string' ? rule.severity : rule.severity[profile];
}

/** Those that the rule names; where several flaws have one root cause, what each of them says. */
function membersOf({ members, messages }: Cause): Pick<Finding, 'members'> {
  if (messages.size > 1) for (const message of messages) members.add(message);
  return members.size === 0 ? {} : { members: [...members].toSorted() };
}

function toFinding(
  cause: Cause,
  api: Api,
  order: ReadonlyMap<Operation, number>,
  place: (at: Location | Place) => Place,
): Finding {
  const { rule, flaw, operations } = cause;
  const base = severityFor(rule, api.profile);
  const sorted = [...operations].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const severity = flaw.severity ?? (base === 'off' ? 'info' : base);
  return {
    ...withCopies(factsOf(rule, flaw), cause),
    severity: rule.weighed === true ? weigh(severity, sorted, api) : severity,
    place: place(flaw.at),
    ...('pointer' in flaw.at ? { location: flaw.at } : {}),
    operations: sorted.map((operation) => operation.operationId),
    ...membersOf(cause),
    fingerprint: fingerprintOf(rule.id, flaw, api),
  };
}

/** What a finding takes from its rule, or from the flaw where that says otherwise. */
function factsOf(rule: RuleFacts, flaw: Flaw) {
  return {
    rule: rule.id,
    title: rule.title,
    owasp: rule.owasp,
    asvs: rule.asvs,
    confidence: flaw.confidence ?? rule.confidence,
    message: flaw.message,
    why: rule.why,
    mend: flaw.mend ?? { text: rule.mend },
  };
}

/** Says that the object is written at more places, and patches all of them. */
function withCopies(facts: ReturnType<typeof factsOf>, { copies, mends }: Cause): ReturnType<typeof factsOf> {
  if (copies === 0) return facts;
  const { actions } = facts.mend;
  return {
    ...facts,
    message: `${facts.message}; the same object is written at ${copies} more ${copies === 1 ? 'place' : 'places'}`,
    mend: actions === undefined ? facts.mend : { ...facts.mend, actions: [...actions, ...mends] },
  };
}

/** One step up for what anyone may change or what gives away secrets, one step down for reading what no name calls sensitive. */
function weigh(severity: Severity, operations: readonly Operation[], api: Api): Severity {
  if (operations.length === 0) return severity;
  const worse = operations.some((operation) => {
    const data = api.dataOf(operation);
    return (
      (isOpen(operation) && isUnsafe(operation)) || (isOpen(operation) && data !== undefined && data !== 'contact')
    );
  });
  const milder = !worse && operations.every((operation) => !isUnsafe(operation) && api.dataOf(operation) === undefined);
  const at = severities.indexOf(severity) + (worse ? -1 : milder ? 1 : 0);
  return severities[Math.min(Math.max(at, 0), severities.length - 1)] ?? severity;
}

function placeOf(contract: Contract, at: Location | Place): Place {
  return 'pointer' in at ? contract.place(at) : at;
}

function keyOf(at: Location | Place): string {
  return 'pointer' in at ? `${at.document}#${at.pointer}` : `${at.file}:${at.line ?? 0}:${at.column ?? 0}`;
}

/** Of rule, document and pointer; lines may move. The document counts by its name among the contract's, so that checkouts agree. */
function fingerprintOf(rule: string, flaw: Flaw, api: Api): string {
  const { at, cause } = flaw;
  if (cause !== undefined) return hash(rule, cause);
  const where =
    'pointer' in at
      ? `${at.document === api.contract.documents[0] ? '' : (at.document.split('/').at(-1) ?? '')}#${at.pointer}`
      : `${at.file}#${flaw.message}`;
  return hash(rule, where);
}

function hash(rule: string, where: string): string {
  return createHash('sha256').update(`${rule}\n${where}`).digest('hex').slice(0, 16);
}

function worstFirst(a: Finding, b: Finding): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity);
}
