import type { Exchange } from '../exchange.ts';
import type { StageName } from '../stage.ts';

/** How long each stage took, milliseconds, with what it waited for. Stages that did not run are not there. */
export type StageTimings = Readonly<Partial<Record<StageName, number>>>;

/** Measures the stages of one request, one after the other. Made only where somebody is given facts. */
export class StageTimer {
  readonly #timings: Partial<Record<StageName, number>> = {};
  #last: number;

  /** @param now monotonic milliseconds */
  constructor(now: number) {
    this.#last = now;
  }

  /** What passed since the last stage ended was this stage. One that runs twice is the sum of both. */
  end(stage: StageName, now = performance.now()): void {
    this.#timings[stage] = (this.#timings[stage] ?? 0) + (now - this.#last);
    this.#last = now;
  }

  get timings(): StageTimings {
    return this.#timings;
  }
}

/** The handler's part ends with the exchange, where the request came to its door. @param now monotonic milliseconds */
export function endHandler({ verdict, answer, timer }: Exchange, now: number): void {
  const reached =
    verdict === undefined ? answer === undefined : verdict.stage === 'handler' || verdict.stage === 'release';
  if (reached) timer?.end('handler', now);
}
