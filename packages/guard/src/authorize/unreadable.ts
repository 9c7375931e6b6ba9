import type { FastRequest } from '@castellan/policy';
import { CedarRecord, Entity, type EntityRef } from '@castellan/policy/entities';
import type { Authority } from './authority.ts';

/**
 * Objects that policies ask about and that the caller may not read: for policies they have no attributes, but that is no
 * knowledge. A policy that forbids and needs one of them forbids; one that permits counts where nothing in them could
 * change it.
 */
export class UnreadableObjects {
  /** The last that was asked for an attribute. */
  #asked: EntityRef | undefined;
  /** Whether there is one. */
  any = false;

  /** An object of which nothing can be read. */
  add(type: string, id: string, parents: readonly EntityRef[]): Entity {
    this.any = true;
    const entity: Entity = new Entity(type, id, new Unreadable(() => (this.#asked = entity)), parents);
    return entity;
  }

  /**
   * Why a permission cannot be given, because it, or that nobody forbids it, may hang on an object that could not be read.
   */
  against({ set, forbidding, gaining }: Authority, request: FastRequest): string | undefined {
    if (!this.any) return undefined;
    const needs = (id: string): EntityRef | undefined => {
      this.#asked = undefined;
      set.satisfies(id, request);
      return this.#asked;
    };
    for (const id of forbidding) {
      const needed = needs(id);
      if (needed !== undefined)
        return `policy ${id}, which forbids, needs a ${needed.type} that the caller may not read`;
    }
    const { reasons } = set.decideFast(request);
    for (const id of reasons) if (!gaining.has(id) || needs(id) === undefined) return undefined;
    return `policy ${reasons.join(', ')} permits because of what a ${this.#asked?.type} lacks that the caller may not read`;
  }
}

/** No attributes; who asks for one is told. */
class Unreadable extends CedarRecord {
  readonly #asked: () => void;

  constructor(asked: () => void) {
    super([], []);
    this.#asked = asked;
  }

  override get(): undefined {
    this.#asked();
    return undefined;
  }
}
