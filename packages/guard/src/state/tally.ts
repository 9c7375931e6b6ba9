/** How often something happened lately: wrong guesses of an address, for instance. Forgotten when it did not happen for a time. */
export interface Tally {
  /** How often, as far as this instance knows; 0 where it did not happen lately. */
  count(key: string, now: number): number;
  /** When it happened last, milliseconds since the epoch; 0 where it did not lately. */
  last(key: string, now: number): number;
  /** It happened; or, with -1, it turned out that it did not. Counts here at once and on other instances when they next look. */
  add(key: string, by: 1 | -1, now: number): void;
  /** As if it had never happened. */
  clear(key: string, now: number): void;
  /** Looks what other instances counted, where there are some. Never rejects: where nobody answers, what is known here counts. */
  refresh(keys: readonly string[]): Promise<void> | undefined;
}
