import type { Condition, DocumentMapping, ListQuery, PrismaMapping, PrismaWhere, SqlMapping } from '@castellan/policy';
import { unknownAction, type EntityRef } from '@castellan/policy/entities';
import type { Exchange } from '../exchange.ts';
import { Undecidable } from './attributes.ts';
import type { ActionFacts, Authority } from './authority.ts';
import type { Authorization } from './authorization.ts';
import { asked, notAResource } from './handle.ts';
import { subjectOf } from './operation-subject.ts';
import { mongoMappingOf, prismaMappingOf, sqlMappingOf } from './stores.ts';

/**
 * What of a type the caller may have in a list, as a condition for the database: the rows that it selects are those that
 * would be permitted one by one, so that pages are full. The guard's option `filters` says where attributes are kept; what
 * is given to a method here counts before that.
 */
export interface RequestFilter extends Omit<ListQuery, 'prisma'> {
  /** @throws CastellanError `untranslatable` with the place of what Prisma cannot be asked */
  prisma(mapping?: PrismaMapping): PrismaWhere;
  /** Whether one object is permitted. What its policies ask for beyond it is fetched. */
  test(object: object): Promise<boolean>;
  /** The objects that are permitted, in their order. What the policies ask for beyond them is fetched for all at once. */
  keep<T extends object>(objects: readonly T[]): Promise<T[]>;
}

/**
 * Gives a filter for a list.
 *
 * @param type a resource type of the contract
 * @param action the operation that it is about; where not said, the called one, as its answer is decided on
 */
export type Filter = (type: string, action?: string) => Promise<RequestFilter>;

/** A question that every item must pass; `nobody` where no item can. */
type Questions = readonly Question[] | 'nobody';
interface Question {
  readonly facts: ActionFacts;
  /** Whether what nobody permits passes, where nobody forbids it. */
  readonly unspoken: boolean;
}

/**
 * Works a filter out.
 * @throws CastellanError `no-policies`, `not-a-resource`, `unknown-action`; LoadFailure
 */
export async function filterOf(
  exchange: Exchange,
  authorization: Authorization,
  type: string,
  action: string | undefined,
): Promise<RequestFilter> {
  const { authority } = authorization;
  if (!authority.contract.resources.has(type)) throw notAResource(authority, `the contract has no resource '${type}'`);
  const questions = questionsOf(authority, exchange, type, action);
  const conditions = await authorization.settled(() => conditionsOf(authorization, type, questions));
  const query = authority.set.query(authority.nameOf(type), conditions);
  const sql = (mapping: SqlMapping | undefined): SqlMapping => sqlMappingOf(authority, type, exchange.now, mapping);
  const mongo = (mapping: DocumentMapping | undefined) => mongoMappingOf(authority, type, mapping);
  const keep = async <T extends object>(objects: readonly T[]): Promise<T[]> => {
    const kept = await asked(async () =>
      authorization.settled(() =>
        objects.map((object) => isPermitted(authorization, questions, entityOf(authorization, type, object))),
      ),
    );
    return objects.filter((_, index) => kept[index]);
  };
  return {
    scope: query.scope,
    condition: query.condition,
    sql: (mapping) => query.sql(sql(mapping)),
    kysely: (tag, mapping) => query.kysely(tag, sql(mapping)),
    drizzle: (tag, mapping) => query.drizzle(tag, sql(mapping)),
    mongodb: (mapping) => query.mongodb(mongo(mapping)),
    prisma: (mapping) => query.prisma(prismaMappingOf(authority, mapping)),
    test: async (object) => (await keep([object])).length === 1,
    keep,
  };
}

/** What an item of the called operation's answer has to pass, as the check of answers asks; of another operation, its own policies. */
export function questionsOf(
  authority: Authority,
  exchange: Pick<Exchange, 'operation'>,
  type: string,
  action: string | undefined,
): Questions {
  const { operation } = exchange;
  const facts = authority.facts(action ?? operation?.operationId ?? '');
  if (facts.model === undefined)
    throw unknownAction(
      facts.id,
      authority.contract.operations.map(({ operationId }) => operationId),
    );
  const permitted = { facts, unspoken: false };
  if (operation === undefined || (action !== undefined && action !== operation.operationId)) return [permitted];
  const isOwn = subjectOf(authority, operation).types.has(type);
  if (isOwn && facts.permits(type)) return [permitted];
  const own = isOwn && facts.forbids(type) ? [{ facts, unspoken: true }] : [];
  const read = authority.readOf(type);
  const reading = read === undefined ? undefined : authority.facts(read.operationId);
  if (reading?.permits(type) === true) return [...own, { facts: reading, unspoken: false }];
  // Under `bank` what nobody permits is not shown.
  if (authority.explicit) return 'nobody';
  return reading?.forbids(type) === true ? [...own, { facts: reading, unspoken: true }] : own;
}

function conditionsOf(authorization: Authorization, type: string, questions: Questions): Condition[] {
  if (questions === 'nobody') return [false];
  const { authority } = authorization;
  return questions.map(({ facts, unspoken }): Condition => {
    if (authorization.doubt(facts) !== undefined) return false;
    try {
      const request = { ...authorization.requestOf(facts), type: authority.nameOf(type) };
      return authority.set.filter({ ...request, failingForbid: 'forbids', unspoken }).condition;
    } catch (error) {
      // What is known of the caller is of a wrong kind: nobody can decide, so nothing is permitted.
      if (error instanceof Undecidable) return false;
      throw error;
    }
  });
}

function entityOf(authorization: Authorization, type: string, object: object): EntityRef {
  const { authority } = authorization;
  const value = object as Readonly<Record<string, unknown>>;
  const idName = authority.contract.resources.get(type)?.id ?? 'id';
  const id = Object.hasOwn(value, idName) ? value[idName] : undefined;
  if (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint')
    throw notAResource(authority, `the object has no ${idName}, by which a ${type} is known`);
  return authorization.answered(type, String(id), value);
}

function isPermitted(authorization: Authorization, questions: Questions, entity: EntityRef): boolean {
  if (questions === 'nobody') return false;
  return questions.every(({ facts, unspoken }) => {
    const { allowed, forbidden } = authorization.rule(facts, entity);
    return unspoken ? !forbidden : allowed;
  });
}
