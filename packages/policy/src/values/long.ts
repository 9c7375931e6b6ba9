import { Fault } from './fault.ts';
import type { Long } from './value.ts';

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** An exact integer as a Long; `undefined` outside 64 bits. */
export function toLong(value: bigint): Long | undefined {
  const small = Number(value);
  if (Number.isSafeInteger(small)) return small;
  return value < least || value > most ? undefined : value;
}

/**
 * A JavaScript number as a Long; `undefined` when it is no integer or outside 64 bits. Beyond ±(2^53 − 1) it is the
 * integer that JSON would write, as for the engine, which reads JSON.
 */
export function longFromNumber(value: number): Long | undefined {
  if (Number.isSafeInteger(value)) return value;
  return Number.isInteger(value) && Math.abs(value) < 1e20 ? toLong(BigInt(String(value))) : undefined;
}

/** `+`, or a fault outside 64 bits. */
export function add(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return exact(BigInt(left) + BigInt(right), 'add', left, right);
}

/** `-`, or a fault outside 64 bits. */
export function subtract(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return exact(BigInt(left) - BigInt(right), 'subtract', left, right);
}

/** `*`, or a fault outside 64 bits. */
export function multiply(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    if (Number.isSafeInteger(product)) return product;
  }
  return exact(BigInt(left) * BigInt(right), 'multiply', left, right);
}

/** Unary `-`, or a fault outside 64 bits. */
export function negate(value: Long): Long {
  return typeof value === 'number' ? -value : exact(-value, 'negate', value);
}

function exact(value: bigint, verb: string, ...operands: Long[]): Long {
  const long = toLong(value);
  if (long !== undefined) return long;
  throw new Fault(`integer overflow while attempting to ${verb} the values ${operands.join(' and ')}`);
}
