import { compileResourceAccess, isJson, isSequence, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { some, type Notice } from '../notices.ts';
import type { ActionFacts, Authority } from './authority.ts';
import { takesId } from './chosen-id.ts';
import { canLoad, creates, showsNone } from './decide.ts';
import { subjectOf } from './operation-subject.ts';
import { unshownAttributes } from './unshown.ts';

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
    .filter(({ operation, subject: { safe, asks, id, type, types, facts } }) => {
      if (!safe || !asks || id === undefined || canLoad(authority, operation, type)) return false;
      // Who may, may whatever the object is; or nobody can say of which object it is.
      if (showsNone(core, operation, types)) return facts.permitsSome(type) || facts.forbidsSome(type);
      const good = operation.responses.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => content);
      return good.some((media) => !/json/i.test(media.type));
    })
    .map(({ operation }) => operation.operationId);
  if (hidden.length > 0)
    list.push({
      code: 'undecidable-read',
      message: `${hidden.length} operations answer with something that does not show their object, so without a loader or x-castellan.resolve their answers are withheld: ${some(hidden)}`,
    });
  const unseen = subjects
    .filter(({ operation, subject: { asks } }) => !asks && showsUnseen(authority, operation))
    .map(({ operation }) => operation.operationId);
  if (unseen.length > 0)
    list.push({
      code: 'unseen-objects',
      message: `${unseen.length} operations, of which no policy speaks, answer objects of which policies speak in a media type that cannot be looked into, so nobody decides on them: ${some(unseen)}`,
    });
  const unnamed = subjects
    .filter(
      ({ operation, subject: { safe, asks, id, type } }) =>
        !safe && asks && id === undefined && type !== authority.api.type && !creates(operation, type),
    )
    .map(({ operation }) => operation.operationId);
  if (unnamed.length > 0)
    list.push({
      code: 'unnamed-write',
      message: `${unnamed.length} writes neither name their object nor create one (201), so only a policy that does not look at the object permits them; add x-castellan: { resource: { type, id } }: ${some(unnamed)}`,
    });
  const chosen = subjects
    .filter(
      ({ operation, subject: { asks, type } }) =>
        asks &&
        creates(operation, type) &&
        authority.loaders.get(type) === undefined &&
        takesId(authority, operation, type),
    )
    .map(({ operation }) => operation.operationId);
  if (chosen.length > 0)
    list.push({
      code: 'chosen-ids',
      message: `${chosen.length} operations create objects whose id the caller may choose, and nobody can say whether such an object is there already, so a request with an id is refused: ${some(chosen)}; register guard.resource(type, load), or mark the id readOnly`,
    });
  const unshown = unshownAttributes(authority);
  if (unshown.length > 0)
    list.push({
      code: 'unshown-attributes',
      message: `${unshown.length} operations answer objects without what policies ask of them, and nobody loads it, so it counts as absent: ${some(unshown.map(({ operationId, type, names }) => `${operationId} (${type}: ${some(names)})`))}; register guard.resource(type, load), or let the answers show it`,
    });
  for (const { type, operationId, store, problems } of authority.filterProblems())
    list.push({
      code: 'untranslatable-filter',
      message: `${store} cannot be asked ${problems.length === 1 ? 'a condition' : `${problems.length} conditions`} of ${operationId}, so request.filter('${type}') has its keep(objects) only: ${some(problems.map(({ message }) => message))}`,
    });
  return list;
}

/** Whether an operation may answer, in something that is no JSON, objects that somebody would have to be permitted to read. */
function showsUnseen(authority: Authority, operation: Operation): boolean {
  return operation.responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content)
    .some(({ type, schema, itemSchema }) => {
      if (isJson(type.split(';', 1)[0]?.trim() ?? '') || (itemSchema !== undefined && isSequence(type))) return false;
      return [schema, itemSchema].some((one) => {
        const access = one === undefined ? undefined : compileResourceAccess(authority.contract, one, 'response');
        return [...(access?.types ?? [])].some((resource) => {
          const read = authority.readOf(resource);
          const facts = read === undefined ? undefined : authority.facts(read.operationId);
          return facts?.permits(resource) === true || facts?.forbids(resource) === true;
        });
      });
    });
}

function permitsSome(facts: ActionFacts, types: ReadonlySet<string>): boolean {
  return [...types].some((type) => facts.permits(type));
}
