import { CastellanError } from '@castellan/contract';

/** What was written cannot be meant; says which option it is, so that whoever read a file finds its line. */
export class OptionError extends CastellanError {
  /** `options.limits.perAddress`, `authentication.oauth.scopes[0]`. */
  readonly option: string;

  constructor(option: string, code: string, message: string, mend: string) {
    super({ code, message, mend });
    this.option = option;
  }
}

/** What is wrong so far, while everything wrong is asked for. */
let collected: OptionError[] | undefined;

/** What is wrong was told: whoever looked at the value further would only tell what follows from that. */
const told = Symbol('told');

/**
 * Everything that is wrong with a value, not only the first of it: for who writes a file and wants to correct it once.
 * @param read reads the value
 * @returns what `read` gives where nothing is wrong; every error in the order in which they were found
 */
export function readAll<T>(read: () => T): { readonly value: T | undefined; readonly errors: readonly OptionError[] } {
  const before = collected;
  const errors: OptionError[] = (collected = []);
  try {
    const value = attempt(read);
    return { value: value === told ? undefined : value, errors };
  } finally {
    collected = before;
  }
}

/** A part of a value: what is wrong with it keeps nobody from looking at the others, where everything is asked for. */
export function attempt<T>(read: () => T): T | typeof told {
  if (collected === undefined) return read();
  try {
    return read();
  } catch (error) {
    if (error === told) return told;
    if (!(error instanceof OptionError)) throw error;
    collected.push(error);
    return told;
  }
}

/** Parts that were read, where nothing is wrong with any. */
export function whole<T>(parts: readonly (T | typeof told)[]): readonly T[] {
  // `attempt` catches it: nobody else ever sees it.
  if (parts.includes(told)) throw told;
  return parts as readonly T[];
}
