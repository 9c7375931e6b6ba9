import { isObject } from '../load/pointer.ts';
import type { Kind } from './shape.ts';

/** How a value that is not of its kind is read. */
export type Reading =
  /** As it should have been written. */
  | { readonly instead: unknown; readonly wrote: string; readonly mend: string; readonly code?: string | undefined }
  /** It can be read in no way, or in several. */
  | { readonly wrong: string; readonly mend: string; readonly below?: string };

const NUMERAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A value that is not of the kind that its member must have, in its one sensible reading; undefined where it is of that
 * kind. What stands inside of it is not looked at.
 */
export function readOtherwise(kind: Kind, value: unknown): Reading | undefined {
  switch (kind.is) {
    case 'any':
    case 'object':
      return undefined;
    case 'boolean':
      return typeof value === 'boolean'
        ? undefined
        : (truth(value) ?? wrong('is not true or false', 'write true or false'));
    case 'number':
      if (isNumber(value)) return undefined;
      return numeral(value) ?? wrong('is not a number', 'write a number');
    case 'limit':
      if (typeof value === 'boolean' || isNumber(value)) return undefined;
      return truth(value) ?? numeral(value) ?? wrong('is not a number', 'write a number');
    case 'prose':
      if (typeof value === 'string') return undefined;
      return instead(
        value === null || typeof value === 'object' ? '' : String(value),
        'is not a text; it is read as one',
        'put it in quotes',
      );
    case 'text':
      if (typeof value === 'string') return undefined;
      return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
        ? instead(String(value), 'is not a text; it is read as one', 'put it in quotes')
        : wrong('is not a text', 'write a text');
    case 'texts':
      return texts(value);
    case 'types':
      return types(value);
    case 'values':
      if (Array.isArray(value)) return undefined;
      return typeof value === 'object' || value === undefined
        ? wrong('is not a list of values', 'write the values as a list')
        : instead([value], 'is not a list; its value is the only one', 'write a list: […]');
    case 'list':
      if (Array.isArray(value)) return undefined;
      if (value === null) return instead([], 'is null; it is read as an empty list', 'write a list, or remove it');
      if (!isObject(value)) return wrong('is not a list', 'write a list');
      if (Object.keys(value).length === 0 && kind.of.is !== 'schema')
        return instead([], 'is not a list; it is read as an empty one', 'write a list, or remove it');
      return instead([value], 'is not a list; what stands there is its only item', 'write a list: […]');
    case 'map':
      if (isObject(value)) return undefined;
      if (value === null || (Array.isArray(value) && value.length === 0))
        return instead({}, 'is not an object; it is read as an empty one', 'write {}, or remove it');
      return wrong('is not an object', 'write an object: one member per name');
    case 'schema':
      return schema(kind.closed, value);
    case 'schemas':
      return Array.isArray(value) ? undefined : schema(false, value);
    case 'dependency':
      return Array.isArray(value) ? texts(value) : schema(false, value);
  }
}

/** True and false count as schemas; what else is none refuses every value, where it is met. */
function schema(closed: boolean, value: unknown): Reading | undefined {
  if (isObject(value) || typeof value === 'boolean') return undefined;
  const read = truth(value);
  if (read !== undefined) return read;
  return closed
    ? wrong('is neither a schema nor true or false', 'write a schema, true or false')
    : {
        ...instead(false, 'is not a schema, so no value is accepted', 'write a schema object, such as {}'),
        code: 'invalid-schema',
      };
}

function texts(value: unknown): Reading | undefined {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string')) return undefined;
    const bad = value.findIndex((item) => typeof item === 'object');
    return bad !== -1
      ? { ...wrong('holds what is not a text', 'write a list of texts'), below: String(bad) }
      : instead(value.map(String), 'holds what is not a text; it is read as texts', 'put each in quotes');
  }
  if (value === null) return instead([], 'is null; it is read as an empty list', 'write a list, or remove it');
  return typeof value === 'string'
    ? instead([value], 'is not a list; what stands there is its only item', 'write a list: […]')
    : wrong('is not a list of texts', 'write a list of texts');
}

function types(value: unknown): Reading | undefined {
  const mend = "write one of 'string', 'number', 'integer', 'boolean', 'array', 'object', 'null', or a list of them";
  if (typeof value === 'string') return undefined;
  if (!Array.isArray(value) || value.length === 0) return wrong('is not the name of a type', mend);
  if (value.every((item) => typeof item === 'string')) return undefined;
  return value.every((item) => typeof item === 'string' || item === null)
    ? instead(value.map(String), "holds null without quotes; it is read as 'null'", "write 'null'")
    : wrong('holds what is not the name of a type', mend);
}

/** True or false, also where it is written as a text. */
export function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined;
}

function truth(value: unknown): Reading | undefined {
  const read = truthOf(value);
  if (read === undefined) return undefined;
  return instead(read, `is the text '${read}'; it is read as ${read}`, `write ${read} without quotes`);
}

function numeral(value: unknown): Reading | undefined {
  if (typeof value !== 'string' || !NUMERAL.test(value) || value.length > 100) return undefined;
  const read = Number(value);
  const exact = /^-?\d+$/.test(value) && !Number.isSafeInteger(read) ? BigInt(value) : read;
  return instead(exact, 'is a text; it is read as the number that it names', 'write it without quotes');
}

function isNumber(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

function instead(value: unknown, wrote: string, mend: string): Reading & { readonly instead: unknown } {
  return { instead: value, wrote, mend };
}

function wrong(what: string, mend: string): Reading {
  return { wrong: what, mend };
}
