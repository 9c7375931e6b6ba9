import type { Place } from '@castellan/contract';

/** A question that only people can answer. */
export interface Question {
  /** Stable: `exposure`, `how-bad:financial`, `rule:placeOrder`. */
  readonly id: string;
  readonly question: string;
  /** What the answer changes. */
  readonly why: string;
  /** What may be answered; any text where not said. */
  readonly options?: readonly string[] | undefined;
}

/** What somebody answered, and when. */
export interface Answer {
  readonly id: string;
  readonly answer: string;
  readonly by: string;
  /** Full date. */
  readonly at: string;
}

/** What somebody decided about one threat, until when. */
export interface Decision {
  /** Id of the threat at its subject: `flood@shop/listOrders`. A `*` at the end stands for the rest. */
  readonly threat: string;
  readonly status: 'accepted' | 'mitigated';
  readonly owner: string;
  readonly reason: string;
  /** Full date; the decision ends with that day. */
  readonly until: string;
  readonly place: Place;
}

/** The review file: what people said. */
export interface Review {
  readonly file: string;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly decisions: readonly Decision[];
}

/** Nobody has said anything. */
export const noReview: Review = { file: '', answers: new Map(), decisions: [] };
