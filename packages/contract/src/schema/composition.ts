import type { Compiler } from './compiler.ts';
import { discriminatorOf } from './discriminator.ts';
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
export function composed(compiler: Compiler, node: SchemaNode): Composed[] {
  const { raw } = node;
  if (typeof raw === 'boolean') return [];
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
  const names = new Set<string>();
  if (compiler.direction === undefined) return names;
  visit(compiler, node, new Set(['$ref', '$dynamicRef', 'allOf']), (each, raw) => {
    for (const [name, value] of entriesOf(raw, 'properties'))
      if (isForbidden(compiler, compiler.nodes.child(each, value, 'properties', name))) names.add(name);
  });
  return names;
}

/** Whether a property's schema, or one that it is composed of, is marked as not travelling in this direction. */
export function isForbidden(compiler: Compiler, property: SchemaNode): boolean {
  const keyword =
    compiler.direction === 'request' ? 'readOnly' : compiler.direction === 'response' ? 'writeOnly' : undefined;
  if (keyword === undefined) return false;
  let forbidden = false;
  visit(compiler, property, new Set(['$ref', '$dynamicRef', 'allOf']), (_, raw) => {
    forbidden ||= raw[keyword] === true;
  });
  return forbidden;
}

/** The properties that any part of a composition requires. */
function requiredNames(compiler: Compiler, node: SchemaNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(compiler, node, new Set(['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'then', 'else']), (_, raw) => {
    for (const name of stringsOf(raw['required'])) names.add(name);
  });
  return names;
}

/** The same node, excused from requiring what another part of the composition forbids. */
export function withWaived(compiler: Compiler, node: SchemaNode, forbidden: ReadonlySet<string>): SchemaNode {
  if (forbidden.size === 0 || typeof node.raw === 'boolean') return node;
  const waived = [...requiredNames(compiler, node)].filter((name) => forbidden.has(name)).sort();
  return waived.length === 0 ? node : { ...node, waived };
}

function visit(
  compiler: Compiler,
  from: SchemaNode,
  keywords: ReadonlySet<string>,
  see: (node: SchemaNode, raw: RawSchema) => void,
): void {
  const seen = new Set<unknown>();
  const pending = [from];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node.raw === 'boolean' || seen.has(node.raw)) continue;
    seen.add(node.raw);
    if (!isOnlyReference(node)) see(node, node.raw);
    for (const next of composed(compiler, node)) if (keywords.has(next.keyword)) pending.push(next.node);
  }
}
