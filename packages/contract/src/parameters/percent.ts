import { Refused } from './refused.ts';

const invalid = new Refused(
  'percent-encoding',
  'is not percent-encoded UTF-8',
  'encode the text as UTF-8, and each byte outside the unreserved ones as % and two hex digits',
);
const nul = new Refused('control-character', 'holds a NUL character', 'leave it out');

/**
 * Undoes percent-encoding strictly: every `%` must begin an encoded byte, and the bytes must be UTF-8 (no overlong forms,
 * no surrogates). Lenient readers disagree on everything else.
 *
 * @param plusIsSpace true for queries and forms, as URLSearchParams, qs, node:querystring, fast-querystring and Hono read them
 */
export function percentDecoded(text: string, plusIsSpace: boolean): string | Refused {
  let result = plusIsSpace && text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (result.includes('%')) {
    try {
      result = decodeURIComponent(result);
    } catch {
      return invalid;
    }
    if (result.includes('\0')) return nul;
  }
  return result;
}
