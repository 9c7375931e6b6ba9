import type { Compiler } from './compiler.ts';
import { discriminatorOf } from './discriminator.ts';
import type { Unit } from './unit.ts';
import { settleLoops } from './loops.ts';
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
  if (unit.parts === undefined) {
    unit.parts = compose(compiler, node, raw);
    compiler.spend('parts', unit.parts.length, node);
  }
  return unit.parts;
}

function compose(compiler: Compiler, node: SchemaNode, raw: RawSchema): Composed[] {
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
 * Gathers names from a schema and all that it is composed of. Each schema is looked at once, however many ask: those that
 * lead to each other have the same names.
 */
function gather(
  compiler: Compiler,
  from: SchemaNode,
  what: string,
  keywords: ReadonlySet<string>,
  own: (node: SchemaNode, raw: RawSchema) => readonly string[],
): ReadonlySet<string> {
  if (typeof from.raw === 'boolean') return none;
  let tables = gathered.get(compiler);
  if (tables === undefined) gathered.set(compiler, (tables = new Map()));
  let table = tables.get(what);
  if (table === undefined) tables.set(what, (table = new WeakMap()));
  const known = table;
  const root = compiler.unit(from);
  const before = known.get(root);
  if (before !== undefined) return before;
  const next = ({ node }: Unit): Unit[] =>
    composed(compiler, node).flatMap((part) =>
      keywords.has(part.keyword) && typeof part.node.raw !== 'boolean' ? [compiler.unit(part.node)] : [],
    );
  settleLoops<Unit>(root, {
    next,
    known: (unit) => known.has(unit),
    settle(units) {
      const names = new Set<string>();
      for (const { node } of units)
        if (typeof node.raw !== 'boolean' && !isOnlyReference(node))
          for (const name of own(node, node.raw)) names.add(name);
      for (const unit of units)
        for (const part of next(unit)) for (const name of known.get(part) ?? none) names.add(name);
      compiler.spend('parts', names.size, from);
      for (const unit of units) known.set(unit, names.size === 0 ? none : names);
    },
  });
  return known.get(root) ?? none;
}
