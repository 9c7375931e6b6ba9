// The documents in PostgreSQL (PGlite), SQLite and as documents for MongoDB's query language (mingo).
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { PGlite } from '@electric-sql/pglite';
import { Query } from 'mingo';
import type { ListQuery } from '@castellan/policy';
import { foldersAbove, folders, groups, mongoMapping, orgOf, sqlMapping, users, type DocumentRow } from './world.ts';

/** A store of documents that can be asked with a filter. */
export interface Store {
  readonly name: string;
  /** Ids of the documents that the filter selects. */
  select(filter: ListQuery): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Insert = (table: string, values: readonly unknown[]) => Promise<void> | void;

const columns = (time: string, set: string, real: string) => `
  CREATE TABLE folders (id text PRIMARY KEY, parent_id text, owner_id text, org_id text NOT NULL, locked boolean);
  CREATE TABLE folder_readers (folder_id text, group_id text);
  CREATE TABLE users (id text);
  CREATE TABLE memberships (user_id text, group_id text);
  CREATE TABLE groups (id text, org_id text);
  CREATE TABLE nested (group_id text, parent_id text);
  CREATE TABLE shares (document_id text, user_id text);
  CREATE TABLE documents (id text PRIMARY KEY, folder_id text, title text, owner_id text, team_id text, org_id text, size bigint,
    spent bigint, open boolean, due ${time}, until_at ${time}, labels ${set}, price ${real}, approval_tag text, approval_by text,
    approval_at ${time});`;

async function fill(insert: Insert, rows: readonly DocumentRow[], setOf: (set: readonly string[]) => unknown) {
  for (const { id, parent, owner, org, locked, readers } of folders) {
    await insert('folders', [id, parent, owner, org, locked]);
    for (const group of readers) await insert('folder_readers', [id, group]);
  }
  for (const [id, parents] of Object.entries(users)) {
    await insert('users', [id]);
    for (const group of parents) await insert('memberships', [id, group]);
  }
  for (const [id, parents] of Object.entries(groups)) {
    await insert('groups', [id, orgOf(id)]);
    for (const group of parents) await insert('nested', [id, group]);
  }
  for (const row of rows) {
    const { approval } = row;
    await insert('documents', [
      row.id,
      row.folder,
      row.title,
      row.owner,
      row.team,
      row.org,
      row.size,
      row.spent,
      row.open,
      row.due,
      row.until,
      row.labels === null ? null : setOf(row.labels),
      row.price,
      approval?.tag ?? null,
      approval?.by ?? null,
      approval?.at ?? null,
    ]);
    for (const user of row.shares) await insert('shares', [row.id, user]);
  }
}

const places = (values: readonly unknown[], place: (index: number) => string): string =>
  values.map((_, index) => place(index)).join(', ');

export async function postgresql(rows: readonly DocumentRow[]): Promise<Store> {
  const database = new PGlite();
  await database.exec(columns('timestamptz', 'text[]', 'numeric'));
  await fill(
    async (table, values) => {
      const list = places(values, (index) => `$${index + 1}`);
      await database.query(`INSERT INTO ${table} VALUES (${list})`, [...values]);
    },
    rows,
    (set) => set,
  );
  return {
    name: 'postgresql',
    async select(filter) {
      const { text, params } = filter.sql(sqlMapping);
      const found = await database.query<{ id: string }>(`SELECT id FROM documents WHERE ${text}`, [...params]);
      return found.rows.map(({ id }) => id);
    },
    close: () => database.close(),
  };
}

export async function sqlite(rows: readonly DocumentRow[]): Promise<Store> {
  const database = new DatabaseSync(':memory:');
  database.exec(columns('text', 'text', 'real'));
  const stored = (value: unknown): SQLInputValue =>
    typeof value === 'boolean' ? Number(value) : (value as SQLInputValue);
  await fill(
    (table, values) => {
      const list = places(values, () => '?');
      database.prepare(`INSERT INTO ${table} VALUES (${list})`).run(...values.map(stored));
    },
    rows,
    (set) => JSON.stringify(set),
  );
  return {
    name: 'sqlite',
    select(filter) {
      const { text, params } = filter.sql({ ...sqlMapping, alias: 'd', dialect: 'sqlite' });
      const found = database.prepare(`SELECT id FROM documents d WHERE ${text}`).all(...params.map(stored));
      return Promise.resolve(found.map(({ id }) => String(id)));
    },
    close: () => Promise.resolve(database.close()),
  };
}

export function mongodb(rows: readonly DocumentRow[]): Store {
  const date = (value: string | null | undefined) => (value === null || value === undefined ? null : new Date(value));
  const documents = rows.map(({ id, approval, due, until, price, folder, ...row }) => {
    const inFolder = folders.find((one) => one.id === folder);
    return {
      _id: id,
      ...row,
      spent: Number(row.spent),
      folder,
      due: date(due),
      until: date(until),
      price: price === null ? null : Number(price),
      ...(approval === null
        ? {}
        : {
            approval: {
              tag: approval.tag,
              ...(approval.by === null ? {} : { by: approval.by }),
              at: date(approval.at),
            },
          }),
      ancestors: foldersAbove(folder),
      ...(inFolder === undefined ? {} : { inFolder }),
    };
  });
  return {
    name: 'mongodb',
    select(filter) {
      const query = new Query(filter.mongodb(mongoMapping));
      return Promise.resolve(documents.filter((document) => query.test(document)).map(({ _id }) => _id));
    },
    close: () => Promise.resolve(),
  };
}
