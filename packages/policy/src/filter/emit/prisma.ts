import type { PatternElement } from '../../load/est.ts';
import type { SchemaModel } from '../../load/schema.ts';
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

/** A `where` of Prisma. */
export type PrismaWhere = Readonly<Record<string, unknown>>;

/** How a type of resource is kept in a model of Prisma. */
export interface PrismaModel {
  /** The field of the id. Default `id`. */
  readonly id?: string | undefined;
  /** Fields by attribute path. An attribute that is not named is in the field of its own name. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Relation fields by the attribute that names the other object: `{ folderId: 'folder' }`. */
  readonly relations?: Readonly<Record<string, string>> | undefined;
  /** Sets that are relations, by attribute, with the field of the other model that has the element. */
  readonly sets?: Readonly<Record<string, { readonly relation: string; readonly field: string }>> | undefined;
  /** Fields of the ids of what a row is directly in, by type; it is in nothing of a type that is not named. */
  readonly parents?: Readonly<Record<string, string>> | undefined;
}

/** Where the items of a list and what they name are kept. */
export interface PrismaMapping {
  /** With MySQL texts are compared without case, so it is not offered. */
  readonly provider: 'postgresql' | 'sqlite';
  /** The type of each id that is no text: `{ Order: 'number' }`. */
  readonly ids?: Readonly<Record<string, 'string' | 'number'>> | undefined;
  /** Models by type. */
  readonly models?: Readonly<Record<string, PrismaModel>> | undefined;
  /** Ids of the entities of a type that are in a group. */
  readonly members?: ((group: EntityRef, type: string) => readonly string[] | undefined) | undefined;
}

/** Writes conditions as `where` of Prisma. */
export class PrismaWriter {
  readonly #schema: SchemaModel;
  readonly #mapping: PrismaMapping;

  constructor(schema: SchemaModel, mapping: PrismaMapping) {
    this.#schema = schema;
    this.#mapping = mapping;
  }

  /** @throws CastellanError `untranslatable` with the place in the policy */
  condition(condition: Condition): PrismaWhere {
    if (typeof condition === 'boolean') return condition ? {} : nothing;
    switch (condition.kind) {
      case 'and': {
        const parts = condition.of.map((part) => this.condition(part)).filter((part) => !isAll(part));
        return parts.length === 0 ? {} : { AND: parts };
      }
      case 'or': {
        const parts = condition.of.map((part) => this.condition(part));
        return parts.some(isAll) ? {} : { OR: parts };
      }
      case 'not':
        return { NOT: this.condition(condition.of) };
      default:
        return this.#leaf(condition);
    }
  }

