// The rows of a model in tables, as the model's filters say: in PostgreSQL (PGlite) and in SQLite.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { PGlite } from '@electric-sql/pglite';
import type { RequestFilter } from '@castellan/guard';
import type { SetTable, TableMapping } from '@castellan/policy';
import type { Model } from './model.ts';

/** A database that is asked for the ids that a filter selects, in the order of the rows. */
export interface Database {
  select(type: string, filter: RequestFilter): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The type of a column, by the values in it. */
function columnType(values: readonly unknown[], time: string, array: string): string {
  const value = values.find((one) => one !== null);
  if (typeof value === 'number') return 'bigint';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return array;
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? time : 'text';
}

function tablesOf(model: Model): readonly Table[] {
  return Object.entries(model.rows).flatMap(([type, rows]) => {
    const mapping = model.filters.tables?.[type];
    if (mapping?.table === undefined) return [];
    const { columns = {}, sets = {}, table } = mapping;
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => sets[name] === undefined);
    // Parts of a record each have a column; what stands for the record itself is one of them.
    const paths = names.flatMap((name) => {
      const parts = Object.keys(columns).filter((path) => path.startsWith(`${name}.`));
      return parts.length === 0 ? [name] : parts;
    });
    const columnOf = (path: string): string => {
      const column = columns[path] ?? path;
      return typeof column === 'string' ? column : path;
    };
    const valueOf = (row: object, path: string): unknown =>
      path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], row) ??
      null;
    return [
      { name: table, columns: paths.map(columnOf), rows: rows.map((row) => paths.map((path) => valueOf(row, path))) },
      ...Object.entries(sets).map(([name, set]) => setTable(model, type, name, set)),
    ];
  });
}

/** The elements of a set, and the shares that have ended or will. */
function setTable({ rows, shares = [] }: Model, type: string, name: string, set: SetTable): Table {
  const own = shares.filter(({ of }) => of === `${type}.${name}`);
  const lasting = (rows[type] ?? []).flatMap((row) =>
    (row[name] as readonly string[])
      .filter((value) => !own.some((share) => share.id === row.id && share.value === value))
      .map((value) => [row.id, value, null]),
  );
  const ending = own.map(({ id, value, until }) => [id, value, until]);
  const columns = [set.owner, set.value, ...(set.until === undefined ? [] : [set.until])];
  return { name: set.table, columns, rows: [...lasting, ...ending].map((row) => row.slice(0, columns.length)) };
}

const create = ({ name, columns, rows }: Table, time: string, array: string): string => {
  const types = columns.map((column, index) => {
    const type = columnType(
      rows.map((row) => row[index]),
      time,
      array,
    );
    return `"${column}" ${column === 'ends_at' ? time : type}`;
  });
  return `CREATE TABLE "${name}" (${types.join(', ')})`;
};

const fromOf = (model: Model, type: string): string => {
  const mapping: TableMapping = model.filters.tables?.[type] ?? {};
  return `SELECT id FROM "${mapping.table ?? ''}"`;
};

const inOrder = (model: Model, type: string, ids: readonly string[]): readonly string[] =>
  (model.rows[type] ?? []).map(({ id }) => id).filter((id) => ids.includes(id));

/** @param database one that has nothing of another model's schema */
export async function inPostgres(model: Model, database: PGlite): Promise<Database> {
  const schema = model.name.replaceAll('-', '_');
  await database.exec(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}`);
  for (const table of tablesOf(model)) {
    await database.exec(create(table, 'timestamptz', 'text[]'));
    for (const row of table.rows)
      await database.query(
        `INSERT INTO "${table.name}" VALUES (${row.map((_, index) => `$${index + 1}`).join(', ')})`,
        [...row],
      );
  }
  return {
    async select(type, filter) {
      const { text, params } = filter.sql();
      const { rows } = await database.query<{ id: string }>(`${fromOf(model, type)} WHERE ${text}`, [...params]);
      return inOrder(
        model,
        type,
        rows.map(({ id }) => id),
      );
    },
    close: () => Promise.resolve(),
  };
}

export function inSqlite(model: Model): Database {
  const database = new DatabaseSync(':memory:');
  const stored = (value: unknown): SQLInputValue =>
    typeof value === 'boolean'
      ? Number(value)
      : Array.isArray(value)
        ? JSON.stringify(value)
        : (value as SQLInputValue);
  for (const table of tablesOf(model)) {
    database.exec(create(table, 'text', 'text'));
    for (const row of table.rows)
      database.prepare(`INSERT INTO "${table.name}" VALUES (${row.map(() => '?').join(', ')})`).run(...row.map(stored));
  }
  return {
    select(type, filter) {
      const { text, params } = filter.sql({ dialect: 'sqlite' });
      const found = database.prepare(`${fromOf(model, type)} WHERE ${text}`).all(...params.map(stored));
      return Promise.resolve(
        inOrder(
          model,
          type,
          found.map(({ id }) => String(id)),
        ),
      );
    },
    close: () => Promise.resolve(database.close()),
  };
}
