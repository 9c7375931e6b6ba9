import type { Profile } from '@castellan/contract';
import type { Finding } from './finding.ts';
import type { Ignore } from './ignores.ts';
import type { Score } from './score.ts';

/** What a check of one document found. */
export interface Report {
  /** As the user named it. */
  readonly file: string;
  readonly title: string;
  readonly version: string;
  readonly profile: Profile;
  readonly operations: number;
  readonly score: Score;
  /** Who answers for the API, as the document says. */
  readonly owner?: string | undefined;
  /** Where it is deployed, as castellan.yaml says. */
  readonly environment?: string | undefined;
  /** Its score in the last run of an earlier day, where runs are written down. */
  readonly before?: { readonly at: string; readonly score: number } | undefined;
  /** Worst first; neither ignored nor in the baseline. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly { readonly finding: Finding; readonly ignore: Ignore }[];
  /** How many findings are in the baseline. */
  readonly known: number;
  /** Lines about ignores that have ended or match nothing. */
  readonly notices: readonly string[];
}

/** Whether the document had nothing to find anything in: no operation and no webhook. No other report has 0 points. */
export function checkedNothing({ score }: Report): boolean {
  return score.value === 0;
}

/** What a format may say about a rule beside its findings. */
export interface RuleDescription {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly mend: string;
  readonly owasp: readonly string[];
  readonly asvs: readonly string[];
}
