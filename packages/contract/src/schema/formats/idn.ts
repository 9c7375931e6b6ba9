import { ALPHA, DIGIT, all, classOf } from './characters.ts';
import { decodePunycode, encodePunycode } from './punycode.ts';

/** Longest label in characters that is looked at: a DNS label has 63 octets. */
const LONGEST = 63;

/** RFC 5892 section 2.6, `PVALID`, `CONTEXTJ` and `CONTEXTO` exceptions; the latter have rules below. */
const ALLOWED =
  /^[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9\u200c\u200d]$/u;
/** RFC 5892 section 2.6, `DISALLOWED` exceptions. */
// oxlint-disable-next-line no-misleading-character-class -- single code points, listed one by one
const FORBIDDEN = /^[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]$/u;
const LETTER_DIGIT = /^[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]$/u;
/** Characters of canonical combining class 9 in the scripts that use joiners. */
const VIRAMA =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed]$/u;
/** RFC 5892 appendix A.1: between letters that join, Arabic ones here; the first must join on its left. */
const BETWEEN_JOINING = /(?![\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648])\p{Script=Arabic}\p{Mn}*$/u;
const JOINING = /^\p{Mn}*\p{Script=Arabic}/u;

/** Whether a label with hyphens in third and fourth place is the ASCII form of a valid Unicode label (RFC 5890 section 2.3.2.1). */
export function punycodeLabel(label: string): boolean {
  if (label.length > LONGEST || label.slice(0, 4).toLowerCase() !== 'xn--') return false;
  const encoded = label.slice(4).toLowerCase();
  const decoded = decodePunycode(encoded);
  if (decoded === undefined || decoded === '' || all(decoded, 0, decoded.length, 0xff)) return false;
  return unicodeLabel(decoded) && encodePunycode(decoded) === encoded;
}

/** Octets of a label's ASCII form; undefined where the label is not valid (RFC 5891 section 4.2). */
export function internationalLabel(label: string): number | undefined {
  const { length } = label;
  if (length === 0 || length > LONGEST) return undefined;
  let ascii = true;
  for (let index = 0; index < length; index++) if (label.charCodeAt(index) > 127) ascii = false;
  if (ascii) {
    for (let index = 0; index < length; index++) {
      const code = label.charCodeAt(index);
      if (code !== 45 && (classOf(code) & (ALPHA | DIGIT)) === 0) return undefined;
    }
    if (label.startsWith('-') || label.endsWith('-')) return undefined;
    return label.slice(2, 4) === '--' && !punycodeLabel(label) ? undefined : length;
  }
  if (!unicodeLabel(label)) return undefined;
  const octets = 4 + encodePunycode(label).length;
  return octets <= LONGEST ? octets : undefined;
}

function unicodeLabel(label: string): boolean {
  if (label !== label.normalize('NFC') || label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--')
    return false;
  if (/^\p{M}/u.test(label)) return false;
  let offset = 0;
  for (const character of label) {
    if (!permitted(character) || !contextHolds(label, character, offset)) return false;
    offset += character.length;
  }
  return bidirectional(label);
}

function permitted(character: string): boolean {
  if (character === '-' || ALLOWED.test(character)) return true;
  if (FORBIDDEN.test(character) || !LETTER_DIGIT.test(character)) return false;
  // RFC 5892 section 2.2: what changes under case folding and compatibility composition is unstable.
  return character.normalize('NFKC').toLowerCase().normalize('NFKC') === character;
}

/** RFC 5892 appendix A. */
function contextHolds(label: string, character: string, offset: number): boolean {
  const before = label.slice(0, offset);
  const after = label.slice(offset + character.length);
  switch (character) {
    case '\u00b7':
      return before.endsWith('l') && after.startsWith('l');
    case '\u0375':
      return /^\p{Script=Greek}/u.test(after);
    case '\u05f3':
    case '\u05f4':
      return /\p{Script=Hebrew}$/u.test(before);
    case '\u30fb':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(label.replaceAll('\u30fb', ''));
    case '\u200c':
      return VIRAMA.test(before) || (BETWEEN_JOINING.test(before) && JOINING.test(after));
    case '\u200d':
      return VIRAMA.test(before);
    default:
      if (/[\u0660-\u0669]/.test(character)) return !/[\u06f0-\u06f9]/.test(label);
      return true;
  }
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const DIGITS = /[0-9\u06f0-\u06f9]/;
const ARABIC_DIGITS = /[\u0660-\u0669]/;

/** Whether a label has right-to-left letters. */
export function isRightToLeft(label: string): boolean {
  return RIGHT_TO_LEFT.test(label.replaceAll(/\p{Nd}/gu, ''));
}

/** RFC 5893 section 2, told from scripts: a label with right-to-left letters starts with one, has no left-to-right ones, and one kind of digits. */
function bidirectional(label: string): boolean {
  if (!isRightToLeft(label)) return true;
  if (/^\p{Nd}/u.test(label) || (DIGITS.test(label) && ARABIC_DIGITS.test(label))) return false;
  return [...label].every((character) => !/\p{L}/u.test(character) || RIGHT_TO_LEFT.test(character));
}
