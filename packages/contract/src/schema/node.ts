import type { Dialect, Schema } from '../model.ts';
import { escapePointer } from './pointer.ts';
import type { References, Resource, Target } from './references.ts';
import { rulesOf } from './rules.ts';
import { splitFragment } from './uri.ts';

export type RawSchema = Readonly<Record<string, unknown>>;

/** The dynamic anchors in reach, by name; the outermost resource that has one wins (2020-12 core, section 8.2.3.2). */
export interface Scope {
  readonly key: string;
  readonly anchors: ReadonlyMap<string, Target>;
}

const emptyScope: Scope = { key: '', anchors: new Map() };

/** A schema at its place: what it says, what its references resolve against, and what it inherits from around it. */
export interface SchemaNode {
  readonly raw: RawSchema | boolean;
  readonly pointer: string;
  readonly resource: Resource;
  readonly scope: Scope;
  /** Properties that need not be there although this schema requires them: another part of the composition makes them read-only. */
  readonly waived: readonly string[];
}

/** A place is as much a schema as its value is; anything that is neither an object nor a boolean allows nothing. */
function asSchema(value: unknown): RawSchema | boolean {
  if (typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawSchema) : false;
}

/** Makes nodes. All scopes of one contract are interned, so that equal ones are identical. */
export class Nodes {
  readonly references: References;
  readonly #scopes = new Map<string, Scope>();
  readonly #otherwise = new Map<string, Resource>();

  constructor(references: References) {
    this.references = references;
  }

  /** The node of a schema as a contract gives it. Its dialect counts where it differs from that of its document. */
  at(schema: Schema): SchemaNode {
    const { location, raw } = schema;
    const resource = this.#read(this.references.resourceAt(location), schema.dialect);
    const entered = typeof raw === 'object' ? this.references.enter(resource, raw, location.pointer) : resource;
    return {
      raw,
      pointer: location.pointer,
      resource: entered,
      scope: this.#enter(this.#enter(emptyScope, resource), entered),
      waived: [],
    };
  }

  /** A subschema: `child(node, value, 'properties', 'name')`. */
  child(parent: SchemaNode, value: unknown, keyword: string, key?: string | number): SchemaNode {
    const raw = asSchema(value);
    const pointer = `${parent.pointer}/${escapePointer(keyword)}${key === undefined ? '' : `/${escapePointer(String(key))}`}`;
    const { resource } = parent;
    const id = resource.rules.id;
    if (id === undefined || typeof raw !== 'object' || typeof raw[id] !== 'string')
      return { raw, pointer, resource, scope: parent.scope, waived: [] };
    const entered = this.references.enter(resource, raw, pointer);
    return {
      raw,
      pointer,
      resource: entered,
      scope: entered === resource ? parent.scope : this.#enter(parent.scope, entered),
      waived: [],
    };
  }

  /**
   * What `$ref` leads to.
   *
   * @throws CastellanError `unresolved-reference`
   */
  follow(from: SchemaNode, ref: string): SchemaNode {
    return this.#node(
      this.references.target(from.resource, ref, { document: from.resource.document, pointer: from.pointer }),
      from.scope,
    );
  }

  /**
   * What `$dynamicRef` leads to in this scope.
   *
   * @throws CastellanError `unresolved-reference`
   */
  followDynamic(from: SchemaNode, ref: string): SchemaNode {
    const lexical = this.references.target(from.resource, ref, {
      document: from.resource.document,
      pointer: from.pointer,
    });
    const { fragment } = splitFragment(ref);
    const bookend = asSchema(lexical.value);
    if (typeof bookend === 'object' && fragment !== '' && bookend['$dynamicAnchor'] === fragment) {
      const scope = this.#enter(from.scope, lexical.resource);
      return this.#node(scope.anchors.get(fragment) ?? lexical, from.scope);
    }
    return this.#node(lexical, from.scope);
  }

  #read(resource: Resource, dialect: Dialect): Resource {
    if (resource.rules.dialect === dialect) return resource;
    const key = `${dialect} ${resource.document}#${resource.pointer}`;
    let other = this.#otherwise.get(key);
    if (other === undefined) this.#otherwise.set(key, (other = { ...resource, rules: rulesOf(dialect) }));
    return other;
  }

  #node(target: Target, scope: Scope): SchemaNode {
    return {
      raw: asSchema(target.value),
      pointer: target.location.pointer,
      resource: target.resource,
      scope: this.#enter(scope, target.resource),
      waived: [],
    };
  }

  #enter(scope: Scope, resource: Resource): Scope {
    if (resource.rules.id !== '$id') return scope;
    const names = this.references.dynamicAnchors(resource);
    if (names.size === 0) return scope;
    let anchors: Map<string, Target> | undefined;
    for (const [name, pointer] of names) {
      if (scope.anchors.has(name)) continue;
      anchors ??= new Map(scope.anchors);
      const location = { document: resource.document, pointer };
      anchors.set(name, { location, value: this.references.at(location), resource });
    }
    if (anchors === undefined) return scope;
    const key = JSON.stringify(
      [...anchors].map(([name, target]) => [name, target.location.document, target.location.pointer]).sort(),
    );
    let interned = this.#scopes.get(key);
    if (interned === undefined) this.#scopes.set(key, (interned = { key, anchors }));
    return interned;
  }
}

/** An own object-valued keyword as entries; nothing where it is missing or not an object. */
export function entriesOf(raw: RawSchema, keyword: string): readonly [string, unknown][] {
  const value = raw[keyword];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** A list-valued keyword; nothing where it is missing or not a list. */
export function listOf(raw: RawSchema, keyword: string): readonly unknown[] {
  const value = raw[keyword];
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A list-valued keyword's strings, each once. */
export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set((value as unknown[]).filter((item) => typeof item === 'string'))] : [];
}

/** A numeric keyword. A numeral in quotes, as real documents have it, counts as the number. */
export function numberOf(raw: RawSchema, keyword: string): number | bigint | undefined {
  const value = raw[keyword];
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}
