import type { EntityRef } from '../values/entity.ts';

/** A column by name, or an expression over columns that the application vouches for. */
export type Column = string | { readonly sql: string };

/** How a type of resource is kept in a table of PostgreSQL. */
export interface TableMapping {
  /** Name or alias of the table, put before each column. */
  readonly table?: string | undefined;
  /** The column of the resource's id; `id` where not said. */
  readonly id?: Column | undefined;
  /**
   * Columns by attribute path: `{ 'approval.tag': 'approval_tag' }`. An attribute that is not named is in the column of its
   * own name; parts of a record must be named, and the record itself too where a policy asks whether it is there.
   * Texts and ids are `text` (`{ sql: 'id::text' }` for others), integers `bigint` or `integer`, times `timestamptz` with
   * milliseconds, decimals `numeric`, sets of texts `text[]`.
   */
  readonly columns?: Readonly<Record<string, Column>> | undefined;
  /** Columns with the id of what the resource is directly in, by type: `{ Folder: 'folder_id' }`. */
  readonly parents?: Readonly<Record<string, Column>> | undefined;
  /** Ids of the entities of a type that are in a group: for policies that ask about groups of others. */
  readonly members?: ((group: EntityRef, type: string) => readonly string[]) | undefined;
}
