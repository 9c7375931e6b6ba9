import type { Attack } from '../attack.ts';
import { outgoingOf } from '../call.ts';
import { placedFor } from '../identity.ts';
import { opened } from './answers.ts';
import { isSuccess } from '../judge.ts';

const named = /^(?:limit|page_?size|per_?page|size|count|max_?results|top|take|rows)$/i;
/** Items on one page that nobody needs. */
const asked = 1_000_000;

/** API4:2023: a page is asked for that is larger than the document allows. */
export const pageLimit: Attack = {
  name: 'page-limit',
  control: 'page-limit',
  fix: 'cap the page (x-castellan.page), in the application or by a guard',
  title: `a page of ${asked} items`,
  async *run(scene) {
    const { contract, target } = scene;
    for (const { call } of opened(scene)) {
      const { operation, values } = call;
      const page = operation.castellan.page?.limit;
      const parameter = operation.parameters.find(
        ({ in: place, name }) => place === 'query' && (name === page || named.test(name)),
      );
      const identity = scene.identities.find(({ name }) => name === call.as);
      if (parameter === undefined || identity === undefined) continue;
      const placed = placedFor(operation, identity) ?? [];
      const outgoing = outgoingOf(operation, values, placed, new Map([[`query/${parameter.name}`, String(asked)]]));
      const answer = outgoing === undefined ? undefined : await target.send(outgoing, operation);
      if (outgoing === undefined || answer === undefined) continue;
      const raw = parameter.schema === undefined ? undefined : contract.at(parameter.schema.location);
      const written = typeof raw === 'object' && raw !== null ? (raw as { maximum?: unknown }).maximum : undefined;
      const cap = operation.castellan.page?.max ?? (typeof written === 'number' ? written : undefined);
      const items = longestIn(answer.json);
      const over = cap !== undefined && items > cap;
      const refused = answer.status >= 400 && answer.status < 500;
      yield {
        control: 'page-limit',
        attack: 'page-limit',
        operation,
        verdict: refused ? 'held' : isSuccess(answer) && over ? 'broken' : 'unclear',
        detail: refused
          ? `${asked} items on a page are refused with ${answer.status}`
          : over
            ? `${items} items on a page of ${cap} at most`
            : `answered ${answer.status} with ${items} items: there may be no more`,
        call: { ...call, outgoing },
      };
    }
  },
};

/** The length of the longest list in the outermost two levels. */
function longestIn(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map((one) => (Array.isArray(one) ? one.length : 0)));
}
