import type { Location } from '../model.ts';

/** What is counted: schemas in a scope and a role, what each applies in place and gathers, and the code that is made of them. */
export type WorkKind = 'schemas' | 'parts' | 'code';

/** Characters of code that count as one step. */
const STEP = 256;

/**
 * What taking apart and compiling the schemas of one contract may cost, in steps; counted and not timed, so that a document
 * is taken or refused on every machine alike. Some microseconds each.
 */
export class SchemaWork {
  /** In characters for `code`. */
  readonly done: Record<WorkKind, number> = { schemas: 0, parts: 0, code: 0 };
  readonly #limit: number;
  readonly #refuse: (location: Location, limit: number) => Error;

  /**
   * @param limit steps
   * @param refuse the error for the schema that goes over it
   */
  constructor(limit: number, refuse: (location: Location, limit: number) => Error) {
    this.#limit = limit;
    this.#refuse = refuse;
  }

  get steps(): number {
    return this.done.schemas + this.done.parts + Math.ceil(this.done.code / STEP);
  }

  /** @throws CastellanError `schemas-too-complex` */
  spend(kind: WorkKind, amount: number, location: () => Location): void {
    this.done[kind] += amount;
    if (this.steps > this.#limit) throw this.#refuse(location(), this.#limit);
  }
}

/** Of documents whose work nobody limits. */
export const unlimited = (): SchemaWork => new SchemaWork(Infinity, () => new Error('there is no limit'));
