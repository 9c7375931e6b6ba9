import type { OperationSubject } from './operation-subject.ts';
import { idKey } from './same-id.ts';

/**
 * The question that a governed request asks: may this caller do this, to this? It is open from the start, and only a
 * decision on that very question closes it. Nothing reaches the handler while it should have been answered before, and
 * nothing leaves while it is open (API1:2023, API5:2023).
 *
 * Three states, one way: `asked` (nobody has decided), `deferred` (only the answer can show what it is about), `closed`.
 */
export class Ledger {
  readonly #subject: OperationSubject;
  #keys: ReadonlySet<string> | undefined;
  #state: 'asked' | 'deferred' | 'closed' = 'asked';
  /** Of a deferred question about objects: the ids that were asked for, as they were before the handler ran. */
  #ids: readonly string[] | undefined;
  /** Those of them that a handler had decided. */
  #decided: Set<string> | undefined;

  constructor(subject: OperationSubject) {
    this.#subject = subject;
  }

  /** Whether nobody has decided, nor said that the answer shall: the request may not go on. */
  get isAsked(): boolean {
    return this.#state === 'asked';
  }

  /** Whether an answer may only leave where it decides the question itself. */
  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** Whether the answer has to show an object that was asked for; a list may be empty. */
  get wantsObject(): boolean {
    return this.#state === 'asked' || (this.#state === 'deferred' && this.#ids !== undefined);
  }

  /** It was decided, as a whole. */
  close(): void {
    this.#state = 'closed';
  }

  /**
   * The answer has to decide.
   * @param ids the objects that the request names; undefined where it names none, so that it is about a collection
   */
  defer(ids: readonly string[] | undefined): void {
    if (this.#state === 'closed') return;
    this.#state = 'deferred';
    this.#ids = ids;
  }

  /** A handler had one object decided. It closes the question where each object was decided that was asked for. */
  decided(action: string, type: string, id: string): void {
    const { facts, types } = this.#subject;
    if (action !== facts.id || !types.has(type)) return;
    if (this.#ids !== undefined) {
      (this.#decided ??= new Set()).add(idKey(id));
      for (const one of this.#ids) if (!this.#decided.has(idKey(one))) return;
    }
    this.#state = 'closed';
  }

  /** Whether an object is one of those that were asked for, by any of its names. */
  names(type: string, names: readonly unknown[]): boolean {
    if (!this.#subject.types.has(type)) return false;
    const keys = (this.#keys ??= new Set((this.#ids ?? []).map(idKey)));
    return names.some(
      (name) =>
        (typeof name === 'string' || typeof name === 'number' || typeof name === 'bigint') &&
        keys.has(idKey(String(name))),
    );
  }
}
