import type { PatternElement } from '../../load/est.ts';
import type { EntityRef } from '../../values/entity.ts';
import {
  isConstant,
  type Condition,
  type Constant,
  type Field,
  type Leaf,
  type Operand,
  type Origin,
} from '../condition.ts';

/** A filter of MongoDB's query language. */
export type MongoFilter = Readonly<Record<string, unknown>>;

/** A field by name, or with what turns an id or a text into what is stored: `(id) => new ObjectId(id)`. */
export type DocumentField =
  | string
  | {
      readonly name: string;
      /** @returns undefined for what cannot be stored, which then equals nothing; so does what throws */
      readonly value: (constant: string) => unknown;
    };

/** How a type of resource is kept in documents. */
export interface DocumentMapping {
  /** The field of the resource's id. Default `_id`. */
  readonly id?: DocumentField | undefined;
  /**
   * Fields by attribute path, also of what an attribute names: `{ 'folder.owner': 'folder.ownerId' }`. An attribute that
   * is not named, and the parts of a record, are in the field of their own name.
   */
  readonly fields?: Readonly<Record<string, DocumentField>> | undefined;
  /**
   * Fields with the ids of what a document is in, by type: one id, or a list of all of them at every level. A document is
   * in nothing of a type that is not named.
   */
  readonly parents?: Readonly<Record<string, string>> | undefined;
  /** `date` (the default), `iso`, `milliseconds` or `seconds`. */
  readonly times?: 'date' | 'iso' | 'milliseconds' | 'seconds' | undefined;
  /** Ids of the entities of a type that are in a group. */
  readonly members?: ((group: EntityRef, type: string) => readonly string[] | undefined) | undefined;
}

/** Writes conditions as filters of MongoDB. */
export class MongoWriter {
  readonly #mapping: DocumentMapping;

  constructor(mapping: DocumentMapping) {
    this.#mapping = mapping;
  }

  /** @throws CastellanError `untranslatable` with the place in the policy */
  condition(condition: Condition): MongoFilter {
    if (typeof condition === 'boolean') return condition ? {} : nothing;
    switch (condition.kind) {
      case 'and':
        return { $and: condition.of.map((part) => this.condition(part)) };
      case 'or':
        return { $or: condition.of.map((part) => this.condition(part)) };
      case 'not':
        return { $nor: [this.condition(condition.of)] };
      default:
        return this.#leaf(condition);
    }
  }

