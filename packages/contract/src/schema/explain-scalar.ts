import { boundsOf } from './bounds.ts';
import { contentCheck } from './content.ts';
import { multipleOf } from './decimal.ts';
import { equal } from './equality.ts';
import type { Explanation } from './explain.ts';
import { formatOf } from './formats/index.ts';
import { numberOf, type SchemaNode } from './node.ts';
import { patternOf } from './pattern.ts';
import { codePoints } from './strings.ts';
import type { TypeName, Types } from './types.ts';

const articles: Readonly<Record<TypeName, string>> = {
  null: 'null',
  boolean: 'a boolean',
  integer: 'a whole number',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
};

export function explainType(explanation: Explanation, types: Types, value: unknown, pointer: string): boolean {
  const { any, allowed, bytes } = types;
  if (any) return true;
  const actual = typeOf(value);
  if (actual !== undefined && (allowed.has(actual) || (actual === 'integer' && allowed.has('number')))) return true;
  if (bytes && allowed.has('string') && value instanceof Uint8Array) return true;
  const wanted = [...allowed].map((name) => articles[name]).join(' or ');
  if (wanted === '')
    return explanation.refuse(
      pointer,
      'type',
      'The contract gives a type that does not exist, so no value is accepted here',
      'Ask the owner of the API to correct its contract',
    );
  return explanation.refuse(
    pointer,
    'type',
    `Must be ${wanted}${actual === undefined ? '' : `, not ${articles[actual]}`}`,
    `Send ${wanted}`,
  );
}

function typeOf(value: unknown): TypeName | undefined {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return typeof value as 'boolean' | 'string';
    case 'object':
      return 'object';
    case 'bigint':
      return 'integer';
    case 'number':
      return Number.isInteger(value) ? 'integer' : Number.isFinite(value) ? 'number' : undefined;
    default:
      return undefined;
  }
}

/** How many of a list's values a message names, and how much of each. */
const NAMED = 10;
const NAMED_LENGTH = 40;

export function explainEnumeration(
  explanation: Explanation,
  node: SchemaNode,
  value: unknown,
  pointer: string,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean' || !rules.validation) return true;
  const values = raw['enum'];
  if (Array.isArray(values) && !values.some((candidate) => equal(candidate, value))) {
    const named = values.slice(0, NAMED).map(shortened).join(', ');
    const more = values.length > NAMED ? ` or one of ${values.length - NAMED} more` : '';
    return explanation.refuse(pointer, 'enum', 'Must be one of the listed values', `Use ${named}${more}`);
  }
  if (rules.dialect === '2020-12' && raw['const'] !== undefined && !equal(raw['const'], value)) {
    return explanation.refuse(
      pointer,
      'const',
      'Must be the one value that is allowed',
      `Use ${shortened(raw['const'])}`,
    );
  }
  return true;
}

function shortened(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > NAMED_LENGTH ? `${text.slice(0, NAMED_LENGTH)}…` : text;
}

export function explainNumber(
  explanation: Explanation,
  node: SchemaNode,
  value: number | bigint,
  pointer: string,
): boolean {
  if (typeof node.raw === 'boolean') return true;
  let valid = true;
  const refuse = (keyword: string, message: string, mend: string): void => {
    valid = explanation.refuse(pointer, keyword, message, mend);
  };
  if (node.resource.rules.validation) {
    const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf: divisor } = boundsOf(node.raw);
    if (minimum !== undefined && !(value >= minimum))
      refuse('minimum', `Must be at least ${minimum}`, `Send ${minimum} or more`);
    if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum))
      refuse('exclusiveMinimum', `Must be greater than ${exclusiveMinimum}`, `Send more than ${exclusiveMinimum}`);
    if (maximum !== undefined && !(value <= maximum))
      refuse('maximum', `Must be at most ${maximum}`, `Send ${maximum} or less`);
    if (exclusiveMaximum !== undefined && !(value < exclusiveMaximum))
      refuse('exclusiveMaximum', `Must be less than ${exclusiveMaximum}`, `Send less than ${exclusiveMaximum}`);
    if (divisor !== undefined && !multipleOf(divisor)(value))
      refuse('multipleOf', `Must be a multiple of ${divisor}`, `Round to a multiple of ${divisor}`);
  }
  const format = formatOf(explanation.compiler, node)?.number;
  if (format !== undefined && !format(value))
    refuse(
      'format',
      `Must be a number of format ${String(node.raw['format'])}`,
      `Send a number that ${String(node.raw['format'])} can hold`,
    );
  return valid;
}

export function explainString(explanation: Explanation, node: SchemaNode, value: string, pointer: string): boolean {
  const { raw } = node;
  if (typeof raw === 'boolean') return true;
  let valid = true;
  const refuse = (keyword: string, message: string, mend: string): void => {
    valid = explanation.refuse(pointer, keyword, message, mend);
  };
  if (node.resource.rules.validation) {
    const shortest = numberOf(raw, 'minLength');
    const longest = numberOf(raw, 'maxLength');
    const length = shortest === undefined && longest === undefined ? 0 : codePoints(value);
    if (shortest !== undefined && length < shortest)
      refuse('minLength', `Must have at least ${characters(shortest)}`, `Send ${characters(shortest)} or more`);
    if (longest !== undefined && length > longest)
      refuse('maxLength', `Must have at most ${characters(longest)}`, `Shorten it to ${characters(longest)}`);
    if (typeof raw['pattern'] === 'string') {
      const pattern = patternOf(raw['pattern'], Number(longest ?? Infinity));
      if (!pattern.test(value)) {
        if (value.length > pattern.longest)
          refuse(
            'pattern',
            'The contract has a pattern that cannot be checked safely on text of this length',
            pattern.longest > 0
              ? `Send at most ${pattern.longest} characters`
              : 'Ask the owner of the API to correct the pattern',
          );
        else refuse('pattern', 'Must match the pattern', `Send text that matches ${cut(raw['pattern'])}`);
      }
    }
  }
  const format = formatOf(explanation.compiler, node)?.string;
  if (format !== undefined && !format(value))
    refuse('format', `Must be of format ${String(raw['format'])}`, `Send a valid ${String(raw['format'])}`);
  const content = explanation.compiler.content ? contentCheck(explanation.compiler, node) : undefined;
  if (content !== undefined && !content(value))
    refuse(
      'contentMediaType',
      'The content of the string is not what its media type, encoding and schema say',
      'Encode valid content',
    );
  return valid;
}

function characters(count: number | bigint): string {
  return Number(count) === 1 ? '1 character' : `${count} characters`;
}

/** Longest pattern that a message shows. */
const LONGEST_PATTERN = 200;

function cut(text: string): string {
  return text.length > LONGEST_PATTERN ? `${text.slice(0, LONGEST_PATTERN)}…` : text;
}
