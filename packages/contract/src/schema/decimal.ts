import { spend } from './fuel.ts';

/** A decimal fraction, exactly: `digits / 10 ** scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * A test for being a whole multiple of `divisor`, exact for decimal fractions: 0.07 is a multiple of 0.01. A JavaScript number
 * stands for the shortest decimal that reads back as it, which is what was written in the JSON text.
 *
 * @param divisor greater than 0
 */
export function multipleOf(divisor: number | bigint): (value: number | bigint) => boolean {
  const exact = decimal(divisor);
  const power = 10 ** exact.scale;
  const digits = Number(exact.digits);
  const fits = exact.scale <= 22 && Number.isSafeInteger(digits);
  return (value) => {
    if (fits && typeof value === 'number') {
      const scaled = Math.round(value * power);
      // Below 1e15 a decimal and the number nearest to it belong to each other one to one.
      if (scaled < 1e15 && scaled > -1e15) return scaled / power === value && scaled % digits === 0;
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    const other = decimal(value);
    const scale = Math.max(exact.scale, other.scale);
    spend(50 + scale);
    return (
      (other.digits * 10n ** BigInt(scale - other.scale)) % (exact.digits * 10n ** BigInt(scale - exact.scale)) === 0n
    );
  };
}

function decimal(value: number | bigint): Decimal {
  if (typeof value === 'bigint') return { digits: value, scale: 0 };
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}
