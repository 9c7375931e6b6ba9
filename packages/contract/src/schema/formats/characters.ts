/** What a character may be in the grammars below; one bit each. */
export const DIGIT = 1;
export const HEX = 2;
export const ALPHA = 4;
/** RFC 3986 `unreserved`. */
export const UNRESERVED = 8;
/** RFC 3986 `sub-delims`. */
export const SUB_DELIMITER = 16;
/** RFC 5322 `atext`. */
export const ATOM = 32;
/** RFC 4648 section 4 and section 5 alphabets. */
export const BASE64 = 64;
export const BASE64URL = 128;

/** The classes of each ASCII character, by its code. */
const CLASSES = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (let index = 0; index < characters.length; index++) {
    const code = characters.charCodeAt(index);
    CLASSES[code] = (CLASSES[code] ?? 0) | bits;
  }
}

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
mark(digits, DIGIT | HEX | UNRESERVED | ATOM | BASE64 | BASE64URL);
mark('ABCDEFabcdef', HEX);
mark(letters, ALPHA | UNRESERVED | ATOM | BASE64 | BASE64URL);
mark('-._~', UNRESERVED);
mark("!$&'()*+,;=", SUB_DELIMITER);
mark("!#$%&'*+-/=?^_`{|}~", ATOM);
mark('+/', BASE64);
mark('-_', BASE64URL);

/** The classes of a character; 0 beyond ASCII. */
export function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : 0;
}

/** Whether every character of a part of a text has one of the classes. */
export function all(text: string, from: number, to: number, classes: number): boolean {
  for (let index = from; index < to; index++) if ((classOf(text.charCodeAt(index)) & classes) === 0) return false;
  return true;
}
