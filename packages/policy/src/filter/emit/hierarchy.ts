import type { EntityRef } from '../../values/entity.ts';
import type { Origin } from '../condition.ts';
import type { Column, LinkTable } from '../mapping.ts';
import { joined, raw, sql, type Fragment } from './fragment.ts';
import type { Tables } from './tables.ts';

/** What is in what, by columns and tables of links, to any depth. */
export class Hierarchy {
  readonly #tables: Tables;
  readonly #group: EntityRef;
  readonly #origin: Origin;

  constructor(tables: Tables, group: EntityRef, origin: Origin) {
    this.#tables = tables;
    this.#group = group;
    this.#origin = origin;
  }

  /** Whether the item itself, or an entity that it names, is in the group. */
  has(member: 'item' | Fragment, type: string, item: Fragment): Fragment {
    const { dialect } = this.#tables;
    const found = this.#parentsOf(type).map(([parent, link]): Fragment => {
      const above = this.#within(parent, [type]);
      if (member === 'item' && !isLinks(link)) {
        const column = this.#tables.column(this.#tables.mapping.alias ?? this.#tables.mapping.table, link);
        return this.#among(column, above);
      }
      const value = member === 'item' ? item : member;
      return sql`${dialect.id(value)} IN (${this.#childrenIn(type, link, above)})`;
    });
    const either = found.length === 1 ? joined(found, '') : sql`(${joined(found, ' OR ')})`;
    return found.length === 0
      ? raw('1 = 0')
      : sql`COALESCE(${either}, ${dialect.constant({ kind: 'bool', value: false })})`;
  }

  /** Whether the tables say what a type is in. */
  isDeclared(type: string): boolean {
    return this.#tables.of(type)?.parents !== undefined;
  }

  /** What a type may be directly in, on the way to the group. */
  #parentsOf(type: string): [parent: string, link: Column | LinkTable][] {
    const { schema } = this.#tables;
    const parents = [...(schema.entityTypes.get(type)?.parents ?? [])].filter((parent) => this.#leads(parent));
    if (parents.length === 0) return [];
    const declared = this.#tables.of(type)?.parents;
    if (declared === undefined)
      throw this.#origin.refuse(`what a ${type} is in, is not said: name it in 'parents' of ${type}, {} for nothing`);
    return parents.flatMap((parent): [string, Column | LinkTable][] => {
      const link = Object.hasOwn(declared, parent) ? declared[parent] : undefined;
      return link === undefined ? [] : [[parent, link]];
    });
  }

  #leads(type: string): boolean {
    const { schema } = this.#tables;
    return type === this.#group.type || schema.entityTypes.get(type)?.ancestors.has(this.#group.type) === true;
  }

  /** Ids of a type that are the group, or in it: undefined where only the group itself is. */
  #within(type: string, below: readonly string[]): Fragment | undefined {
    if (below.slice(1).includes(type)) throw this.#origin.refuse(`${type} is in itself by way of other types`);
    const { dialect } = this.#tables;
    const parents = this.#parentsOf(type);
    const own = parents.find(([parent]) => parent === type)?.[1];
    const others = parents.filter(([parent]) => parent !== type);
    if (own === undefined && others.length === 0) return type === this.#group.type ? undefined : raw('SELECT NULL');
    const start = [
      ...(type === this.#group.type ? [sql`SELECT ${dialect.id(sql`${this.#group.id}`)}`] : []),
      ...others.map(([parent, link]) => this.#childrenIn(type, link, this.#within(parent, [...below, type]))),
    ];
    const base = start.length === 0 ? raw('SELECT NULL') : joined(start, ' UNION ');
    if (own === undefined) return base;
    if (isLinks(own) && own.closure === true && others.length === 0)
      return sql`${base} UNION ${this.#childrenIn(type, own, undefined)}`;
    const name = dialect.quoted(this.#tables.alias());
    const step = this.#childrenIn(type, own, sql`${name}.${raw('id')}`, name);
    return sql`WITH RECURSIVE ${name}(${raw('id')}) AS (${base} UNION ${step}) SELECT ${raw('id')} FROM ${name}`;
  }

  /** Selects the ids of a type whose parent is the group, one of a sub-select, or one of a recursion. */
  #childrenIn(type: string, link: Column | LinkTable, above: Fragment | undefined, recursion?: Fragment): Fragment {
    const { dialect } = this.#tables;
    const alias = this.#tables.alias();
    const column = (name: Column) => this.#tables.column(alias, name);
    const links = isLinks(link);
    const from = links ? undefined : this.#tables.tableOf(type, this.#origin);
    if (links) this.#tables.checkRow(this.#origin);
    const [child, parent] = links
      ? [column(link.child), column(link.parent)]
      : [column(from?.id ?? 'id'), column(link)];
    const table = sql`${dialect.quoted(links ? link.table : (from?.table ?? ''))} ${dialect.quoted(alias)}`;
    const counts = links ? this.#tables.counts(alias, link.until, this.#origin) : undefined;
    const also = counts === undefined ? raw('') : sql` AND ${counts}`;
    if (recursion !== undefined && above !== undefined)
      return sql`SELECT ${dialect.id(child)} FROM ${table} JOIN ${recursion} ON ${dialect.id(parent)} = ${above} WHERE 1 = 1${also}`;
    return sql`SELECT ${dialect.id(child)} FROM ${table} WHERE ${this.#among(parent, above)}${also}`;
  }

  #among(value: Fragment, above: Fragment | undefined): Fragment {
    const { dialect } = this.#tables;
    return above === undefined
      ? dialect.equals(value, dialect.constant({ kind: 'entity', type: this.#group.type, value: this.#group.id }), 'id')
      : sql`${dialect.id(value)} IN (${above})`;
  }
}

const isLinks = (link: Column | LinkTable): link is LinkTable => typeof link === 'object' && 'table' in link;
