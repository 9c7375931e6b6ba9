import { Fault } from './fault.ts';

/**
 * A Cedar value. A Long is a `number` inside ±(2^53 − 1) and a `bigint` outside, never the other way round, so that
 * `===` and `<` are exact on both.
 */
export type Value = boolean | string | Long | Composite;

/** Cedar's 64-bit integer: see {@link Value}. */
export type Long = number | bigint;

/** A value that is not a JavaScript primitive. */
export abstract class Composite {
  /** The name of its type in messages. */
  abstract readonly typeName: string;

  /** Cedar's `==`. */
  abstract equals(other: Value): boolean;

  /** Equal values, and only those, have equal keys. */
  abstract key(): string;

  /** As Cedar would write it. */
  abstract toString(): string;
}

/** Cedar's `==`, which never fails: values of different types are different. */
export function equal(left: Value, right: Value): boolean {
  return left === right || (typeof left === 'object' && left.equals(right));
}

/** The name of a value's type, as the engine's messages say it. */
export function typeOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'object':
      return value.typeName;
    default:
      return 'long';
  }
}

/** A key that equal values share and different ones do not. */
export function keyOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 't' : 'f';
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value.key();
    default:
      return BigInt(value).toString();
  }
}

/** A value as Cedar would write it in a policy. */
export function show(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** The fault for a value of another type than an operator takes. */
export function typeFault(expected: string, value: Value): Fault {
  return new Fault(`type error: expected ${expected}, got ${typeOf(value)}`);
}
