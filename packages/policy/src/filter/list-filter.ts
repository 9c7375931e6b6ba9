import type { EntityRef, EntitySource } from '../values/entity.ts';
import type { CedarRecord } from '../values/record.ts';
import type { Condition } from './condition.ts';
import type { DocumentMapping, MongoFilter } from './emit/mongodb.ts';
import type { PrismaMapping, PrismaWhere } from './emit/prisma.ts';
import type { SqlMapping } from './mapping.ts';

/** Who asks for a list, by what operation, of which type. */
export interface ListRequest {
  readonly principal: EntityRef;
  readonly action: EntityRef;
  /** The entity type of the list's items. */
  readonly type: string;
  readonly context?: CedarRecord;
  /** Looks up groups and other entities that the policies ask about. */
  readonly entities?: EntitySource;
  /**
   * What a `forbid` policy does that cannot be evaluated for an item: Cedar skips it (the default), a guard takes it as
   * forbidding.
   */
  readonly failingForbid?: 'skipped' | 'forbids' | undefined;
  /** Whether items that no policy speaks of are permitted. Default false. */
  readonly unspoken?: boolean | undefined;
}

/** A condition of SQL with its parameters apart: `$1`, `$2`… (PostgreSQL) or each `?` in `text` is the next of `params`. */
export interface SqlCondition {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** A template tag such as `sql` of Kysely or Drizzle. */
export type SqlTag<Expression> = (strings: TemplateStringsArray, ...params: unknown[]) => Expression;

/** What of a type a principal may see or do something with, for the store that has it. */
export interface ListQuery {
  /** `all` or `none` where no item can change the answer. */
  readonly scope: 'all' | 'none' | 'some';
  /** The condition in no query language. */
  readonly condition: Condition;
  /**
   * The condition in SQL: exactly the rows that are permitted one by one.
   * @throws CastellanError `untranslatable` with the place of what a table cannot answer
   */
  sql(mapping?: SqlMapping): SqlCondition;
  /**
   * The condition as an expression of Kysely: `where(filter.kysely(sql))` with Kysely's own `sql`.
   * @throws as {@link ListQuery.sql}
   */
  kysely<Expression>(tag: SqlTag<Expression>, mapping?: SqlMapping): Expression;
  /**
   * The condition as an expression of Drizzle: `where(filter.drizzle(sql))` with Drizzle's own `sql`.
   * @throws as {@link ListQuery.sql}
   */
  drizzle<Expression>(tag: SqlTag<Expression>, mapping?: SqlMapping): Expression;
  /**
   * The condition as a filter of MongoDB.
   * @throws as {@link ListQuery.sql}
   */
  mongodb(mapping?: DocumentMapping): MongoFilter;
  /**
   * The condition as a `where` of Prisma.
   * @throws as {@link ListQuery.sql}
   */
  prisma(mapping: PrismaMapping): PrismaWhere;
}

/** A filter of policies that decides on single items as well. */
export interface ListFilter extends ListQuery {
  /** Whether one item, by its id and its plain attributes, is permitted. */
  readonly test: (id: string, attributes: object, parents?: readonly EntityRef[]) => boolean;
}
