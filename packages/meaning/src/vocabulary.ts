/**
 * Words of several languages, by their spelling without marks. `ae`, `oe` and `ue` count as `a`, `o` and `u`, so that
 * `überweisung`, `ueberweisung` and `uberweisung` are one word.
 */
export class Vocabulary {
  readonly #words: ReadonlySet<string>;

  /** @param text words, separated by white space */
  constructor(text: string) {
    this.#words = new Set(text.split(/\s+/).flatMap((word) => (word === '' ? [] : [folded(word)])));
  }

  has(word: string): boolean {
    return this.#words.has(folded(word));
  }

  /** Whether one of the words is in it. */
  hasAny(words: Iterable<string>): boolean {
    for (const word of words) if (this.#words.has(folded(word))) return true;
    return false;
  }
}

/** The spelling that a word is looked up by. */
export function folded(word: string): string {
  return word.replaceAll(/([aou])e/g, '$1');
}
