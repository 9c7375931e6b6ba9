/** Longer texts are not taken for regular expressions: parsing them costs more than a check may. */
const LONGEST = 10_000;

/** A regular expression of ECMA-262 with the `u` flag. */
export function regex(text: string): boolean {
  if (text.length > LONGEST) return false;
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    // The engine says so by throwing: it is none.
    return false;
  }
}
