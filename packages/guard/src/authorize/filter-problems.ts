import type { CastellanError } from '@castellan/contract';
import { MongoWriter, PrismaWriter, SqlWriter, type Leaf } from '@castellan/policy';
import type { Authority } from './authority.ts';
import { questionsOf } from './list-filter.ts';
import { subjectOf } from './operation-subject.ts';
import { mongoMappingOf, prismaMappingOf, sqlMappingOf } from './stores.ts';

/** What a store cannot be asked of a list. */
export interface FilterProblem {
  readonly type: string;
  /** The operation that answers the list. */
  readonly operationId: string;
  readonly store: 'SQL' | 'MongoDB' | 'Prisma';
  readonly problems: readonly CastellanError[];
}

/** Finds, for each list of a type whose store is named in the guard's option `filters`, what it cannot be asked. */
export function filterProblems(authority: Authority): readonly FilterProblem[] {
  const { filters = {}, contract, model } = authority;
  const found: FilterProblem[] = [];
  const writers: readonly [FilterProblem['store'], readonly string[], (type: string, leaf: Leaf) => void][] = [
    [
      'SQL',
      Object.keys(filters.tables ?? {}),
      (type, leaf) =>
        new SqlWriter(model, authority.nameOf(type), sqlMappingOf(authority, type, 0, undefined)).condition(leaf),
    ],
    [
      'MongoDB',
      Object.keys(filters.mongodb ?? {}),
      (type, leaf) => new MongoWriter(mongoMappingOf(authority, type, undefined)).condition(leaf),
    ],
    [
      'Prisma',
      Object.keys(filters.prisma?.models ?? {}),
      (_, leaf) => new PrismaWriter(model, prismaMappingOf(authority, undefined)).condition(leaf),
    ],
  ];
  for (const [store, types, write] of writers) {
    for (const type of types.filter((one) => contract.resources.has(one))) {
      for (const operation of contract.operations) {
        const { safe, id, types: own } = subjectOf(authority, operation);
        if (!safe || id !== undefined || !own.has(type)) continue;
        const questions = questionsOf(authority, { operation }, type, undefined);
        if (questions === 'nobody') continue;
        const problems = questions.flatMap(({ facts }) =>
          authority.set.untranslatable(facts.action, authority.nameOf(type), (leaf) => write(type, leaf)),
        );
        if (problems.length > 0) found.push({ type, operationId: operation.operationId, store, problems });
      }
    }
  }
  return found;
}
