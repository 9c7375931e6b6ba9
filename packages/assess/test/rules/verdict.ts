import type { Profile } from '@castellan/contract';
import { readArchitectureTexts, type Architecture } from '../../src/architecture/index.ts';
import { loadExample } from '../../src/posture/example.ts';
import {
  checkArchitecture,
  checkContract,
  type ArchitectureRule,
  type ContractRule,
  type Finding,
  type OverlayAction,
} from '../../src/posture/index.ts';

/** What a rule is expected to say about one place of one of its bad documents. */
export interface Verdict {
  /** The message, whole. */
  readonly says: string;
  /** JSON Pointer into the document, after its address where it is another one; file and line where it is no API's document. */
  readonly at: string;
  /** For `toy`, `internal`, `standard`, `bank`; one word where it is the same for all. */
  readonly severity: string;
  readonly confidence: Finding['confidence'];
  /** operationIds, those of the document or those that the contract makes. */
  readonly operations: readonly string[];
  /** What it was found in, where it speaks of several things at once. */
  readonly members?: readonly string[];
  readonly mend: string;
  /** What writes the patch. */
  readonly fix?: '--fix' | '--fix=all';
  /** The patch: JSONPath, then what is merged in there, or `removed`. */
  readonly patch?: readonly string[];
}

/** For each bad document of a rule, in their order: what it says about it. */
export type Verdicts = Readonly<Record<string, readonly (readonly Verdict[])[]>>;

/** A rule of either kind, with what it reads its examples with. */
export type Rule = ContractRule | ArchitectureRule<Architecture>;
/** A document or a tree of files. */
export type Example = Rule['bad'][number];

const PROFILES = ['toy', 'internal', 'standard', 'bank'] as const satisfies readonly Profile[];
const NOW = Date.parse('2026-11-25');

/** All that a rule says about an example, under every profile, as verdicts. */
export async function judge(rule: Rule, example: Example): Promise<readonly Verdict[]> {
  const found = new Map<string, { readonly finding: Finding; readonly severities: Map<Profile, string> }>();
  for (const profile of PROFILES)
    for (const finding of await findingsOf(rule, example, profile)) {
      const key = `${whereOf(finding)} ${finding.message}`;
      const known = found.get(key) ?? { finding, severities: new Map() };
      known.severities.set(profile, finding.severity);
      found.set(key, known);
    }
  return [...found.values()].map(({ finding, severities }) => {
    const each = PROFILES.map((profile) => severities.get(profile) ?? 'off');
    const { actions = [], safe = false, text } = finding.mend;
    return {
      says: finding.message,
      at: whereOf(finding),
      severity: new Set(each).size === 1 ? (each[0] ?? '') : each.join(' '),
      confidence: finding.confidence,
      operations: finding.operations,
      ...(finding.members === undefined ? {} : { members: finding.members }),
      mend: text,
      ...(actions.length === 0
        ? {}
        : { fix: safe ? ('--fix' as const) : ('--fix=all' as const), patch: actions.map(shown) }),
    };
  });
}

async function findingsOf(rule: Rule, example: Example, profile: Profile): Promise<readonly Finding[]> {
  if (rule.examines === 'architecture')
    return checkArchitecture(readArchitectureTexts(example as Readonly<Record<string, string>>), {
      profile,
      rules: [rule],
    });
  return checkContract(await loadExample(example as ContractRule['bad'][number]), { profile, rules: [rule], now: NOW });
}

function whereOf({ location, place }: Finding): string {
  if (location === undefined) return `${place.file}:${place.line}`;
  return /^https?:/.test(location.document) ? `${location.document}#${location.pointer}` : location.pointer;
}

function shown({ target, update, remove }: OverlayAction): string {
  return `${target} ${remove === true ? 'removed' : JSON.stringify(update)}`;
}
