import type { Location, Place } from '@castellan/contract';
import type { AsvsId, Confidence, OwaspRisk, Severity } from './risk.ts';

/** One action of an OpenAPI Overlay 1.0: what is merged in at, or removed from, what a JSONPath selects. */
export interface OverlayAction {
  /** RFC 9535 JSONPath into the root document. */
  readonly target: string;
  readonly description?: string | undefined;
  readonly update?: unknown;
  readonly remove?: true | undefined;
}

/** What to do about a finding. */
export interface Mend {
  /** One sentence without a full stop. */
  readonly text: string;
  /** The mend as a ready patch, where one can be written. */
  readonly actions?: readonly OverlayAction[] | undefined;
  /**
   * Whether the patch cannot change what a good client sees: written by `--fix`. Others are written by `--fix=all`,
   * each marked.
   */
  readonly safe?: boolean | undefined;
}

/** A weakness at one place, with all that is needed to judge and to mend it. One root cause is one finding. */
export interface Finding {
  /** Id of the rule, kebab case: `authentication-missing`. */
  readonly rule: string;
  readonly title: string;
  readonly owasp: readonly OwaspRisk[];
  readonly asvs: readonly AsvsId[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly place: Place;
  /** Where in the loaded documents; missing where it was found in other files. */
  readonly location?: Location | undefined;
  /** What is wrong here, in one sentence without a full stop. */
  readonly message: string;
  /** Why that matters, in one sentence. */
  readonly why: string;
  readonly mend: Mend;
  /**
   * What it was found in, one name each that stays the same when lines move, where it speaks of several things at once:
   * properties, schemas, webhooks. A baseline knows these, so that a new one among them is new.
   */
  readonly members?: readonly string[] | undefined;
  /** operationIds that it touches, in the document's order. */
  readonly operations: readonly string[];
  /** Stays the same when lines move: what baselines and code scanning services know a finding by. */
  readonly fingerprint: string;
}
