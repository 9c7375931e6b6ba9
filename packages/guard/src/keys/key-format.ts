import { randomBytes } from 'node:crypto';
// As a whole: an older Node.js has no `crc32`, and must get as far as being told so.
import * as zlib from 'node:zlib';

/** What every key begins with, so that people and secret scanners recognise one: see `keyPattern`. */
export const keyPrefix = 'cstl_';

/** For secret scanners: prefix, id, 256 random bits, checksum. */
export const keyPattern = /^cstl_([0-9A-Za-z]{10})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key: its id, which is no secret, and its whole text, which is shown once. */
export interface NewKey {
  readonly id: string;
  readonly key: string;
}

/** Makes a key of 43 characters of 62, 256 bits, with a checksum that tells a mistyped one from a wrong one. */
export function createKey(): NewKey {
  const id = randomText(10);
  const body = `${keyPrefix}${id}_${randomText(43)}`;
  return { id, key: `${body}${checksum(body)}` };
}

/** Whether a text is a whole key of this form. A key whose checksum is wrong was mistyped and need not be looked up. */
export function isWholeKey(text: string): boolean {
  return keyPattern.test(text) && text.slice(-6) === checksum(text.slice(0, -6));
}

function checksum(body: string): string {
  let rest = zlib.crc32(body);
  let text = '';
  for (let i = 0; i < 6; i++) {
    text = (alphabet[rest % 62] ?? '0') + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Characters of equal chance: bytes over the largest multiple of 62 are thrown away. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62] ?? '';
    }
  }
  return text;
}
