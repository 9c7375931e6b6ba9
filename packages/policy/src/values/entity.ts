import { CedarRecord } from './record.ts';
import { Composite, type Value } from './value.ts';

/** The name of an entity: `User::"alice"`. Two are equal when type and id are. */
export class EntityRef extends Composite {
  readonly type: string;
  readonly id: string;

  /**
   * @param type the entity type with its namespace, `Documents::Section`
   * @param id any text
   */
  constructor(type: string, id: string) {
    super();
    this.type = type;
    this.id = id;
  }

  get typeName(): string {
    return `(entity of type \`${this.type}\`)`;
  }

  equals(other: Value): boolean {
    return other instanceof EntityRef && other.id === this.id && other.type === this.type;
  }

  key(): string {
    return `@${this.type}::${JSON.stringify(this.id)}`;
  }

  override toString(): string {
    return `${this.type}::${JSON.stringify(this.id)}`;
  }
}

/** An entity with what is known about it. It stands wherever its name may stand. */
export class Entity extends EntityRef {
  readonly attributes: CedarRecord;
  readonly tags: CedarRecord;
  readonly #parents: readonly EntityRef[] | (() => readonly EntityRef[]);

  constructor(
    type: string,
    id: string,
    attributes: CedarRecord = CedarRecord.empty,
    parents: readonly EntityRef[] | (() => readonly EntityRef[]) = [],
    tags: CedarRecord = CedarRecord.empty,
  ) {
    super(type, id);
    this.attributes = attributes;
    this.#parents = parents;
    this.tags = tags;
  }

  /** What it is directly in: groups of a user, folder of a document. Where a function says so, it is asked each time. */
  get parents(): readonly EntityRef[] {
    return typeof this.#parents === 'function' ? this.#parents() : this.#parents;
  }
}

/**
 * Looks an entity up by its name: groups of groups, the document of a section. `undefined` when it is not known, which
 * Cedar treats as an entity without attributes, tags or parents.
 */
export type EntitySource = (type: string, id: string) => Entity | undefined;
