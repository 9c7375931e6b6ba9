import type { Attempt, Stage } from './stage.ts';

/** One attack on a credential: what is sent, how it must be refused, and the honest request beside it. */
export interface Attack {
  readonly name: string;
  /** RFC and section, CVE, or OWASP id. */
  readonly source: string;
  /** The refused request. Sent after `good`. */
  readonly bad: (stage: Stage) => Attempt | Promise<Attempt>;
  /** The same request without the attack; accepted. */
  readonly good: (stage: Stage) => Attempt | Promise<Attempt>;
  /** Default 401. */
  readonly status?: number;
  /** Reason in the event. */
  readonly reason: string;
}
