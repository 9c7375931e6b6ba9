import { entriesOf, listOf, type Nodes, type RawSchema, type SchemaNode } from './node.ts';
import { atPointer, parsePointer } from './pointer.ts';

/**
 * How a property's value names the schema that an object is held to (OpenAPI Discriminator Object). A value that names none
 * is held to what the schema says without its discriminator, which never makes anything invalid by itself (3.0.4, 3.1.1).
 */
export interface Discriminator {
  readonly property: string;
  /** By the property's value: those of `mapping`, and the implicit schema names. */
  readonly branches: ReadonlyMap<string, SchemaNode>;
  /** Where, among the branches of `over`, the one stands that a name is for. Names of other schemas are left out. */
  readonly positions: ReadonlyMap<string, number>;
  /** The keyword whose branches it chooses from; `children`: the schemas that extend this one by `allOf`. */
  readonly over: 'oneOf' | 'anyOf' | 'children';
  /** Values that mean the schema itself (`children` only). */
  readonly own: string | undefined;
  /** 3.2's `defaultMapping`: what an object without the property, or with an unknown value, is held to. */
  readonly fallback: SchemaNode | undefined;
}

/** The discriminator of a schema; undefined where it has none, or none that chooses between anything. */
export function discriminatorOf(nodes: Nodes, node: SchemaNode): Discriminator | undefined {
  const { raw } = node;
  if (typeof raw === 'boolean') return undefined;
  const declared = raw['discriminator'];
  const property =
    typeof declared === 'string'
      ? declared
      : isRecord(declared) && typeof declared['propertyName'] === 'string'
        ? declared['propertyName']
        : undefined;
  if (property === undefined) return undefined;
  const over = Array.isArray(raw['oneOf']) ? 'oneOf' : Array.isArray(raw['anyOf']) ? 'anyOf' : 'children';
  const branches = new Map<string, SchemaNode>();
  const places = new Map<unknown, number>();
  const mapping = isRecord(declared) ? entriesOf(declared, 'mapping') : [];
  let own: string | undefined;
  if (over === 'children') {
    own = lastToken(node.pointer);
    for (const [name, child] of childrenOf(nodes, node)) branches.set(name, child);
  } else {
    for (const [index, branch] of listOf(raw, over).entries()) {
      const ref = isRecord(branch) ? branch['$ref'] : undefined;
      const target = typeof ref === 'string' ? tryFollow(nodes, node, ref) : undefined;
      const place = target?.raw ?? branch;
      if (!places.has(place)) places.set(place, index);
      if (target !== undefined && typeof ref === 'string') branches.set(nameOf(ref), target);
    }
  }
  for (const [value, written] of mapping) {
    const target = typeof written === 'string' ? mapped(nodes, node, written) : undefined;
    if (target !== undefined) branches.set(value, target);
  }
  const defaultMapping = isRecord(declared) ? declared['defaultMapping'] : undefined;
  const fallback = typeof defaultMapping === 'string' ? mapped(nodes, node, defaultMapping) : undefined;
  if (branches.size === 0) return undefined;
  const positions = new Map<string, number>();
  for (const [name, { raw: target }] of branches) {
    const position = places.get(target);
    if (position !== undefined) positions.set(name, position);
  }
  return { property, branches, positions, over, own, fallback };
}

/** A mapping's value: the name of a schema, or a reference. A name wins where it could be both. */
function mapped(nodes: Nodes, node: SchemaNode, written: string): SchemaNode | undefined {
  if (/^[A-Za-z0-9._-]+$/.test(written)) {
    for (const container of ['components/schemas', 'definitions', '$defs']) {
      const named = tryFollow(nodes, node, `#/${container}/${written}`);
      if (named !== undefined) return named;
    }
  }
  return tryFollow(nodes, node, written);
}

/** By name, every schema beside this one that extends it by `allOf`, directly or not. */
function childrenOf(nodes: Nodes, node: SchemaNode): Map<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  const slash = node.pointer.lastIndexOf('/');
  if (slash < 1) return found;
  const container = node.pointer.slice(0, slash);
  const schemas = nodes.references.at({ document: node.resource.document, pointer: container });
  if (!isRecord(schemas) || atPointer(schemas, node.pointer.slice(slash)) !== node.raw) return found;
  const extended = extensions(nodes, node, schemas, container);
  const seen = new Set<unknown>([node.raw]);
  const pending = [node.raw];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const [name, child] of extended.get(parent) ?? []) {
      if (seen.has(child.raw)) continue;
      seen.add(child.raw);
      pending.push(child.raw);
      found.set(name, child);
    }
  }
  return found;
}

type Extensions = ReadonlyMap<unknown, readonly (readonly [string, SchemaNode])[]>;

const byContainer = new WeakMap<object, Extensions>();

/** For every schema of a container, those that name it in `allOf`. One pass over the container, once. */
function extensions(nodes: Nodes, node: SchemaNode, schemas: RawSchema, container: string): Extensions {
  const known = byContainer.get(schemas);
  if (known !== undefined) return known;
  const table = new Map<unknown, [string, SchemaNode][]>();
  const { document, rules } = node.resource;
  for (const [name, raw] of Object.entries(schemas)) {
    if (!isRecord(raw) || !Array.isArray(raw['allOf'])) continue;
    const child = nodes.at({
      location: { document, pointer: `${container}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` },
      dialect: rules.dialect,
      raw,
    });
    for (const part of raw['allOf'] as unknown[]) {
      const ref = isRecord(part) ? part['$ref'] : undefined;
      const parent = typeof ref === 'string' ? tryFollow(nodes, child, ref) : undefined;
      if (parent === undefined) continue;
      const children = table.get(parent.raw);
      if (children === undefined) table.set(parent.raw, [[name, child]]);
      else children.push([name, child]);
    }
  }
  byContainer.set(schemas, table);
  return table;
}

function tryFollow(nodes: Nodes, node: SchemaNode, ref: string): SchemaNode | undefined {
  try {
    return nodes.follow(node, ref);
  } catch {
    // An unresolved reference is told where the reference itself is compiled or walked.
    return undefined;
  }
}

/** The implicit name of a referred schema: the last token of its pointer, or the file's name without its ending. */
function nameOf(ref: string): string {
  const hash = ref.indexOf('#');
  if (hash >= 0 && ref.length > hash + 1) return lastToken(ref.slice(hash + 1)) ?? ref;
  const path = hash < 0 ? ref : ref.slice(0, hash);
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}

function lastToken(pointer: string): string | undefined {
  return parsePointer(pointer)?.at(-1);
}

function isRecord(value: unknown): value is RawSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
