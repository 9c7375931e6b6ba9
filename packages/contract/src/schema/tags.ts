import type { Compiler } from './compiler.ts';
import { composed, isOnlyReference } from './composition.ts';
import { entriesOf, type SchemaNode } from './node.ts';
import type { Unit } from './unit.ts';

/**
 * Which of many alternatives an object can match at all, told by one property: most of them name its values (`const`, `enum`).
 * An alternative that it leaves out would have been refused for that property, so nothing becomes valid or invalid by it.
 */
export interface TagIndex {
  readonly property: string;
  /** By a text that the property may have: the alternatives that allow it, by index, in order. */
  readonly allowing: ReadonlyMap<string, readonly number[]>;
  /** The alternatives that say nothing about the property. */
  readonly silent: readonly number[];
}

/** Schemas of one alternative that are looked at; what a longer chain says of its properties is not used. */
const most = 64;

const known = new WeakMap<Unit, Map<string, TagIndex | undefined>>();

/**
 * The property that tells most of the alternatives apart; undefined where none tells two. Looked for once for each schema.
 * @param branches the alternatives that stand under the keyword
 */
export function tagIndex(
  compiler: Compiler,
  node: SchemaNode,
  keyword: 'anyOf' | 'oneOf',
  branches: readonly SchemaNode[],
): TagIndex | undefined {
  if (branches.length < 2) return undefined;
  const unit = compiler.unit(node);
  let indexes = known.get(unit);
  if (indexes === undefined) known.set(unit, (indexes = new Map()));
  if (!indexes.has(keyword)) indexes.set(keyword, indexOf(compiler, branches));
  return indexes.get(keyword);
}

function indexOf(compiler: Compiler, branches: readonly SchemaNode[]): TagIndex | undefined {
  const tags = branches.map((branch) => tagsOf(compiler, branch));
  const counts = new Map<string, number>();
  for (const names of tags) for (const name of names.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  let property: string | undefined;
  let best = 1;
  for (const [name, count] of counts) if (count > best) [property, best] = [name, count];
  if (property === undefined) return undefined;
  const allowing = new Map<string, number[]>();
  const silent: number[] = [];
  for (const [index, names] of tags.entries()) {
    const allowed = names.get(property);
    if (allowed === undefined) silent.push(index);
    for (const text of allowed ?? []) {
      const others = allowing.get(text);
      if (others === undefined) allowing.set(text, [index]);
      else others.push(index);
    }
  }
  return { property, allowing, silent };
}

/** The alternatives that an object can match, by index; undefined where its tag tells nothing. */
export function tagged(index: TagIndex, value: unknown): readonly number[] | undefined {
  const tag = tagOf(value, index.property);
  if (tag === undefined) return undefined;
  const allowing = index.allowing.get(tag) ?? [];
  return index.silent.length === 0 ? allowing : [...allowing, ...index.silent];
}

/** The text that names what an object is; undefined where it has none. */
export function tagOf(value: unknown, property: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (property in Object.prototype && !Object.hasOwn(value, property)) return undefined;
  const tag = (value as Readonly<Record<string, unknown>>)[property];
  return typeof tag === 'string' ? tag : undefined;
}

/** The texts that a schema allows for its properties, where it lists them. */
function tagsOf(compiler: Compiler, node: SchemaNode): ReadonlyMap<string, ReadonlySet<string>> {
  const tags = new Map<string, ReadonlySet<string>>();
  for (const part of always(compiler, node))
    for (const [name, value] of entriesOf(part.raw === true || part.raw === false ? {} : part.raw, 'properties')) {
      if (tags.has(name)) continue;
      for (const property of always(compiler, compiler.nodes.child(part, value, 'properties', name))) {
        const texts = textsOf(property);
        if (texts === undefined) continue;
        tags.set(name, texts);
        break;
      }
    }
  return tags;
}

function textsOf({ raw, resource }: SchemaNode): ReadonlySet<string> | undefined {
  if (typeof raw === 'boolean' || !resource.rules.validation) return undefined;
  const constant = resource.rules.dialect === '2020-12' ? raw['const'] : undefined;
  if (typeof constant === 'string') return new Set([constant]);
  const values: unknown = raw['enum'];
  if (!Array.isArray(values)) return undefined;
  return new Set((values as unknown[]).filter((value) => typeof value === 'string'));
}

/** A schema and what it applies to every value, through `$ref` and `allOf`: the first of them. */
function always(compiler: Compiler, node: SchemaNode): SchemaNode[] {
  const found: SchemaNode[] = [];
  const seen = new Set<unknown>();
  const pending = [node];
  for (const next of pending) {
    if (typeof next.raw === 'boolean' || seen.has(next.raw)) continue;
    if (seen.size === most) break;
    seen.add(next.raw);
    if (!isOnlyReference(next) && next.resource.rules.applicator) found.push(next);
    for (const { node: part, keyword } of composed(compiler, next))
      if (keyword === '$ref' || keyword === '$dynamicRef' || keyword === 'allOf') pending.push(part);
  }
  return found;
}
