import { pathOf } from '../posture/patch.ts';
import { isBeforeLogin, plain } from '@castellan/meaning';
import { kebab } from './cedar.ts';
import type { Proposal } from './model.ts';
import { callersOf, times, type Run } from './run.ts';
import type { TypeFacts } from './surface.ts';

/**
 * Writes that name their object in the body or the query (`POST /orders/cancel` with `orderId`): the document does not say that
 * they act on it, and without that no policy can look at it.
 */
export function subjectProposals(run: Run): Proposal[] {
  const { surface } = run;
  return [...surface.operations.values()].flatMap((facts): Proposal[] => {
    const { operation, safe, id } = facts;
    const target = pathOf(surface.contract, operation.location);
    const rows = run.of(operation.operationId);
    // What is made names other objects, and is none of them.
    const isNew = operation.resource !== undefined || operation.responses.some(({ status }) => status === '201');
    // Whoever logs in or registers names what is not theirs yet.
    if (isBeforeLogin(operation)) return [];
    if (safe || id !== undefined || isNew || target === undefined || rows.length === 0) return [];
    for (const type of surface.types.values()) {
      if (type.read === undefined) continue;
      const places = [
        ...new Set(
          rows.flatMap(({ exchange }) => (exchange.request?.places ?? []).map(({ at }) => `body.${at.slice(1)}`)),
        ),
        ...operation.parameters.flatMap(({ in: place, name }) => (place === 'query' ? [`query.${name}`] : [])),
      ];
      const source = places.find(
        (place) => names(place, type) && rows.every((row) => run.isKnownObject(type, run.idsAt(row, place))),
      );
      if (source === undefined) continue;
      const title = `${operation.operationId} acts on the ${type.type} of ${source}`;
      const update = { 'x-castellan': { resource: { type: type.type, id: source } } };
      return [
        {
          id: `acts-on-${kebab(operation.operationId)}`,
          kind: 'name',
          basis: 'run',
          title,
          reason: `it named a ${type.type} that ${type.read.operationId} answers, each time`,
          rows: times(rows),
          callers: callersOf(rows),
          refused: 0,
          operations: [operation.operationId],
          overlay: [{ target, description: title, update }],
        },
      ];
    }
    return [];
  });
}

/** Whether a place is called like the id of a type: `body.orderId`, `query.order_id`, `body.order`. */
function names(place: string, { type, id }: TypeFacts): boolean {
  const name = plain(place.slice(place.indexOf('.') + 1));
  if (place.slice(place.indexOf('.') + 1).includes('/')) return false;
  return [`${type}${id}`, `${type}id`, type, ...(id === 'id' ? [] : [id])].some((one) => plain(one) === name);
}
