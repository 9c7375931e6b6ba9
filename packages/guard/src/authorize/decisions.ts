import type { EntityRef, Permitted, PreparedRequest } from '@castellan/policy';

/** What policies permitted of one action on objects of one type, for the event. */
export interface PermittedAction extends Permitted {
  readonly action: string;
}

/** Kinds of questions that an event tells of, and policies of each, at most. */
const maxKinds = 8;
const maxPolicies = 20;

/**
 * Which policies permitted what in one request. Questions are asked again once what was missing is fetched, so an answer
 * counts only when it is kept; nothing is made for a request that no policy permits.
 */
export class Decisions {
  #kept: PermittedAction[] | undefined;
  #open: PermittedAction[] | undefined;

  /** Notes what was permitted since questions about an action were begun. */
  note(action: string, asked: PreparedRequest | undefined): void {
    if (asked === undefined) return;
    for (const permitted of asked.permitted())
      this.#open = merged(this.#open, { ...permitted, action }, 'one question');
  }

  /** Notes one permission. */
  noteOne(action: string, { type, id }: EntityRef, policies: readonly string[]): void {
    this.#open = merged(this.#open, { action, type, id, count: 1, policies }, 'one question');
  }

  /** What was answered since the last `keep` is asked again. */
  discard(): void {
    this.#open = undefined;
  }

  /** What was answered is final. */
  keep(): void {
    for (const one of this.#open ?? []) this.#kept = merged(this.#kept, one, 'several questions');
    this.#open = undefined;
  }

  /** All that was permitted; undefined where nothing was. */
  get permitted(): readonly PermittedAction[] | undefined {
    return this.#kept;
  }
}

/** One more of a list. What several questions are about may be the same objects: before the handler, and as answered. */
function merged(
  list: PermittedAction[] | undefined,
  one: PermittedAction,
  of: 'one question' | 'several questions',
): PermittedAction[] {
  if (list === undefined) return [one];
  const at = list.findIndex(({ action, type }) => action === one.action && type === one.type);
  const known = list[at];
  if (known === undefined) return list.length < maxKinds ? [...list, one] : list;
  const count = of === 'one question' ? known.count + one.count : Math.max(known.count, one.count);
  const policies = [...new Set([...known.policies, ...one.policies])].slice(0, maxPolicies);
  return list.with(at, { ...known, id: known.id === one.id ? known.id : undefined, count, policies });
}
