import type { SchemaModel } from '../../load/schema.ts';
import type { Condition, Constant, Field, Leaf, Operand, Origin } from '../condition.ts';
import type { SqlMapping } from '../mapping.ts';
import { dialectOf, type SqlDialect } from './dialect.ts';
import { joined, raw, sql, type Fragment } from './fragment.ts';
import { Hierarchy } from './hierarchy.ts';
import { Tables } from './tables.ts';

/** Writes conditions in SQL. */
export class SqlWriter {
  readonly #dialect: SqlDialect;
  readonly #tables: Tables;
  readonly #mapping: SqlMapping;

  constructor(schema: SchemaModel, type: string, mapping: SqlMapping) {
    this.#mapping = mapping;
    this.#dialect = dialectOf(mapping.dialect ?? 'postgresql', mapping.times ?? 'iso');
    this.#tables = new Tables(schema, type, mapping, this.#dialect);
  }

  /** @throws CastellanError `untranslatable` with the place in the policy */
  condition(condition: Condition): Fragment {
    if (typeof condition === 'boolean') return this.#truth(condition);
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const parts = condition.of.map((part) => this.condition(part));
        return sql`(${joined(parts, condition.kind === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'not':
        return sql`(NOT ${this.condition(condition.of)})`;
      default:
        return this.#leaf(condition);
    }
  }

  #truth(value: boolean): Fragment {
    return this.#dialect.name === 'sqlite' ? raw(value ? '1 = 1' : '1 = 0') : raw(value ? 'TRUE' : 'FALSE');
  }

  #leaf(leaf: Leaf): Fragment {
    const { origin } = leaf;
    switch (leaf.kind) {
      case 'opaque':
        throw leaf.error;
      case 'present':
        return this.#present(leaf.field, origin);
      case 'flag':
        return this.#tables.value(leaf.field, origin);
      case 'compare': {
        if (!this.#storable(leaf.left) || !this.#storable(leaf.right)) return this.#truth(false);
        const [left, right] = [this.#operand(leaf.left, origin), this.#operand(leaf.right, origin)];
        if (leaf.op === '=') return this.#dialect.equals(left, right, kindOf(leaf.left));
        return sql`${left} ${raw(leaf.op)} ${right}`;
      }
      case 'among':
        return this.#among(leaf.value, leaf.values, origin);
      case 'like':
        if (leaf.pattern.some((part) => part !== 'Wildcard' && !this.#storableText(part.Literal)))
          return this.#truth(false);
        return this.#dialect.like(this.#tables.value(leaf.field, origin), leaf.pattern);
      case 'fits':
        return this.#dialect.fits(this.#operand(leaf.value, origin));
      case 'holds':
        return this.#holds(leaf.set, leaf.values, origin);
      case 'holdsField': {
        const element = this.#operand(leaf.element, origin);
        const found = this.#inTable(leaf.set, origin, (value) =>
          this.#dialect.equals(value, element, kindOf(leaf.element)),
        );
        return found ?? this.#dialect.holdsValue(this.#tables.value(leaf.set, origin), element, elementOf(leaf.set));
      }
      case 'empty': {
        const found = this.#inTable(leaf.set, origin, () => undefined);
        return found === undefined ? this.#dialect.empty(this.#tables.value(leaf.set, origin)) : sql`(NOT ${found})`;
      }
      case 'within':
        return this.#within(leaf, origin);
    }
  }

  /** When reading an attribute does not err; a decimal of more than four digits does. */
  #present(field: Field, origin: Origin): Fragment {
    const set = this.#tables.set(field, origin);
    if (set !== undefined) {
      // A set in a table of its own is there, be it empty, where what has it is.
      if (field.of === undefined) return this.#truth(true);
      const other = this.#tables.tableOf(field.type, origin);
      const alias = this.#tables.alias();
      const id = this.#tables.column(alias, other.id ?? 'id');
      const { quoted } = this.#dialect;
      return sql`EXISTS (SELECT 1 FROM ${quoted(other.table)} ${quoted(alias)} WHERE ${id} = ${set.owner})`;
    }
    const value = this.#tables.value(field, origin);
    if (field.shape.kind !== 'decimal') return sql`${value} IS NOT NULL`;
    return sql`COALESCE(${value} = round(${value}, 4), ${this.#truth(false)})`;
  }

  #operand(operand: Operand, origin: Origin): Fragment {
    switch (operand.kind) {
      case 'field':
        return this.#tables.value(operand, origin);
      case 'id':
        return this.#tables.id();
      case 'later':
        return this.#dialect.later(this.#tables.value(operand.than, origin), operand.milliseconds);
      case 'arithmetic': {
        const [left, right] = [operand.left, operand.right].map((side) => {
          const value = this.#operand(side, origin);
          return side.kind === 'arithmetic' ? value : this.#dialect.wide(value);
        });
        return sql`(${left} ${raw(operand.op)} ${right})`;
      }
      default:
        return this.#dialect.constant(operand);
    }
  }

  /** PostgreSQL has no texts with NUL, so nothing that it keeps equals one. */
  #storable(operand: Operand): boolean {
    return (operand.kind !== 'text' && operand.kind !== 'entity') || this.#storableText(operand.value);
  }

