import type { Location, Operation, Place, Profile } from '@castellan/contract';
import type { Mend } from '../findings/finding.ts';
import { severities, type AsvsId, type Confidence, type OwaspRisk, type Severity } from '../findings/risk.ts';
import type { Api } from './api.ts';

/** One severity for all profiles, or one for each; `off` where the profile does not ask for it. */
type RuleSeverity = Severity | Readonly<Record<Profile, Severity | 'off'>>;

/** A weakness that a rule saw. The engine adds what the rule says about itself, and merges those of one root cause. */
export interface Flaw {
  /**
   * The root cause: the node that its author would change (a location in the contract's documents), or a place in
   * another file. Flaws of one rule with the same root cause become one finding.
   */
  readonly at: Location | Place;
  /**
   * What the root cause is called where it is no node: `/admin`, for operations under that path. Then `at` may be another of
   * its places tomorrow, and the finding is the same.
   */
  readonly cause?: string | undefined;
  /** What is wrong here, in one sentence without a full stop; names the parameter, property, service. */
  readonly message: string;
  /**
   * What it was found in, where it speaks of several things at once, by names that stay the same when lines move. Of a
   * finding about the whole document the operations count as well.
   */
  readonly members?: Iterable<string> | undefined;
  /** Operations that it touches. Their data and openness raise or lower the severity. */
  readonly operations?: Iterable<Operation> | undefined;
  /** Instead of the rule's own, where this place is worse or milder. */
  readonly severity?: Severity | undefined;
  readonly confidence?: Confidence | undefined;
  /** Instead of the rule's own, with a patch where one can be written. */
  readonly mend?: Mend | undefined;
}

/** What a rule says about itself. Its documentation page is made of it. */
export interface RuleFacts {
  /** Stable, kebab case; the rule's file is called so. */
  readonly id: string;
  /** A noun phrase: `Credential in the URL`. */
  readonly title: string;
  /** The first is the one that it is counted under. */
  readonly owasp: readonly [OwaspRisk, ...OwaspRisk[]];
  readonly asvs: readonly AsvsId[];
  readonly severity: RuleSeverity;
  /**
   * Whether what the operations touch changes the severity: one step up where anyone may call them or where they carry
   * secrets, one step down where they only read what is public. Default false.
   */
  readonly weighed?: boolean | undefined;
  /**
   * Where its findings are only seen as far as somebody described the data: what callers send, what they are given.
   * Where nothing is described, the score counts as if it had found something.
   */
  readonly reads?: 'requests' | 'answers' | 'both' | undefined;
  readonly confidence: Confidence;
  /** One sentence: what an attacker gains, or what goes wrong. */
  readonly why: string;
  /** One sentence without a full stop: what to write instead. */
  readonly mend: string;
  /** More for its page, Markdown: when it stays silent, and why. */
  readonly docs?: string | undefined;
}

/** A document of an example: YAML text. The engine loads it as the contract loader loads any document. */
export interface ContractExample {
  readonly name?: string | undefined;
  readonly document: string;
  /** Documents that it refers to, by address. */
  readonly network?: Readonly<Record<string, string>> | undefined;
}

/** Rule over an API's document. */
export interface ContractRule extends RuleFacts {
  readonly examines: 'contract';
  /** Each is found at least once; shown on its page. */
  readonly bad: readonly (string | ContractExample)[];
  /** Nothing is found in any. */
  readonly good: readonly (string | ContractExample)[];
  /** Pure. Yields every weakness of its kind. */
  readonly find: (api: Api) => Iterable<Flaw>;
}

/**
 * Rule over what stands around the API: `castellan.yaml`, docker compose, Kubernetes, nginx, Envoy, as one model.
 * Its examples are small trees of files, by path; the model is read from them as it is read from a repository.
 */
export interface ArchitectureRule<Architecture> extends RuleFacts {
  readonly examines: 'architecture';
  readonly bad: readonly Readonly<Record<string, string>>[];
  readonly good: readonly Readonly<Record<string, string>>[];
  /** Pure. Yields every weakness of its kind; `at` is a Place (file, line, column). */
  readonly find: (architecture: Architecture) => Iterable<Flaw>;
}

/** A weakness as a rule may write it: `fix` where this place needs another one than the rule's. */
type WrittenFlaw = Flaw & { readonly fix?: Mend | undefined };

/** A rule as it is written. `fix`: one sentence without a full stop, what to write instead. */
export type WrittenRule = Omit<ContractRule, 'examines' | 'mend' | 'find'> & {
  readonly find: (api: Api) => Iterable<WrittenFlaw>;
} & ({ readonly fix: string } | { /** @deprecated Older name of `fix`. */ readonly mend: string });

/** Says that a value is a rule, and keeps its literal types. */
export function contractRule(rule: WrittenRule): ContractRule {
  if (!('fix' in rule)) return { examines: 'contract', ...rule };
  const { fix, find, ...rest } = rule;
  return { examines: 'contract', ...rest, mend: fix, find: (api) => withFix(find(api)) };
}

function* withFix(flaws: Iterable<WrittenFlaw>): Iterable<Flaw> {
  for (const { fix, ...flaw } of flaws) yield fix === undefined ? flaw : { ...flaw, mend: fix };
}

/** A severity for `standard`; two steps milder for a toy, one for what is internal, one worse for a bank. */
export function graded(standard: Severity): Readonly<Record<Profile, Severity>> {
  const step = (by: number): Severity =>
    severities[Math.min(Math.max(severities.indexOf(standard) + by, 0), severities.length - 1)] ?? standard;
  return { toy: step(2), internal: step(1), standard, bank: step(-1) };
}
