import type { Compiler } from './compiler.ts';
import { followed, isOnlyReference } from './composition.ts';
import { emitArray } from './emit-array.ts';
import { emitComposition } from './emit-composition.ts';
import { emitObject } from './emit-object.ts';
import { emitEnumeration, emitNumber, emitString, emitType } from './emit-scalar.ts';
import { emitUnevaluatedItems, emitUnevaluatedProperties, needsTracker } from './emit-unevaluated.ts';
import type { SchemaNode } from './node.ts';
import { fuel, stop } from './fuel.ts';
import { Tracker } from './tracker.ts';
import { isNullable, typesOf } from './types.ts';
import type { Writer } from './writer.ts';

/** What the emitters of one function share. */
export interface Emission {
  readonly compiler: Compiler;
  readonly writer: Writer;
  /** The schema that the function is for. */
  readonly root: SchemaNode;
}

/** A function larger than this (characters of source) gives its subschemas functions of their own. */
const INLINE_BUDGET = 16_000;

/**
 * Writes the code that holds the value in variable `v` to a schema.
 *
 * @param fail the statement that ends the attempt when the value does not hold
 * @param t the variable with the tracker that evaluated properties and items are noted in, where somebody needs them
 */
export function emitSchema(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { writer } = emission;
  const { raw } = node;
  if (raw === true) return;
  if (raw === false) return writer.line(fail);
  if (node !== emission.root && writer.size > INLINE_BUDGET && isComposite(node))
    return emitCall(emission, node, v, fail, t);
  if (isOnlyReference(node)) return emitReference(emission, node, '$ref', v, fail, t);
  if (isNullable(raw, node.resource.rules)) {
    writer.line(`if (${v} !== null) {`);
    emitKeywords(emission, node, v, fail, t);
    writer.line('}');
  } else emitKeywords(emission, node, v, fail, t);
}

function emitKeywords(emission: Emission, node: SchemaNode, v: string, fail: string, outer: string | undefined): void {
  const { writer } = emission;
  const { rules } = node.resource;
  if (typeof node.raw === 'boolean') return;
  const types = typesOf(node.raw, rules);
  emitType(emission, node, types, v, fail);
  if (rules.validation) emitEnumeration(emission, node, v, fail);
  let t = outer;
  if (needsTracker(node)) {
    t = writer.fresh('t');
    writer.line(`const ${t} = new (${writer.constant(Tracker)})();`);
  }
  emitReference(emission, node, '$ref', v, fail, t);
  emitReference(emission, node, '$dynamicRef', v, fail, t);
  const group = (allowed: boolean, alone: boolean, condition: string, write: () => void): void => {
    if (!allowed) return;
    const code = writer.capture(write);
    if (code !== '') writer.line(alone ? code : `if (${condition}) {\n${code}\n}`);
  };
  const { any, allowed } = types;
  const alone = (...names: readonly string[]): boolean =>
    !any && !types.bytes && [...allowed].every((name) => names.includes(name));
  group(any || allowed.has('string'), alone('string'), `typeof ${v} === 'string'`, () =>
    emitString(emission, node, v, fail),
  );
  group(
    any || allowed.has('number') || allowed.has('integer'),
    alone('number', 'integer'),
    `typeof ${v} === 'number' || typeof ${v} === 'bigint'`,
    () => emitNumber(emission, node, v, fail),
  );
  group(any || allowed.has('array'), alone('array'), `Array.isArray(${v})`, () =>
    emitArray(emission, node, v, fail, t),
  );
  group(
    any || allowed.has('object'),
    alone('object'),
    `typeof ${v} === 'object' && ${v} !== null && !Array.isArray(${v})`,
    () => emitObject(emission, node, v, fail, t),
  );
  emitComposition(emission, node, v, fail, t);
  if (t !== undefined && t !== outer) {
    group(any || allowed.has('array'), alone('array'), `Array.isArray(${v})`, () =>
      emitUnevaluatedItems(emission, node, v, fail, t),
    );
    group(
      any || allowed.has('object'),
      alone('object'),
      `typeof ${v} === 'object' && ${v} !== null && !Array.isArray(${v})`,
      () => emitUnevaluatedProperties(emission, node, v, fail, t),
    );
    if (outer !== undefined) writer.line(`${outer}.merge(${t});`);
  }
}

/** `$ref` and `$dynamicRef`: a call of the target's function, or its code where it is small. A reference that leads nowhere allows nothing. */
function emitReference(
  emission: Emission,
  node: SchemaNode,
  keyword: '$ref' | '$dynamicRef',
  v: string,
  fail: string,
  t: string | undefined,
): void {
  if (typeof node.raw === 'boolean' || typeof node.raw[keyword] !== 'string') return;
  if (keyword === '$dynamicRef' && node.resource.rules.id !== '$id') return;
  let target = followed(emission.compiler, node, keyword);
  for (let hops = 0; target !== undefined && isOnlyReference(target); hops++)
    target = hops > 100 ? undefined : followed(emission.compiler, target, '$ref');
  if (target === undefined) return emission.writer.line(fail);
  if (node.waived.length > 0) target = { ...target, waived: node.waived };
  if (isComposite(target)) emitCall(emission, target, v, fail, t);
  else emitSchema(emission, target, v, fail, t);
}

/** Calls a schema's own function. */
function emitCall(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { writer } = emission;
  const unit = writer.constant(emission.compiler.unit(node));
  emitSpend(emission, t === undefined ? 4 : 16);
  if (t === undefined) writer.line(`if (!(${unit}.f ?? ${unit}.compile())(${v})) { ${fail} }`);
  else writer.line(`if (!(${unit}.t ?? ${unit}.compileTracked())(${v}, ${t})) { ${fail} }`);
}

/** Charges for what follows; see `fuel`. */
export function emitSpend(emission: Emission, amount: number): void {
  const { writer } = emission;
  writer.line(`if ((${writer.constant(fuel)}.left -= ${amount}) < 0) ${writer.constant(stop)}();`);
}

/** What one turn of a loop over this code costs. */
export function turnCost(code: string): number {
  return 1 + (code.length >> 8);
}

const composite: readonly string[] = [
  '$ref',
  '$dynamicRef',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'contains',
  'contentSchema',
  'dependencies',
  'dependentSchemas',
  'discriminator',
  'if',
  'items',
  'not',
  'oneOf',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Whether a schema has schemas in it: only those are worth a function of their own. */
function isComposite(node: SchemaNode): boolean {
  const { raw } = node;
  if (typeof raw === 'boolean') return false;
  return (
    composite.some((keyword) => raw[keyword] !== undefined) || (Array.isArray(raw['enum']) && raw['enum'].length > 20)
  );
}