  #storableText(text: string): boolean {
    return this.#dialect.name !== 'postgresql' || !text.includes('\0');
  }

  #among(value: Operand, all: readonly Constant[], origin: Origin): Fragment {
    const values = all.filter((one) => this.#storable(one));
    if (values.length === 0) return this.#truth(false);
    const [only] = values;
    const asked = this.#operand(value, origin);
    return only !== undefined && values.length === 1
      ? this.#dialect.equals(asked, this.#dialect.constant(only), kindOf(value))
      : this.#dialect.among(asked, values, kindOf(value));
  }

  #holds(set: Field, all: readonly Constant[], origin: Origin): Fragment {
    const values = all.filter((one) => this.#storable(one));
    if (values.length === 0) return this.#truth(false);
    const kind = elementOf(set)?.kind;
    const compared = kind === 'entity' ? 'id' : kind === 'string' ? 'text' : 'other';
    const found = this.#inTable(set, origin, (value) => this.#dialect.among(value, values, compared));
    return found ?? this.#dialect.holds(this.#tables.value(set, origin), values, elementOf(set));
  }

  /** Whether a set that is in a table of its own has an element for which something holds. */
  #inTable(set: Field, origin: Origin, holds: (value: Fragment) => Fragment | undefined): Fragment | undefined {
    const found = this.#tables.set(set, origin);
    if (found === undefined) return undefined;
    const alias = this.#tables.alias();
    const { quoted } = this.#dialect;
    const column = (name: string) => this.#tables.column(alias, name);
    const conditions = [
      sql`${column(found.table.owner)} = ${found.owner}`,
      holds(column(found.table.value)),
      this.#tables.counts(alias, found.table.until, origin),
    ].filter((one) => one !== undefined);
    return sql`EXISTS (SELECT 1 FROM ${quoted(found.table.table)} ${quoted(alias)} WHERE ${joined(conditions, ' AND ')})`;
  }

  #within({ entity, type, group }: Extract<Leaf, { kind: 'within' }>, origin: Origin): Fragment {
    const value = this.#operand(entity, origin);
    const hierarchy = new Hierarchy(this.#tables, group, origin);
    const members = this.#mapping.members ?? this.#tables.of(type)?.members;
    const ids = hierarchy.isDeclared(type) ? undefined : members?.(group, type);
    if (ids === undefined) return hierarchy.has(entity.kind === 'id' ? 'item' : value, type, value);
    return this.#among(
      entity,
      ids.map((id) => ({ kind: 'entity', type, value: id })),
      origin,
    );
  }
}

function elementOf({ shape }: Field) {
  return shape.kind === 'set' ? shape.of : undefined;
}

/** How values are compared. */
function kindOf(operand: Operand): 'text' | 'id' | 'other' {
  if (operand.kind === 'id' || operand.kind === 'entity') return 'id';
  if (operand.kind === 'text') return 'text';
  if (operand.kind !== 'field') return 'other';
  return operand.shape.kind === 'entity' ? 'id' : operand.shape.kind === 'string' ? 'text' : 'other';
}
