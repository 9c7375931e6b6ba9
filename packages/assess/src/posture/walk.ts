import {
  escapePointer,
  subschemasOf,
  type Contract,
  type Location,
  type Operation,
  type Parameter,
} from '@castellan/contract';
import { follow, isRaw, type SchemaNode } from './constraint.ts';
import type { Field, Raw, Shape } from './fields.ts';

/** Which ways a value travels. */
interface Ways {
  readonly request: boolean;
  readonly response: boolean;
}

interface Edge {
  readonly to: Unit;
  readonly ways: Ways;
}

/** A schema that operations or references lead to, with everything inside it down to the next reference. */
export interface Unit {
  readonly edges: Edge[];
  readonly writtenBy: Operation[];
  readonly readBy: Operation[];
  /** The last operation that reached it, so that each is noted once. */
  writtenLast: Operation | undefined;
  readLast: Operation | undefined;
}

const BOTH: Ways = { request: true, response: true };
const NONE: readonly Operation[] = [];

class WalkedField implements Field {
  readonly kind: Field['kind'];
  readonly name: string;
  readonly node: SchemaNode;
  readonly target: SchemaNode;
  readonly parameter: Parameter | undefined;
  readonly owner: Shape | undefined;
  readonly required: boolean;
  readonly #unit: Unit;
  readonly #ways: Ways;

  constructor(unit: Unit, ways: Ways, facts: Omit<Field, 'writtenBy' | 'readBy' | 'operations' | 'location'>) {
    this.kind = facts.kind;
    this.name = facts.name;
    this.node = facts.node;
    this.target = facts.target;
    this.parameter = facts.parameter;
    this.owner = facts.owner;
    this.required = facts.required;
    this.#unit = unit;
    this.#ways = ways;
  }

  get location(): Location {
    return this.parameter?.location ?? this.node.location;
  }
  get writtenBy(): readonly Operation[] {
    return this.#ways.request ? this.#unit.writtenBy : NONE;
  }
  get readBy(): readonly Operation[] {
    return this.#ways.response ? this.#unit.readBy : NONE;
  }
  get operations(): readonly Operation[] {
    const { writtenBy, readBy } = this;
    if (readBy.length === 0) return writtenBy;
    return writtenBy.length === 0 ? readBy : [...new Set([...writtenBy, ...readBy])];
  }
}

class WalkedShape implements Shape {
  readonly node: SchemaNode;
  readonly name: string;
  readonly fields: Field[] = [];
  readonly partial: boolean;
  readonly #unit: Unit;
  readonly #ways: Ways;

  constructor(unit: Unit, ways: Ways, node: SchemaNode, partial: boolean) {
    this.node = node;
    this.name = /^\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(node.location.pointer)?.[1] ?? '';
    this.partial = partial;
    this.#unit = unit;
    this.#ways = ways;
  }
  get writtenBy(): readonly Operation[] {
    return this.#ways.request ? this.#unit.writtenBy : NONE;
  }
  get readBy(): readonly Operation[] {
    return this.#ways.response ? this.#unit.readBy : NONE;
  }
}

interface Here {
  readonly unit: Unit;
  readonly ways: Ways;
  readonly partial: boolean;
  readonly depth: number;
  /** What items and maps inside belong to: the object that names them, and the parameter. */
  readonly within: WalkedShape | undefined;
  readonly parameter: Parameter | undefined;
}

/** Walks schemas, each once, however many references lead to it. */
/** Keywords whose schemas add to the one that they stand in, always or where a condition holds. */
const adding: ReadonlySet<string> = new Set(['allOf', 'if', 'then', 'else', 'dependentSchemas', 'dependencies']);

