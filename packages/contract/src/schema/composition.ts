import type { Compiler } from './compiler.ts';
import { discriminatorOf } from './discriminator.ts';
import type { Unit } from './unit.ts';
import { entriesOf, listOf, type RawSchema, type SchemaNode, stringsOf } from './node.ts';

/** A schema that is applied to the same value as another one. */
export interface Composed {
  readonly node: SchemaNode;
  readonly keyword: string;
  /** True where it stands elsewhere and is referred to. */
  readonly referred: boolean;
}

const lists = ['allOf', 'anyOf', 'oneOf'] as const;
const singles = ['not', 'if', 'then', 'else'] as const;

/** Every schema that a schema applies in place, references that lead nowhere left out. */
export function composed(compiler: Compiler, node: SchemaNode): readonly Composed[] {
  const { raw } = node;
  if (typeof raw === 'boolean') return [];
  const unit = compiler.unit(node);
  return (unit.parts ??= compose(compiler, node, raw));
}

function compose(compiler: Compiler, node: SchemaNode, raw: RawSchema): Composed[] {
  compiler.composed += 1;
  const found: Composed[] = [];
  for (const keyword of ['$ref', '$dynamicRef'] as const) {
    const target = followed(compiler, node, keyword);
    if (target !== undefined) found.push({ node: target, keyword, referred: true });
  }
  if (isOnlyReference(node)) return found;
  for (const keyword of lists) {
    for (const [index, value] of listOf(raw, keyword).entries())
      found.push({ node: compiler.nodes.child(node, value, keyword, index), keyword, referred: false });
  }
  if (node.resource.rules.dialect === '2020-12') {
    for (const keyword of singles)
      if (raw[keyword] !== undefined)
        found.push({ node: compiler.nodes.child(node, raw[keyword], keyword), keyword, referred: false });
    for (const [key, value] of entriesOf(raw, 'dependentSchemas'))
      found.push({
        node: compiler.nodes.child(node, value, 'dependentSchemas', key),
        keyword: 'dependentSchemas',
        referred: false,
      });
  } else if (raw['not'] !== undefined)
    found.push({ node: compiler.nodes.child(node, raw['not'], 'not'), keyword: 'not', referred: false });
  for (const [key, value] of entriesOf(raw, 'dependencies')) {
    if (!Array.isArray(value))
      found.push({
        node: compiler.nodes.child(node, value, 'dependencies', key),
        keyword: 'dependencies',
        referred: false,
      });
  }
  for (const target of discriminatorOf(compiler.nodes, node)?.branches.values() ?? [])
    found.push({ node: target, keyword: 'discriminator', referred: true });
  return found;
}

/** Where a reference keyword leads; undefined where there is none or it cannot be resolved. */
export function followed(
  compiler: Compiler,
  node: SchemaNode,
  keyword: '$ref' | '$dynamicRef',
): SchemaNode | undefined {
  const ref = typeof node.raw === 'object' ? node.raw[keyword] : undefined;
  if (typeof ref !== 'string' || (keyword === '$dynamicRef' && node.resource.rules.id !== '$id')) return undefined;
  try {
    return keyword === '$ref' ? compiler.nodes.follow(node, ref) : compiler.nodes.followDynamic(node, ref);
  } catch {
    // Said by whoever compiles or walks the reference itself.
    return undefined;
  }
}

/** Whether only `$ref` counts, because the dialect ignores what stands beside it. */
export function isOnlyReference(node: SchemaNode): boolean {
  return typeof node.raw === 'object' && typeof node.raw['$ref'] === 'string' && !node.resource.rules.refSiblings;
}

/** The properties that a composition forbids in this direction: `readOnly` in requests, `writeOnly` in responses. */
export function forbiddenNames(compiler: Compiler, node: SchemaNode): ReadonlySet<string> {
  if (compiler.direction === undefined) return none;
  return gather(compiler, node, 'forbidden', inPlace, (each, raw) =>
    entriesOf(raw, 'properties')
      .filter(([name, value]) => isForbidden(compiler, compiler.nodes.child(each, value, 'properties', name)))
      .map(([name]) => name),
  );
}

/** Whether a property's schema, or one that it is composed of, is marked as not travelling in this direction. */
export function isForbidden(compiler: Compiler, property: SchemaNode): boolean {
  const keyword =
    compiler.direction === 'request' ? 'readOnly' : compiler.direction === 'response' ? 'writeOnly' : undefined;
  if (keyword === undefined) return false;
  return gather(compiler, property, 'marked', inPlace, (_, raw) => (raw[keyword] === true ? [keyword] : [])).size > 0;
}

/** The properties that any part of a composition requires. */
function requiredNames(compiler: Compiler, node: SchemaNode): ReadonlySet<string> {
  return gather(compiler, node, 'required', anywhere, (_, raw) => stringsOf(raw['required']));
}

/** The same node, excused from requiring what another part of the composition forbids. */
export function withWaived(compiler: Compiler, node: SchemaNode, forbidden: ReadonlySet<string>): SchemaNode {
  if (forbidden.size === 0 || typeof node.raw === 'boolean') return node;
  const waived = [...requiredNames(compiler, node)].filter((name) => forbidden.has(name)).sort();
  return waived.length === 0 ? node : { ...node, waived };
}

const none: ReadonlySet<string> = new Set();
const inPlace: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', 'allOf']);
const anywhere: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'then', 'else']);

type Gathered = WeakMap<Unit, ReadonlySet<string>>;
const gathered = new WeakMap<Compiler, Map<string, Gathered>>();

/**
 * Gathers names from a schema and all that it is composed of. What is known of a part is remembered, so that a long
 * chain of schemas costs its length and not the square of it; what lies on a cycle is only known for the whole.
 */
function gather(
  compiler: Compiler,
  from: SchemaNode,
  what: string,
  keywords: ReadonlySet<string>,
  own: (node: SchemaNode, raw: RawSchema) => readonly string[],
): ReadonlySet<string> {
  let tables = gathered.get(compiler);
  if (tables === undefined) gathered.set(compiler, (tables = new Map()));
  let known = tables.get(what);
  if (known === undefined) tables.set(what, (known = new WeakMap()));
  const memory = known;
  const unfinished = new Set<Unit>();
  const partial = new Map<Unit, ReadonlySet<string>>();

  /** False where a cycle keeps the answer from being whole. */
  function visit(node: SchemaNode, into: Set<string>): boolean {
    if (typeof node.raw === 'boolean') return true;
    const unit = compiler.unit(node);
    const before = memory.get(unit);
    if (before !== undefined) {
      for (const name of before) into.add(name);
      return true;
    }
    // Its names are taken up where it was met first.
    if (unfinished.has(unit) || partial.has(unit)) return false;
    unfinished.add(unit);
    const names = new Set(isOnlyReference(node) ? [] : own(node, node.raw));
    let whole = true;
    for (const next of composed(compiler, node))
      if (keywords.has(next.keyword) && !visit(next.node, names)) whole = false;
    unfinished.delete(unit);
    if (whole) memory.set(unit, names.size === 0 ? none : names);
    else partial.set(unit, names);
    for (const name of names) into.add(name);
    return whole;
  }

  const all = new Set<string>();
  visit(from, all);
  // Everything that can be reached was visited: for the root the answer is whole all the same.
  if (typeof from.raw !== 'boolean') memory.set(compiler.unit(from), all.size === 0 ? none : all);
  return all;
}
