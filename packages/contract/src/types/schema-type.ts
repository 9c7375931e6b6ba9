import type { Direction } from '../compiled.ts';
import { compilerOf } from '../schema/compiler.ts';
import { composed, followed, isForbidden } from '../schema/composition.ts';
import { entriesOf, listOf, numberOf, type RawSchema, type SchemaNode, stringsOf } from '../schema/node.ts';
import type { SchemaSource } from '../schema/index.ts';
import { typesOf, type TypeName } from '../schema/types.ts';
import type { Names } from './names.ts';

/** Levels after which a type is written as `unknown`: nobody reads further, and compilers give up. */
const DEEPEST = 40;

/** Writes schemas as TypeScript types, for values that travel in one direction. */
export class SchemaTypes {
  readonly #source: SchemaSource;
  readonly #direction: Direction;
  readonly #names: Names;

  constructor(source: SchemaSource, direction: Direction, names: Names) {
    this.#source = source;
    this.#direction = direction;
    this.#names = names;
  }

  /** The type of a schema: a name where it is referred to, otherwise written out. */
  of(node: SchemaNode, depth = 0): string {
    const { raw } = node;
    if (typeof raw === 'boolean') return raw ? 'unknown' : 'never';
    if (depth > DEEPEST) return 'unknown';
    const target = followed(this.#compiler, node, '$ref') ?? followed(this.#compiler, node, '$dynamicRef');
    const parts = target === undefined ? [] : [this.#names.of(target, this.#direction, () => this.of(target))];
    const own = this.#own(node, raw, depth);
    if (own !== 'unknown') parts.push(own);
    for (const keyword of ['allOf'] as const)
      for (const [index, part] of listOf(raw, keyword).entries()) {
        const type = this.of(this.#compiler.nodes.child(node, part, keyword, index), depth + 1);
        if (type !== 'unknown') parts.push(type);
      }
    for (const keyword of ['oneOf', 'anyOf'] as const) {
      if (!Array.isArray(raw[keyword])) continue;
      const branches = listOf(raw, keyword).map((part, index) =>
        this.of(this.#compiler.nodes.child(node, part, keyword, index), depth + 1),
      );
      if (!branches.includes('unknown')) parts.push(union(branches));
    }
    const type = intersection(parts);
    return typesOf(raw, node.resource.rules).allowed.has('null') && own === 'unknown' ? union([type, 'null']) : type;
  }

  get #compiler() {
    return compilerOf(this.#source.references, { direction: this.#direction });
  }

  /** What the keywords of the schema itself say; `unknown` where they say nothing. */
  #own(node: SchemaNode, raw: RawSchema, depth: number): string {
    if (node.resource.rules.dialect === '2020-12' && raw['const'] !== undefined) return literalOf(raw['const']);
    const { allowed, any, bytes } = typesOf(raw, node.resource.rules);
    if (Array.isArray(raw['enum'])) {
      const values = (raw['enum'] as unknown[]).map(literalOf);
      return union(allowed.has('null') && !values.includes('null') ? [...values, 'null'] : values);
    }
    const kinds: readonly TypeName[] = any ? this.#implied(raw) : [...allowed];
    // `nullable` without a type says nothing else.
    if (kinds.length === 0 || (kinds.length === 1 && kinds[0] === 'null' && raw['type'] === undefined))
      return 'unknown';
    return union(kinds.map((kind) => this.#kind(kind, node, raw, bytes, depth)));
  }

  /** Without `type`, keywords of objects and arrays are all that tells what is meant. */
  #implied(raw: RawSchema): readonly TypeName[] {
    if (raw['properties'] !== undefined || raw['required'] !== undefined) return ['object'];
    return [];
  }

  #kind(kind: TypeName, node: SchemaNode, raw: RawSchema, bytes: boolean, depth: number): string {
    switch (kind) {
      case 'string':
        return bytes ? 'Uint8Array' : 'string';
      case 'integer':
      case 'number':
        return keepsNumber(raw, kind) ? 'number' : 'number | bigint';
      case 'array':
        return this.#array(node, raw, depth);
      case 'object':
        return this.#object(node, raw, depth);
      default:
        return kind;
    }
  }

  #array(node: SchemaNode, raw: RawSchema, depth: number): string {
    const { items } = raw;
    const child = (value: unknown, keyword: string, index?: number): string =>
      this.of(this.#compiler.nodes.child(node, value, keyword, index), depth + 1);
    const prefix = listOf(raw, 'prefixItems').map((item, index) => child(item, 'prefixItems', index));
    const rest = items === undefined || Array.isArray(items) ? 'unknown' : child(items, 'items');
    if (prefix.length === 0) return listType(rest);
    const most = prefix.map((type) => `(${type})?`).join(', ');
    return rest === 'never' ? `[${most}]` : `[${most}, ...${listType(rest)}]`;
  }

  #object(node: SchemaNode, raw: RawSchema, depth: number): string {
    const required = new Set(stringsOf(raw['required']));
    const properties = entriesOf(raw, 'properties');
    const members: string[] = [];
    for (const [name, value] of properties) {
      const property = this.#compiler.nodes.child(node, value, 'properties', name);
      if (isForbidden(this.#compiler, property)) continue;
      const there = required.has(name) || (this.#direction === 'request' && this.#hasDefault(property));
      members.push(`${propertyName(name)}${there ? '' : '?'}: ${this.of(property, depth + 1)}`);
    }
    for (const name of required)
      if (!properties.some(([known]) => known === name) && properties.length > 0)
        members.push(`${propertyName(name)}: unknown`);
    const additional = raw['additionalProperties'];
    const open =
      typeof additional === 'object' && additional !== null
        ? this.of(this.#compiler.nodes.child(node, additional, 'additionalProperties'), depth + 1)
        : additional === true || (properties.length === 0 && additional !== false)
          ? 'unknown'
          : undefined;
    const record = open === undefined ? undefined : `Record<string, ${members.length === 0 ? open : 'unknown'}>`;
    if (members.length === 0) return record ?? 'Record<string, never>';
    return intersection([`{ ${members.join('; ')} }`, ...(record === undefined ? [] : [record])]);
  }

  /** A default fills an absent property of a request. */
  #hasDefault(property: SchemaNode): boolean {
    if (typeof property.raw === 'boolean') return false;
    if (property.raw['default'] !== undefined) return true;
    return composed(this.#compiler, property).some(
      ({ node, keyword }) => keyword === '$ref' && typeof node.raw === 'object' && node.raw['default'] !== undefined,
    );
  }
}

/** Whether every allowed value is a JavaScript number: whole numbers beyond 2^53 - 1 arrive as bigints. */
function keepsNumber(raw: RawSchema, kind: 'integer' | 'number'): boolean {
  if (kind === 'number') return raw['format'] === 'float' || raw['format'] === 'double' || bounded(raw);
  return ['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'].includes(String(raw['format'])) || bounded(raw);
}

function bounded(raw: RawSchema): boolean {
  const most = numberOf(raw, 'maximum') ?? numberOf(raw, 'exclusiveMaximum');
  return most !== undefined && most <= Number.MAX_SAFE_INTEGER;
}

function literalOf(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'number';
  return 'unknown';
}

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

export function union(types: readonly string[]): string {
  const all = [...new Set(types)].filter((type) => type !== 'never');
  if (all.includes('unknown')) return 'unknown';
  return all.length === 0 ? 'never' : all.map((type) => wrapped(type, '&')).join(' | ');
}

function intersection(types: readonly string[]): string {
  const all = [...new Set(types)];
  if (all.length === 0) return 'unknown';
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : all.map((type) => wrapped(type, '|')).join(' & ');
}

/** A list of a type. */
export function listType(type: string): string {
  return /^[\w$§]+$/.test(type) ? `${type}[]` : `(${type})[]`;
}

function wrapped(type: string, operator: '|' | '&'): string {
  return type.includes(operator) && !/^\{.*\}$/s.test(type) ? `(${type})` : type;
}
