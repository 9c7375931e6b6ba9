/** How the entries of a list are written that processes share, one by one. */
export interface EntryFormat<T> {
  /** `the revocation list`: what messages call it. */
  readonly list: string;
  /** What messages call one of its entries. */
  readonly entry: string;
  /** Code of the error for a line that is none. */
  readonly badCode: string;
  /** What to do about such a line. */
  readonly remedy: string;
  /** Reads one entry from its text; undefined where it is none. */
  readonly parse: (text: string) => T | undefined;
  /** The text of one entry. @throws CastellanError where it is none */
  readonly write: (entry: T) => string;
}
