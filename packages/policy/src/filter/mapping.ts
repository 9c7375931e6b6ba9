import type { EntityRef } from '../values/entity.ts';

/** A column by name, or an expression over columns that the application trusts. */
export type Column = string | { readonly sql: string };

/** A table that says which entities are in which: a row for each. */
export interface LinkTable {
  readonly table: string;
  /** The column with the id of what is in something. */
  readonly child: string;
  /** The column with the id of what it is in. */
  readonly parent: string;
  /** Whether the table has all levels, not only the next one. Default false. */
  readonly closure?: boolean | undefined;
  /** The column with the time until which a row counts; a row without one counts always. */
  readonly until?: string | undefined;
}

/** A table with the elements of a set, a row for each. */
export interface SetTable {
  readonly table: string;
  /** The column with the id of what has the set. */
  readonly owner: string;
  /** The column with the element. */
  readonly value: string;
  /** The column with the time until which a row counts; a row without one counts always. */
  readonly until?: string | undefined;
}

/** How a type of resource is kept in a table. */
export interface TableMapping {
  /** The table's name, put before each column. Needed where something is looked up in other tables. */
  readonly table?: string | undefined;
  /** The column of the resource's id; `id` where not said. */
  readonly id?: Column | undefined;
  /**
   * Columns by attribute path: `{ 'approval.tag': 'approval_tag' }`, also of what an attribute names:
   * `{ 'folder.owner': 'folder_owner' }`. An attribute that is not named is in the column of its own name; parts of a
   * record must be named, and the record itself too where a policy asks whether it is there. Texts and ids are texts
   * (`{ sql: 'id::text' }` for others), whole numbers `bigint` or `integer`, decimals `numeric`.
   */
  readonly columns?: Readonly<Record<string, Column>> | undefined;
  /** Sets that are in a table of their own, by attribute. Others are an array (PostgreSQL) or JSON in a column. */
  readonly sets?: Readonly<Record<string, SetTable>> | undefined;
  /**
   * What a row is directly in, by type: the column of that id, or a table of links. A row is in nothing of a type that is
   * not named; `{}` where it is in nothing at all.
   */
  readonly parents?: Readonly<Record<string, Column | LinkTable>> | undefined;
  /** Ids of the entities of a type that are in a group, where no `parents` say it; undefined where that is not known. */
  readonly members?: ((group: EntityRef, type: string) => readonly string[] | undefined) | undefined;
}

/** The databases whose SQL is written. */
export type Dialect = 'postgresql' | 'sqlite' | 'mysql';

/** How times are kept where the database has no type for them (SQLite). */
export type TimeFormat = 'iso' | 'milliseconds' | 'seconds';

/** Where the items of a list and what they name are kept. */
export interface SqlMapping extends TableMapping {
  /** The name of the table of the items in the query of the list, where that gives it another. */
  readonly alias?: string | undefined;
  /** Default `postgresql`. */
  readonly dialect?: Dialect | undefined;
  /** Tables of the types that attributes name, and of groups. */
  readonly tables?: Readonly<Record<string, TableMapping>> | undefined;
  /** SQLite only: `2026-01-31T10:00:00.000Z` (`iso`, the default), or whole milliseconds or seconds since 1970. */
  readonly times?: TimeFormat | undefined;
  /** Milliseconds since 1970, for rows that count until a time. */
  readonly now?: number | undefined;
}