export class Walk {
  readonly #contract: Contract;
  readonly #units = new Map<Raw, Unit>();
  readonly #fields: Field[] = [];
  readonly #shapes: Shape[] = [];

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /** The unit of a schema that an operation holds directly. */
  root(kind: Field['kind'], name: string, node: SchemaNode, parameter: Parameter | undefined): Unit {
    const known = this.#units.get(node.raw);
    // One schema may be the value of several parameters (YAML aliases); each parameter is a field of its own.
    if (known !== undefined && parameter === undefined) return known;
    const unit = newUnit();
    this.#units.set(node.raw, unit);
    this.#value(
      kind,
      name,
      node,
      { unit, ways: BOTH, partial: false, depth: 0, within: undefined, parameter },
      undefined,
      parameter?.required ?? false,
      parameter,
    );
    return unit;
  }

  /** Notes that an operation's requests, or its responses, hold a unit and all that it refers to. */
  reach(unit: Unit, operation: Operation, request: boolean): void {
    const stack = [unit];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if ((request ? at.writtenLast : at.readLast) === operation) continue;
      if (request) {
        at.writtenLast = operation;
        at.writtenBy.push(operation);
      } else {
        at.readLast = operation;
        at.readBy.push(operation);
      }
      for (const { to, ways } of at.edges) if (request ? ways.request : ways.response) stack.push(to);
    }
  }

  finish(): { readonly fields: readonly Field[]; readonly shapes: readonly Shape[] } {
    return { fields: this.#fields, shapes: this.#shapes };
  }

  #value(
    kind: Field['kind'],
    name: string,
    node: SchemaNode,
    here: Here,
    owner: WalkedShape | undefined,
    required: boolean,
    parameter?: Parameter,
  ): void {
    const target = follow(this.#contract, node) ?? node;
    const field = new WalkedField(here.unit, here.ways, { kind, name, node, target, parameter, owner, required });
    this.#fields.push(field);
    if (kind === 'property') owner?.fields.push(field);
    this.#inside(name, node, { ...here, within: owner ?? here.within }, undefined);
  }

  /** What is inside a schema: where it is a reference, another unit. */
  #inside(name: string, node: SchemaNode, here: Here, owner: WalkedShape | undefined): void {
    if (here.depth > 100) return;
    if (typeof node.raw['$ref'] === 'string') {
      const target = follow(this.#contract, node);
      if (target !== undefined && target.raw !== node.raw)
        here.unit.edges.push({ to: this.#referred(name, target, here.partial), ways: here.ways });
    }
    const deeper = { ...here, depth: here.depth + 1 };
    const shape = this.#shape(node, here, owner);
    this.#properties(node, shape, deeper);
    for (const { keyword, place, raw, pointer } of subschemasOf(node.raw)) {
      const part = below(node, pointer.slice(1), raw);
      const inner = { ...deeper, partial: false };
      if (place === 'value') this.#inside(name, part, { ...deeper, partial: adding.has(keyword) }, undefined);
      else if (place === 'item' || place === 'position' || place === 'some-item' || place === 'text')
        this.#value('items', name, part, inner, here.within, false, here.parameter);
      else if (place === 'others' || place === 'pattern')
        this.#value('map', name, part, inner, here.within, false, here.parameter);
    }
  }

  #referred(name: string, target: SchemaNode, partial: boolean): Unit {
    const known = this.#units.get(target.raw);
    if (known !== undefined) return known;
    const unit = newUnit();
    this.#units.set(target.raw, unit);
    this.#inside(
      name,
      target,
      { unit, ways: BOTH, partial, depth: 0, within: undefined, parameter: undefined },
      undefined,
    );
    return unit;
  }

  #shape(node: SchemaNode, here: Here, owner: WalkedShape | undefined): WalkedShape | undefined {
    const { raw } = node;
    if (owner !== undefined || (!isRaw(raw['properties']) && raw['type'] !== 'object')) return owner;
    const shape = new WalkedShape(here.unit, here.ways, node, here.partial);
    this.#shapes.push(shape);
    return shape;
  }

  #properties(node: SchemaNode, shape: WalkedShape | undefined, here: Here): void {
    const properties = node.raw['properties'];
    if (!isRaw(properties)) return;
    const required: readonly unknown[] = Array.isArray(node.raw['required']) ? node.raw['required'] : [];
    for (const name of Object.keys(properties)) {
      const raw = properties[name];
      if (!isRaw(raw)) continue;
      const property = below(node, `properties/${escapePointer(name)}`, raw);
      const target = follow(this.#contract, property);
      const flag = (key: string): boolean => raw[key] === true || target?.raw[key] === true;
      const ways = {
        request: here.ways.request && !flag('readOnly'),
        response: here.ways.response && !flag('writeOnly'),
      };
      this.#value(
        'property',
        name,
        property,
        { ...here, ways, partial: false },
        shape,
        required.includes(name),
        here.parameter,
      );
    }
  }
}

function newUnit(): Unit {
  return { edges: [], writtenBy: [], readBy: [], writtenLast: undefined, readLast: undefined };
}

/** A node below another; its location is put together when asked for. */
function below(parent: SchemaNode, path: string, raw: Raw): SchemaNode {
  return new BelowNode(parent, path, raw);
}

class BelowNode implements SchemaNode {
  readonly raw: Raw;
  readonly #parent: SchemaNode;
  readonly #path: string;

  constructor(parent: SchemaNode, path: string, raw: Raw) {
    this.raw = raw;
    this.#parent = parent;
    this.#path = path;
  }
  get location(): Location {
    const { document, pointer } = this.#parent.location;
    return { document, pointer: `${pointer}/${this.#path}` };
  }
}
