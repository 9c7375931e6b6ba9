import { boundsOf } from './bounds.ts';
import { multipleOf } from './decimal.ts';
import type { Emission } from './emit.ts';
import { oneOfValues } from './equality.ts';
import { formatOf } from './formats/index.ts';
import { contentCheck } from './content.ts';
import { numberOf, type SchemaNode } from './node.ts';
import { patternOf } from './pattern.ts';
import { codePoints } from './strings.ts';
import type { Types } from './types.ts';
import { literal, numeral } from './writer.ts';

/** `type`. Integers are whole numbers however they are written (`1.0`, `1e2`); a bigint is one. */
export function emitType(emission: Emission, node: SchemaNode, types: Types, v: string, fail: string): void {
  const { any, allowed, bytes } = types;
  if (any || typeof node.raw === 'boolean') return;
  const wrong: string[] = [];
  const nullable = allowed.has('null');
  if (allowed.has('string'))
    wrong.push(bytes ? `typeof ${v} !== 'string' && !(${v} instanceof Uint8Array)` : `typeof ${v} !== 'string'`);
  if (allowed.has('number')) wrong.push(`!Number.isFinite(${v}) && typeof ${v} !== 'bigint'`);
  else if (allowed.has('integer')) wrong.push(`!Number.isInteger(${v}) && typeof ${v} !== 'bigint'`);
  if (allowed.has('boolean')) wrong.push(`typeof ${v} !== 'boolean'`);
  if (allowed.has('object') && allowed.has('array'))
    wrong.push(`(typeof ${v} !== 'object'${nullable ? '' : ` || ${v} === null`})`);
  else if (allowed.has('object'))
    wrong.push(`(typeof ${v} !== 'object' || ${nullable ? '' : `${v} === null || `}Array.isArray(${v}))`);
  else if (allowed.has('array')) wrong.push(`!Array.isArray(${v})`);
  if (nullable) wrong.push(`${v} !== null`);
  emission.writer.line(wrong.length === 0 ? fail : `if (${wrong.join(' && ')}) { ${fail} }`);
}

/** `enum` and `const`. */
export function emitEnumeration(emission: Emission, node: SchemaNode, v: string, fail: string): void {
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  if (Array.isArray(raw['enum'])) emitOneOfValues(emission, raw['enum'] as unknown[], v, fail);
  if (node.resource.rules.dialect === '2020-12' && raw['const'] !== undefined)
    emitOneOfValues(emission, [raw['const']], v, fail);
}

/** Up to this many strings are compared one by one, more are looked up. */
const COMPARED = 12;

function emitOneOfValues(emission: Emission, values: readonly unknown[], v: string, fail: string): void {
  const { writer } = emission;
  const tests: string[] = [];
  const strings = values.filter((value) => typeof value === 'string');
  if (strings.length > COMPARED)
    tests.push(`typeof ${v} === 'string' && ${writer.constant(new Set(strings))}.has(${v})`);
  else for (const text of strings) tests.push(`${v} === ${literal(text)}`);
  const rest: unknown[] = [];
  for (const value of values) {
    if (value === null || typeof value === 'boolean') tests.push(`${v} === ${String(value)}`);
    else if (typeof value === 'number' && Number.isSafeInteger(value) && rest.length === 0 && tests.length < COMPARED)
      tests.push(`${v} === ${numeral(value)}`, `(typeof ${v} === 'bigint' && ${v} == ${numeral(value)})`);
    else if (typeof value !== 'string') rest.push(value);
  }
  if (rest.length > 0) {
    tests.push(`${writer.constant(oneOfValues(rest))}(${v})`);
  }
  writer.line(
    tests.length === 0
      ? fail
      : `if (!(${tests.map((test) => (test.includes('&&') ? `(${test})` : test)).join(' || ')})) { ${fail} }`,
  );
}

/** Bounds, `multipleOf` and numeric formats, of a value that is a number or a bigint. */
export function emitNumber(emission: Emission, node: SchemaNode, v: string, fail: string): void {
  const { writer, compiler } = emission;
  const { rules } = node.resource;
  if (typeof node.raw === 'boolean') return;
  const bounds = boundsOf(node.raw);
  const require = (condition: string): void => writer.line(`if (!(${condition})) { ${fail} }`);
  if (rules.validation) {
    if (bounds.minimum !== undefined) require(`${v} >= ${numeral(bounds.minimum)}`);
    if (bounds.exclusiveMinimum !== undefined) require(`${v} > ${numeral(bounds.exclusiveMinimum)}`);
    if (bounds.maximum !== undefined) require(`${v} <= ${numeral(bounds.maximum)}`);
    if (bounds.exclusiveMaximum !== undefined) require(`${v} < ${numeral(bounds.exclusiveMaximum)}`);
    if (bounds.multipleOf !== undefined && !(bounds.multipleOf === 1 && node.raw['type'] === 'integer')) {
      require(`${writer.constant(multipleOf(bounds.multipleOf))}(${v})`);
    }
  }
  const format = formatOf(compiler, node);
  if (format?.number !== undefined) require(`${writer.constant(format.number)}(${v})`);
}

/** Length, `pattern`, `format` and content, of a value that is a string. */
export function emitString(emission: Emission, node: SchemaNode, v: string, fail: string): void {
  const { writer, compiler } = emission;
  if (typeof node.raw === 'boolean') return;
  if (node.resource.rules.validation) {
    const shortest = numberOf(node.raw, 'minLength');
    const longest = numberOf(node.raw, 'maxLength');
    const count = writer.constant(codePoints);
    // A string of n UTF-16 units has between n / 2 and n characters; only in between must they be counted.
    if (shortest === 1) writer.line(`if (${v} === '') { ${fail} }`);
    else if (shortest !== undefined && shortest > 0) {
      writer.line(
        `if (${v}.length < ${numeral(shortest)} || (${v}.length < ${numeral(Number(shortest) * 2)} && ${count}(${v}) < ${numeral(shortest)})) { ${fail} }`,
      );
    }
    if (longest !== undefined) {
      writer.line(
        `if (${v}.length > ${numeral(longest)} && (${v}.length > ${numeral(Number(longest) * 2)} || ${count}(${v}) > ${numeral(longest)})) { ${fail} }`,
      );
    }
    const pattern = node.raw['pattern'];
    if (typeof pattern === 'string')
      writer.line(`if (!${writer.constant(patternOf(pattern, Number(longest ?? Infinity)))}.test(${v})) { ${fail} }`);
  }
  const format = formatOf(compiler, node);
  if (format?.string !== undefined) writer.line(`if (!${writer.constant(format.string)}(${v})) { ${fail} }`);
  const content = compiler.content ? contentCheck(compiler, node) : undefined;
  if (content !== undefined) writer.line(`if (!${writer.constant(content)}(${v})) { ${fail} }`);
}
