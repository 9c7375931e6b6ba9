// The numeric formats of OpenAPI's format registry, for JSON numbers and, as the registry has it, for numerals in strings.

function integers(
  least: bigint,
  most: bigint,
): { number: (value: number | bigint) => boolean; string: (text: string) => boolean } {
  const within = (value: number | bigint): boolean =>
    (typeof value === 'bigint' || Number.isInteger(value)) && value >= least && value <= most;
  return { number: within, string: (text) => text.length <= 20 && /^-?\d+$/.test(text) && within(BigInt(text)) };
}

function signed(bits: bigint): ReturnType<typeof integers> {
  return integers(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
}

function unsigned(bits: bigint): ReturnType<typeof integers> {
  return integers(0n, 2n ** bits - 1n);
}

export const int8 = signed(8n);
export const int16 = signed(16n);
export const int32 = signed(32n);
export const int64 = signed(64n);
export const uint8 = unsigned(8n);
export const uint16 = unsigned(16n);
export const uint32 = unsigned(32n);
export const uint64 = unsigned(64n);
/** An integer that a double holds exactly. */
export const doubleInt = integers(-9007199254740991n, 9007199254740991n);

const FLOAT_MAX = 3.4028234663852886e38;

/** IEEE 754 single precision: by range; what it rounds to is the receiver's matter. */
export const float = { number: (value: number | bigint): boolean => value <= FLOAT_MAX && value >= -FLOAT_MAX };

/** IEEE 754 double precision, by range. */
export const double = {
  number: (value: number | bigint): boolean => value <= Number.MAX_VALUE && value >= -Number.MAX_VALUE,
};

/** A fixed-point decimal number, of any precision; in a string: digits with an optional fraction. */
export const decimal = { string: (text: string): boolean => /^[+-]?\d+(?:\.\d+)?$/.test(text) };
