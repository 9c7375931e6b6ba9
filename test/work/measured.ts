/** Something that handles input, of any size. */
export interface Measured {
  /** The smaller size; the other one is four times it. */
  readonly n: number;
  /** Gets ready, uncounted, and gives what is counted. It asserts by itself that the input was taken as meant. */
  readonly prepare: (n: number) => (() => unknown) | Promise<() => unknown>;
  /** True where a limit ends the work before the end of the input. */
  readonly bounded?: boolean;
}

/** `length` values by index. */
export function times<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
