import type { SchemaModel } from '../../load/schema.ts';
import type { Field, Origin } from '../condition.ts';
import type { Column, SetTable, SqlMapping, TableMapping } from '../mapping.ts';
import type { SqlDialect } from './dialect.ts';
import { raw, sql, type Fragment } from './fragment.ts';

/** Where values are, in tables: columns of the row, and of what it names. */
export class Tables {
  readonly dialect: SqlDialect;
  readonly schema: SchemaModel;
  readonly mapping: SqlMapping;
  readonly #type: string;
  #aliases = 0;

  constructor(schema: SchemaModel, type: string, mapping: SqlMapping, dialect: SqlDialect) {
    this.schema = schema;
    this.mapping = mapping;
    this.dialect = dialect;
    this.#type = type;
  }

  /** The id of the row. */
  id(): Fragment {
    return this.column(this.#row(), this.mapping.id ?? 'id');
  }

  /** The mapping of a type: what the row's own type has too, where nothing else is said. */
  of(type: string): TableMapping | undefined {
    const { tables = {} } = this.mapping;
    if (Object.hasOwn(tables, type)) return tables[type];
    return type === this.#type ? this.mapping : undefined;
  }

  /** The table of a type, for a sub-select. */
  tableOf(type: string, origin: Origin): TableMapping & { readonly table: string } {
    const mapping = this.of(type);
    const { table } = mapping ?? {};
    if (mapping === undefined || table === undefined) throw origin.refuse(`no table is named for ${type}`);
    this.checkRow(origin);
    return { ...mapping, table };
  }

  /** A sub-select needs the name of the row's table, or its columns would be taken for those of the other one. */
  checkRow(origin: Origin): void {
    if (this.#row() === undefined) throw origin.refuse("it is in another table: give the 'table' of the items");
  }

  #row(): string | undefined {
    return this.mapping.alias ?? this.mapping.table;
  }

  /** A name for a table of a sub-select. */
  alias(): string {
    this.#aliases += 1;
    return `castellan_${this.#aliases}`;
  }

  /** The value of an attribute: a column, or a sub-select of one value. It is NULL where anything on the way is not there. */
  value(field: Field, origin: Origin): Fragment {
    return this.#value(segmentsOf(field), 0, this.mapping, this.#row(), origin);
  }

  #value(
    segments: readonly Field[],
    at: number,
    mapping: TableMapping,
    table: string | undefined,
    origin: Origin,
  ): Fragment {
    const { columns = {} } = mapping;
    const whole = nameOf(segments.slice(at));
    if (Object.hasOwn(columns, whole)) return this.column(table, columns[whole] ?? whole);
    const name = nameOf(segments.slice(at, at + 1));
    if (name.includes('.') && !Object.hasOwn(columns, name)) throw origin.refuse(`no column is named for '${name}'`);
    const value = this.column(table, columns[name] ?? name);
    const next = segments[at + 1];
    if (next === undefined) return value;
    const other = this.tableOf(next.type, origin);
    const alias = this.alias();
    const found = this.#value(segments, at + 1, other, alias, origin);
    const id = this.column(alias, other.id ?? 'id');
    const { quoted } = this.dialect;
    return sql`(SELECT ${found} FROM ${quoted(other.table)} ${quoted(alias)} WHERE ${id} = ${value})`;
  }

  column(table: string | undefined, column: Column): Fragment {
    if (typeof column !== 'string') return raw(`(${column.sql})`);
    const { dialect } = this;
    return table === undefined ? dialect.quoted(column) : sql`${dialect.quoted(table)}.${dialect.quoted(column)}`;
  }

  /** The table of a set, where it has one, and the id of what has the set. */
  set(field: Field, origin: Origin): { readonly table: SetTable; readonly owner: Fragment } | undefined {
    const sets = (field.of === undefined ? this.mapping : this.of(field.type))?.sets ?? {};
    const name = field.path.join('.');
    const table = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (table === undefined) return undefined;
    this.checkRow(origin);
    return { table, owner: field.of === undefined ? this.id() : this.value(field.of, origin) };
  }

  /** Whether a row of a set or of links still counts. */
  counts(table: string, until: string | undefined, origin: Origin): Fragment | undefined {
    if (until === undefined) return undefined;
    const { now } = this.mapping;
    if (now === undefined) throw origin.refuse(`rows count until a time: give 'now'`);
    const column = this.column(table, until);
    const time = this.dialect.constant({ kind: 'time', milliseconds: now });
    return sql`(${column} IS NULL OR ${column} > ${time})`;
  }
}

/** The attributes on the way to one: that of the item first. */
function segmentsOf(field: Field): readonly Field[] {
  return field.of === undefined ? [field] : [...segmentsOf(field.of), field];
}

/** The path of attributes, as mappings write it. */
const nameOf = (segments: readonly Field[]): string => segments.flatMap(({ path }) => path).join('.');
