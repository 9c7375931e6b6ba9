import { integerOf, numberOf } from './number.ts';
import { Refused } from './refused.ts';
import type { Shape, TypeName } from './shape.ts';

/** A text as a value of one type, or why it is none. */
export type Scalar = (text: string) => unknown;

const notABoolean = new Refused('type', 'must be true or false', 'write true or false, in lower case');
const notNull = new Refused('type', 'must be empty', 'send the name without a value');
const noScalar = new Refused('type', 'cannot be one plain value', 'send the value in the documented form');

function boolean(text: string): boolean | Refused {
  return text === 'true' ? true : text === 'false' ? false : notABoolean;
}

function nothing(text: string): null | Refused {
  return text === '' ? null : notNull;
}

function asIs(text: string): string {
  return text;
}

/**
 * The types that a text is tried as, in this order: integer, number, boolean, null, string. The first whose notation the
 * text has, and whose value the schema accepts, is taken. Null is written as the empty text, and only where the value
 * cannot be a string; the word `null` is a string like any other.
 */
export function scalarsOf(shape: Shape): readonly Scalar[] {
  const { types } = shape;
  if (types === undefined) return [asIs];
  const has = (type: TypeName): boolean => types.has(type);
  const scalars: Scalar[] = [];
  if (has('number')) scalars.push(numberOf);
  else if (has('integer')) scalars.push(integerOf);
  if (has('boolean')) scalars.push(boolean);
  if (has('null') && !has('string')) scalars.push(nothing);
  if (has('string')) scalars.push(asIs);
  return scalars;
}

/** The refusal that says most: that of the first type. */
export function refusalOf(scalars: readonly Scalar[], text: string): Refused {
  const refused = scalars[0]?.(text);
  return refused instanceof Refused ? refused : noScalar;
}
