/**
 * What a check may still spend: about 20 ns a piece. A schema can ask for work that is exponential in its own size
 * (`allOf` of twice the same reference, thirty levels deep), and no value is worth a stalled loop: what cannot be decided
 * within the budget is refused.
 */
export const fuel = {
  left: 0,
  /** For one value from outside. */
  request: 500_000,
};

/** Values for which that is meant. */
const usualNodes = 25_000;

/** For one value from outside where nobody asked for more: some 10 ms. */
export const REQUEST_FUEL = fuel.request;

/**
 * Lets checks of requests take as much longer as they may hold more values: some 10 ms for each 25,000. It counts for the whole
 * process, and is never taken back.
 */
export function allowNodes(maxNodes: number): void {
  fuel.request = Math.max(fuel.request, Math.ceil(REQUEST_FUEL * (maxNodes / usualNodes)));
}

/** For one value of the application's own, which may be sixteen times as large as a request. */
export const RESPONSE_FUEL = 20_000_000;

/** Thrown when a check has spent all of its fuel. Never leaves `compileSchema`. */
export class OutOfFuel extends Error {}

/** Spends, or stops the check. Generated code does the same in line and calls `stop`. */
export function spend(amount: number): void {
  if ((fuel.left -= amount) < 0) stop();
}

export function stop(): never {
  throw new OutOfFuel('out of fuel');
}
