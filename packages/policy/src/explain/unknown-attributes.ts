import { childrenOf, nodeOf, type Expression, type PolicyJson } from '../load/est.ts';
import type { ActionModel, SchemaModel } from '../load/schema.ts';
import type { Shape } from '../values/shape.ts';
import { actionsOf, mayBe } from './heads.ts';

/** An attribute that is never where a policy asks for it. */
export interface UnknownAttribute {
  readonly name: string;
  /** Those that are there. */
  readonly known: readonly string[];
}

/**
 * The attributes that conditions ask for and nothing that they are asked of has. The engine takes `x has y` for false
 * where the schema has no `y`: a `permit … unless { x has y && … }` then permits what it says that it does not.
 */
export function unknownAttributes(json: PolicyJson, schema: SchemaModel): readonly UnknownAttribute[] {
  const actions = actionsOf(json.action, schema);
  const typesOf = (part: 'principal' | 'resource', all: (action: ActionModel) => ReadonlySet<string>): Shape[] =>
    [...new Set(actions.flatMap((action) => [...all(action)]))]
      .filter((type) => mayBe(json[part], type, schema))
      .map((type) => ({ kind: 'entity', type }));
  const reader = new Reader(schema, {
    principal: typesOf('principal', ({ principals }) => principals),
    resource: typesOf('resource', ({ resources }) => resources),
    context: actions.map(({ context }) => context),
  });
  for (const { body } of json.conditions) reader.read(body);
  return [...reader.unknown.values()];
}

type Variables = Readonly<Record<'principal' | 'resource' | 'context', readonly Shape[]>>;

/** Follows the types of expressions as far as attributes go. What it cannot follow it says nothing of. */
class Reader {
  readonly unknown = new Map<string, UnknownAttribute>();
  readonly #schema: SchemaModel;
  readonly #variables: Variables;

  constructor(schema: SchemaModel, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
  }

  /** The types that an expression may have; none where that is not known. */
  read(expression: Expression): readonly Shape[] {
    const node = nodeOf(expression);
    switch (node.op) {
      case 'var':
        return node.name === 'action' ? [] : this.#variables[node.name];
      case '.':
        return this.#attribute(this.read(node.left), node.attr);
      case 'has': {
        let shapes = this.read(node.left);
        for (const name of node.path) shapes = this.#attribute(shapes, name);
        return [];
      }
      case 'if':
        this.read(node.if);
        return [...this.read(node.then), ...this.read(node.else)];
      default:
        for (const child of childrenOf(node)) this.read(child);
        return [];
    }
  }

  #attribute(shapes: readonly Shape[], name: string): readonly Shape[] {
    const records = shapes.flatMap((shape) => {
      const record = shape.kind === 'entity' ? this.#schema.entityTypes.get(shape.type)?.attributes : shape;
      return record === undefined ? [] : [record];
    });
    // An action, an entity of a type that the schema does not describe, or no record at all: the engine speaks of that.
    if (records.length < shapes.length || records.length === 0) return [];
    if (!records.every((record) => record.kind === 'record') || records.some(({ open }) => open)) return [];
    const found = records.flatMap(({ attributes }) => attributes.get(name)?.shape ?? []);
    if (found.length === 0 && !this.unknown.has(name))
      this.unknown.set(name, {
        name,
        known: [...new Set(records.flatMap(({ attributes }) => [...attributes.keys()]))],
      });
    return found;
  }
}
