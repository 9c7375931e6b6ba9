import type { SchemaModel } from '../load/schema.ts';
import { and, type Condition } from './condition.ts';
import type { Fragment } from './emit/fragment.ts';
import { MongoWriter } from './emit/mongodb.ts';
import { PrismaWriter } from './emit/prisma.ts';
import { SqlWriter } from './emit/sql.ts';
import type { ListQuery, SqlTag } from './list-filter.ts';
import type { SqlMapping } from './mapping.ts';

/** Several conditions that must hold together, for each kind of store. */
export function queryOfAll(schema: SchemaModel, type: string, conditions: readonly Condition[]): ListQuery {
  return queryOf(schema, type, conditions.reduce<Condition>(and, true));
}

/** A condition for each kind of store. */
export function queryOf(schema: SchemaModel, type: string, condition: Condition): ListQuery {
  const fragment = (mapping: SqlMapping = {}): Fragment => new SqlWriter(schema, type, mapping).condition(condition);
  const tagged = <T>(tag: SqlTag<T>, mapping: SqlMapping | undefined): T => {
    const { strings, params } = fragment(mapping);
    return tag(Object.assign([...strings], { raw: [...strings] }), ...params);
  };
  return {
    scope: typeof condition === 'boolean' ? (condition ? 'all' : 'none') : 'some',
    condition,
    sql(mapping) {
      const { strings, params } = fragment(mapping);
      const numbered = (mapping?.dialect ?? 'postgresql') === 'postgresql';
      const text = strings.reduce((before, after, index) => `${before}${numbered ? `$${index}` : '?'}${after}`);
      return { text, params };
    },
    kysely: tagged,
    drizzle: tagged,
    mongodb: (mapping = {}) => new MongoWriter(mapping).condition(condition),
    prisma: (mapping) => new PrismaWriter(schema, mapping).condition(condition),
  };
}
