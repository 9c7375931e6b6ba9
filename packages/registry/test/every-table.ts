// Rows for every table that a store has, whatever its version: made from what the database says of its columns.
import { sql } from 'kysely';
import { migrations } from '../src/store/migrations/index.ts';
import type { Store } from '../src/store/open.ts';

/** Names by which rows of several tables belong together. */
const shared: ReadonlySet<string> = new Set(['id', 'api', 'digest', 'key_hash', 'name', 'guard', 'instance']);
const texts = [
  'plain',
  '',
  `it's "quoted" \\ and \n two lines \t`,
  '#{"end":true}',
  '😀 é 漢字 \u202e',
  'null',
  '{"a":1}',
  'x'.repeat(3_000),
];
const numbers = [0, 1, -1, 0.1, 2 ** 53 - 1, 1e-300, 123_456_789.123];
const times = ['1970-01-01T00:00:00.000Z', '2026-11-29T12:34:56.789Z', '2026-02-28T23:59:59.999999Z'];
const values = ['{}', '[]', '[{"rel":"x","href":"y\\nz"}]', '{"a":{"b":[1,2.5,null,true,"\\u00e9"]}}', '"text"'];

/** Tables that these migrations make, in an order in which rows may be inserted. */
function tablesOf(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => migrations[name]?.tables ?? []);
}

/** Inserts rows into every table. @returns how many */
export async function fillEveryTable({ db }: Store, names: readonly string[], rows = 12): Promise<number> {
  let inserted = 0;
  for (const table of tablesOf(names)) {
    const { rows: columns } = await sql<{ name: string; type: string; serial: boolean; nullable: boolean }>`
      select column_name as name, data_type as type, is_nullable = 'YES' as nullable,
        coalesce(column_default like 'nextval(%', false) as serial
      from information_schema.columns where table_schema = current_schema() and table_name = ${table}
      order by ordinal_position`.execute(db);
    const given = columns.filter(({ serial }) => !serial);
    const filled = Array.from({ length: rows }, (_, n) => {
      const row = given.map(({ name, type, nullable }, at) =>
        nullable && (n + at) % 4 === 0 ? sql`null` : valueOf(name, type, n, at),
      );
      return sql`(${sql.join(row)})`;
    });
    await sql`insert into ${sql.table(table)} (${sql.join(given.map(({ name }) => sql.ref(name)))}) values ${sql.join(filled)}`.execute(
      db,
    );
    inserted += rows;
  }
  return inserted;
}

function valueOf(name: string, type: string, n: number, at: number) {
  const pick = <T>(list: readonly T[]): T => list[(n + at) % list.length] as T;
  if (type === 'text')
    return shared.has(name) ? sql.val(`k${n}`) : sql.val(at < 3 ? `${n} ${pick(texts)}` : pick(texts));
  if (type === 'boolean') return sql.val(n % 2 === 0);
  if (type === 'double precision') return sql`${String(pick(numbers))}::float8`;
  if (/int|numeric/.test(type)) return sql`${String(n)}::int`;
  if (type.startsWith('timestamp')) return sql`${pick(times)}::timestamptz`;
  if (type === 'jsonb') return sql`${pick(values)}::jsonb`;
  throw new TypeError(`${name} is of the type ${type}, for which nothing is made here`);
}

/** Every row of every table as text, sorted: two stores of one content give the same. */
export async function contentOf({ db }: Store, names: readonly string[]): Promise<Record<string, readonly string[]>> {
  const content: Record<string, readonly string[]> = {};
  for (const table of tablesOf(names)) {
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(t)::text as row from ${sql.table(table)} t order by 1`.execute(db);
    content[table] = rows.map(({ row }) => row);
  }
  return content;
}