  #leaf(leaf: Leaf): MongoFilter {
    const { origin } = leaf;
    switch (leaf.kind) {
      case 'opaque':
        throw leaf.error;
      case 'present':
        return this.#present(leaf.field, origin);
      case 'flag':
        return { [nameOf(this.#field(leaf.field, origin))]: true };
      case 'compare':
        return this.#compare(leaf, origin);
      case 'among':
        return this.#among(this.#operandField(leaf.value, origin), leaf.values);
      case 'like':
        return { [nameOf(this.#field(leaf.field, origin))]: { $regex: regexOf(leaf.pattern), $options: 's' } };
      case 'holds':
        return this.#among(this.#field(leaf.set, origin), leaf.values);
      case 'holdsField': {
        const set = `$${nameOf(this.#field(leaf.set, origin))}`;
        return { $expr: { $in: [this.#expression(leaf.element, origin), { $ifNull: [set, []] }] } };
      }
      case 'empty':
        return { [nameOf(this.#field(leaf.set, origin))]: { $size: 0 } };
      case 'within':
        return this.#within(leaf, origin);
      case 'fits':
        throw origin.refuse('arithmetic on attributes is not translated to MongoDB');
    }
  }

  #present(field: Field, origin: Origin): MongoFilter {
    const name = nameOf(this.#field(field, origin));
    if (field.shape.kind !== 'decimal') return { [name]: { $ne: null } };
    return { $and: [{ [name]: { $ne: null } }, { $expr: { $eq: [`$${name}`, { $round: [`$${name}`, 4] }] } }] };
  }

  #compare({ op, left, right }: Extract<Leaf, { kind: 'compare' }>, origin: Origin): MongoFilter {
    if (isConstant(right) && (left.kind === 'field' || left.kind === 'id')) {
      const field = this.#operandField(left, origin);
      if (op === '=') return this.#among(field, [right]);
      return { [nameOf(field)]: { [operators[op]]: this.#constant(right) } };
    }
    return { $expr: { [operators[op]]: [this.#expression(left, origin), this.#expression(right, origin)] } };
  }

  #among(field: DocumentField, constants: readonly Constant[]): MongoFilter {
    const values = constants.map((one) => this.#stored(field, one)).filter((value) => value !== undefined);
    const [only] = values;
    if (values.length === 0) return nothing;
    return { [nameOf(field)]: values.length === 1 ? { $eq: only } : { $in: values } };
  }

  #stored(field: DocumentField, constant: Constant): unknown {
    if (typeof field === 'string' || (constant.kind !== 'entity' && constant.kind !== 'text'))
      return this.#constant(constant);
    try {
      return field.value(constant.value);
    } catch {
      return undefined;
    }
  }

  #within({ entity, type, group }: Extract<Leaf, { kind: 'within' }>, origin: Origin): MongoFilter {
    const ids = this.#mapping.members?.(group, type);
    if (ids !== undefined)
      return this.#among(
        this.#operandField(entity, origin),
        ids.map((value) => ({ kind: 'entity', type, value })),
      );
    const { parents } = this.#mapping;
    if (entity.kind !== 'id' || parents === undefined)
      throw origin.refuse(`what is in ${group} is not in the document: name the ids of all of them in 'parents'`);
    const field = Object.hasOwn(parents, group.type) ? parents[group.type] : undefined;
    return field === undefined ? nothing : { [field]: { $eq: group.id } };
  }

  #expression(operand: Operand, origin: Origin): unknown {
    switch (operand.kind) {
      case 'field':
      case 'id':
        return `$${nameOf(this.#operandField(operand, origin))}`;
      case 'later': {
        const { times = 'date' } = this.#mapping;
        if (times === 'iso') throw origin.refuse('a time that is kept as a text is compared with known times only');
        const by = times === 'seconds' ? operand.milliseconds / 1000 : operand.milliseconds;
        return { $add: [`$${nameOf(this.#field(operand.than, origin))}`, by] };
      }
      case 'arithmetic':
        throw origin.refuse('arithmetic on attributes is not translated to MongoDB');
      default:
        return { $literal: this.#constant(operand) };
    }
  }

  #operandField(operand: Operand, origin: Origin): DocumentField {
    if (operand.kind === 'id') return this.#mapping.id ?? '_id';
    if (operand.kind === 'field') return this.#field(operand, origin);
    throw origin.refuse('only attributes are compared');
  }

  #field(field: Field, origin: Origin): DocumentField {
    const { fields = {} } = this.#mapping;
    const path = pathOf(field);
    if (Object.hasOwn(fields, path)) return fields[path] ?? path;
    if (field.of !== undefined) throw origin.refuse(`it is in another document: name a field for '${path}'`);
    const [first = '', ...rest] = field.path;
    const above = Object.hasOwn(fields, first) ? fields[first] : undefined;
    return [above === undefined ? first : nameOf(above), ...rest].join('.');
  }

  #constant(constant: Constant): unknown {
    switch (constant.kind) {
      case 'time':
        return this.#time(constant.milliseconds);
      case 'decimal':
        return Number(constant.value);
      default:
        return constant.value;
    }
  }

  #time(milliseconds: number): unknown {
    const date = new Date(milliseconds);
    switch (this.#mapping.times) {
      case 'iso':
        return date.toISOString();
      case 'milliseconds':
        return milliseconds;
      case 'seconds':
        return milliseconds / 1000;
      default:
        return date;
    }
  }
}

/** What no document is. */
const nothing: MongoFilter = { $nor: [{}] };

const operators = { '=': '$eq', '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' } as const;

const nameOf = (field: DocumentField): string => (typeof field === 'string' ? field : field.name);

/** The path of an attribute, with what names its entity before. */
function pathOf({ of, path }: Field): string {
  return [...(of === undefined ? [] : [pathOf(of)]), ...path].join('.');
}

function regexOf(pattern: readonly PatternElement[]): string {
  const parts = pattern.map((part) =>
    part === 'Wildcard' ? '.*' : part.Literal.replace(/[\\^$.*+?()[\]{}|/-]/g, (special) => `\\${special}`),
  );
  // '$' would let a last line feed pass.
  return `^${parts.join('')}(?![\\s\\S])`;
}
