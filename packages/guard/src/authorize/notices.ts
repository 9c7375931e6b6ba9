import type { GuardCore } from '../core.ts';
import { some, type Notice } from '../notices.ts';
import type { ActionFacts } from './authority.ts';
import { canLoad } from './decide.ts';
import { subjectOf } from './operation-subject.ts';

/** What the policies leave open, and what can never be answered because nobody can decide on it. */
export function authorizationNotices(core: GuardCore): readonly Notice[] {
  const { authority, contract } = core;
  if (authority === undefined) return [];
  const subjects = contract.operations.map((operation) => ({ operation, subject: subjectOf(authority, operation) }));
  const list: Notice[] = [];
  const free = subjects.filter(({ subject }) => !subject.governed).map(({ operation }) => operation.operationId);
  if (free.length > 0)
    list.push({
      code: 'no-policy',
      message: authority.explicit
        ? `no policy could permit ${free.length} of ${subjects.length} operations, so they are refused: ${some(free)}`
        : `no policy could permit ${free.length} of ${subjects.length} operations, so whoever is authenticated and in scope may call them: ${some(free)}`,
    });
  const missed = subjects.filter(({ subject: { facts, types } }) => facts.named && !permitsSome(facts, types));
  if (missed.length > 0)
    list.push({
      code: 'policy-for-other-type',
      message: `policies permit ${missed.length} operations on other types than they act on, so they are refused: ${some(missed.map(({ operation, subject }) => `${operation.operationId} acts on ${[...subject.types].join(', ')}`))}`,
    });
  const hidden = subjects
    .filter(({ operation, subject: { safe, governed, id, type } }) => {
      if (!safe || !governed || id === undefined || canLoad(authority, operation, type)) return false;
      const good = operation.responses.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => content);
      return good.some((media) => !/json/i.test(media.type));
    })
    .map(({ operation }) => operation.operationId);
  if (hidden.length > 0)
    list.push({
      code: 'undecidable-read',
      message: `${hidden.length} operations answer with something that does not show their object, so without a loader or x-castellan.resolve their answers are withheld: ${some(hidden)}`,
    });
  return list;
}

function permitsSome(facts: ActionFacts, types: ReadonlySet<string>): boolean {
  return [...types].some((type) => facts.permits(type));
}
