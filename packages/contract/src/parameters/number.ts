import { Refused } from './refused.ts';

/** Digits that one number may have. Enough for decimal128 and every database's numeric keys, and cheap to convert. */
const maxDigits = 64;

const notANumber = new Refused(
  'type',
  'must be a number',
  'write a decimal number such as 12.5, without exponent, spaces or a leading zero',
);
const notAnInteger = new Refused(
  'type',
  'must be an integer',
  'write digits only, such as 20, without spaces or a leading zero',
);
const tooManyDigits = new Refused(
  'precision',
  `has more than ${maxDigits} digits`,
  'send fewer digits, or document the value as a string',
);
const tooPrecise = new Refused(
  'precision',
  'has more digits than a number keeps',
  'send at most 17 significant digits, or document the value as a string with format: decimal',
);
const tooLarge = new Refused(
  'range',
  'is larger or smaller than a number can be',
  'send a number between -1.8e308 and 1.8e308',
);
const tooSmall = new Refused(
  'range',
  'is too close to zero to be distinguished from it',
  'send 0, or a number that is not smaller than 5e-324',
);

/**
 * An integer in its one decimal form: `-?(0|[1-9]\d*)`. Beyond 2^53-1 it is a bigint, so that nothing is rounded.
 *
 * @returns number, bigint, or the reason why not
 */
export function integerOf(text: string): number | bigint | Refused {
  const length = text.length;
  let at = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const first = text.charCodeAt(at);
  // An empty text and a lone minus give NaN here, which is in no range.
  if (!(first >= 0x30 && first <= 0x39) || (first === 0x30 && length > at + 1)) return notAnInteger;
  const digits = length - at;
  if (digits > 15) return largeInteger(text, at);
  let value = 0;
  for (; at < length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return notAnInteger;
    value = value * 10 + digit;
  }
  return digits === length ? value : 0 - value;
}

function largeInteger(text: string, start: number): number | bigint | Refused {
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return notAnInteger;
  }
  if (text.length - start > maxDigits) return tooManyDigits;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/**
 * A number as parameters and form fields write it: JSON's grammar without exponent. `1e3` is refused because it is read
 * as 1, as 1000, or not at all, depending on who reads it.
 *
 * @returns number, bigint for whole numbers beyond 2^53-1, or the reason why not
 */
export function numberOf(text: string): number | bigint | Refused {
  const dot = text.indexOf('.');
  if (dot === -1) {
    const integer = integerOf(text);
    return integer === notAnInteger ? notANumber : integer;
  }
  if (integerOf(text.slice(0, dot)) instanceof Refused || dot === text.length - 1) return notANumber;
  for (let at = dot + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return notANumber;
  }
  const value = exactNumber(text);
  return value === 0 ? 0 : value;
}

/**
 * The value of a number in JSON's grammar, if it can be kept: whole numbers exactly, as bigint beyond 2^53-1; fractions
 * to the nearest double when they have at most 17 significant digits, which is what doubles are printed with.
 *
 * @param literal matches JSON's `number` (RFC 8259 section 6)
 */
export function exactNumber(literal: string): number | bigint | Refused {
  const value = Number(literal);
  if (literal.length < 16 && value !== 0 && Number.isFinite(value)) return value;
  const [mantissa = '', exponent] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  if (whole.length + fraction.length > maxDigits) return tooManyDigits;
  if (!Number.isFinite(value)) return tooLarge;
  const significant = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (value === 0) return significant === '' ? value : tooSmall;
  if (exponent === undefined && /^0*$/.test(fraction)) {
    return Number.isSafeInteger(value) ? value : BigInt(mantissa.split('.')[0] ?? '');
  }
  return significant.length > 17 ? tooPrecise : value;
}