  #leaf(leaf: Leaf): PrismaWhere {
    const { origin } = leaf;
    switch (leaf.kind) {
      case 'opaque':
        throw leaf.error;
      case 'present':
        return this.#present(leaf.field, origin);
      case 'flag':
        return this.#at(leaf.field, origin, true);
      case 'compare':
        return this.#compare(leaf, origin);
      case 'among':
        return this.#among(leaf.value, leaf.values, origin);
      case 'like':
        return this.#at(leaf.field, origin, this.#like(leaf.pattern, origin));
      case 'holds':
        return this.#holds(leaf.set, leaf.values, origin);
      case 'empty':
        return this.#empty(leaf.set, origin);
      case 'within':
        return this.#within(leaf, origin);
      case 'holdsField':
        throw origin.refuse('Prisma does not compare a set with another field');
      case 'fits':
        throw origin.refuse('Prisma has no arithmetic');
    }
  }

  /** Prisma does not take the question whether a required field is there. */
  #present(field: Field, origin: Origin): PrismaWhere {
    if (field.shape.kind === 'decimal') throw origin.refuse('Prisma does not say how many digits a decimal has');
    // A list of Prisma is there, be it empty.
    if (field.shape.kind === 'set' || this.#isRequired(field))
      return field.of === undefined ? {} : this.#present(field.of, origin);
    return this.#at(field, origin, { not: null });
  }

  #isRequired({ type, path }: Field): boolean {
    let attributes = this.#schema.entityTypes.get(type)?.attributes.attributes;
    return path.every((name) => {
      const attribute = attributes?.get(name);
      attributes = attribute?.shape.kind === 'record' ? attribute.shape.attributes : undefined;
      return attribute?.required === true;
    });
  }

  #compare({ op, left, right }: Extract<Leaf, { kind: 'compare' }>, origin: Origin): PrismaWhere {
    if (!isConstant(right)) throw origin.refuse('Prisma compares fields with known values only');
    if (op === '=') return this.#among(left, [right], origin);
    if (left.kind !== 'field') throw origin.refuse('Prisma has no arithmetic');
    return this.#at(left, origin, { [operators[op]]: this.#constant(right) });
  }

  #among(value: Operand, constants: readonly Constant[], origin: Origin): PrismaWhere {
    const values = this.#constants(constants);
    if (values.length === 0) return nothing;
    const asked = values.length === 1 ? values[0] : { in: values };
    if (value.kind === 'id') return { [this.#model(value.type).id ?? 'id']: asked };
    if (value.kind === 'field') return this.#at(value, origin, asked);
    throw origin.refuse('Prisma has no arithmetic');
  }

  #holds(set: Field, constants: readonly Constant[], origin: Origin): PrismaWhere {
    const values = this.#constants(constants);
    const relation = this.#setOf(set);
    if (values.length === 0) return nothing;
    if (relation === undefined) return this.#at(set, origin, { hasSome: values });
    return this.#through(set.of, origin, { [relation.relation]: { some: { [relation.field]: { in: values } } } });
  }

  #empty(set: Field, origin: Origin): PrismaWhere {
    const relation = this.#setOf(set);
    if (relation === undefined) return this.#at(set, origin, { isEmpty: true });
    return this.#through(set.of, origin, { [relation.relation]: { none: {} } });
  }

  #setOf(field: Field) {
    const { sets = {} } = this.#model(field.type);
    const name = field.path.join('.');
    return Object.hasOwn(sets, name) ? sets[name] : undefined;
  }

  #within({ entity, type, group }: Extract<Leaf, { kind: 'within' }>, origin: Origin): PrismaWhere {
    const ids = this.#mapping.members?.(group, type);
    if (ids !== undefined)
      return this.#among(
        entity,
        ids.map((value) => ({ kind: 'entity', type, value })),
        origin,
      );
    const { parents } = this.#model(type);
    if (entity.kind !== 'id' || parents === undefined)
      throw origin.refuse(`what is in ${group} is not in the model: give 'members', or name the field in 'parents'`);
    const deep = Object.keys(parents).some(
      (parent) => this.#schema.entityTypes.get(parent)?.ancestors.has(group.type) === true && this.#isNested(parent),
    );
    if (deep) throw origin.refuse(`what is in ${group} may be so by way of others: give 'members'`);
    const field = Object.hasOwn(parents, group.type) ? parents[group.type] : undefined;
    if (field === undefined) return nothing;
    return {
      AND: [
        { [field]: { not: null } },
        { [field]: this.#constants([{ kind: 'entity', type: group.type, value: group.id }])[0] },
      ],
    };
  }

  /** Whether a type is in others, as far as its model says. */
  #isNested(type: string): boolean {
    const { parents } = this.#model(type);
    return parents === undefined || Object.keys(parents).length > 0;
  }

  #like(pattern: readonly PatternElement[], origin: Origin): unknown {
    const { provider } = this.#mapping;
    const literals = pattern.filter((part) => part !== 'Wildcard').map((part) => part.Literal);
    const [literal = ''] = literals;
    if (pattern.length === literals.length) return literals.join('');
    if (literals.length > 1) throw origin.refuse('Prisma has patterns with one text only');
    if (literals.length === 0) return { not: null };
    if (provider !== 'postgresql') throw origin.refuse(`with ${provider} Prisma compares patterns without case`);
    if (/[\\%_]/.test(literal)) throw origin.refuse('Prisma takes %, _ and \\ in a pattern for signs');
    const [before, after] = [pattern[0] === 'Wildcard', pattern.at(-1) === 'Wildcard'];
    return before && after ? { contains: literal } : before ? { endsWith: literal } : { startsWith: literal };
  }

  /** What is asked of a field, through the relations that lead to it. */
  #at(field: Field, origin: Origin, asked: unknown): PrismaWhere {
    return this.#through(field.of, origin, { [this.#name(field, origin)]: asked });
  }

  #through(of: Field | undefined, origin: Origin, asked: PrismaWhere): PrismaWhere {
    if (of === undefined) return asked;
    const { relations = {} } = this.#model(of.type);
    const name = of.path.join('.');
    const relation = Object.hasOwn(relations, name) ? relations[name] : undefined;
    if (relation === undefined) throw origin.refuse(`name the relation of '${name}' of ${of.type} in 'relations'`);
    return this.#through(of.of, origin, { [relation]: { is: asked } });
  }

  #name({ type, path }: Field, origin: Origin): string {
    const { fields = {} } = this.#model(type);
    const name = path.join('.');
    if (Object.hasOwn(fields, name)) return fields[name] ?? name;
    if (path.length > 1) throw origin.refuse(`no field is named for '${name}'`);
    return name;
  }

  #model(type: string): PrismaModel {
    const { models = {} } = this.#mapping;
    return (Object.hasOwn(models, type) ? models[type] : undefined) ?? {};
  }

  #constants(constants: readonly Constant[]): readonly unknown[] {
    return constants.map((one) => this.#constant(one)).filter((value) => value !== undefined);
  }

  #constant(constant: Constant): unknown {
    switch (constant.kind) {
      case 'time':
        return new Date(constant.milliseconds);
      case 'entity': {
        const { ids = {} } = this.#mapping;
        if (!Object.hasOwn(ids, constant.type) || ids[constant.type] !== 'number') return constant.value;
        // What is no number is the id of nothing.
        return /^(?:0|-?[1-9]\d{0,14})$/.test(constant.value) ? Number(constant.value) : undefined;
      }
      default:
        return constant.value;
    }
  }
}

/** Whether it asks nothing, so that every row is meant. */
const isAll = (where: PrismaWhere): boolean => Object.keys(where).length === 0;

/** What no row is: a choice among none. */
const nothing: PrismaWhere = { OR: [] };

const operators = { '=': 'equals', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;
