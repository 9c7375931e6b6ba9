import type { Contract, Location, MediaType, Operation, Parameter, Schema } from '@castellan/contract';
import { isRaw, type SchemaNode } from './constraint.ts';
import { Walk, type Unit } from './walk.ts';

export type Raw = Readonly<Record<string, unknown>>;

/** A place where a request or response holds a value. */
export interface Field {
  readonly kind: 'parameter' | 'property' | 'items' | 'map' | 'body' | 'header';
  /** Of the property or parameter; for items and maps that of what holds them; `''` for a whole body. */
  readonly name: string;
  /** The schema as written, perhaps a `$ref`. */
  readonly node: SchemaNode;
  /** The schema behind its references: where a constraint would be written. */
  readonly target: SchemaNode;
  /** Of what the author names: the parameter, or the property's schema. */
  readonly location: Location;
  readonly parameter: Parameter | undefined;
  /** The object that it is a property of; of items and maps, the one whose property holds them. */
  readonly owner: Shape | undefined;
  readonly required: boolean;
  /** Operations whose callers send it. Never through `readOnly`. */
  readonly writtenBy: readonly Operation[];
  /** Operations whose callers are given it in a successful answer or an error. Never through `writeOnly`. */
  readonly readBy: readonly Operation[];
  /** Both. */
  readonly operations: readonly Operation[];
}

/** An object schema. */
export interface Shape {
  readonly node: SchemaNode;
  /** The name under `components.schemas` or `definitions`; `''` for others. */
  readonly name: string;
  readonly fields: readonly Field[];
  /** Whether it stands in `allOf`, where other parts add properties. */
  readonly partial: boolean;
  readonly writtenBy: readonly Operation[];
  readonly readBy: readonly Operation[];
}

/** All that a walk over a contract finds. */
interface Walked {
  readonly fields: readonly Field[];
  readonly shapes: readonly Shape[];
}

const walks = new WeakMap<Contract, Walked>();

/**
 * Walks every schema that requests and responses lead to, each once, and tells which operations lead there. A contract does
 * not change: it is walked once.
 */
export function readFields(contract: Contract): Walked {
  let walked = walks.get(contract);
  if (walked === undefined) walks.set(contract, (walked = walkAll(contract)));
  return walked;
}

function walkAll(contract: Contract): Walked {
  const walk = new Walk(contract);
  const parameters = new Map<string, Unit>();
  for (const operation of contract.operations) {
    for (const parameter of operation.parameters) {
      const schema = nodeOf(parameter.schema);
      if (schema === undefined) continue;
      const key = `${parameter.location.document}#${parameter.location.pointer}`;
      let unit = parameters.get(key);
      if (unit === undefined) {
        unit = walk.root('parameter', parameter.name, schema, parameter);
        parameters.set(key, unit);
      }
      walk.reach(unit, operation, true);
    }
    for (const media of operation.body?.content ?? []) reachMedia(walk, media, operation, true);
    for (const response of operation.responses) {
      for (const media of response.content) reachMedia(walk, media, operation, false);
      for (const header of response.headers) {
        const schema = nodeOf(header.schema);
        if (schema !== undefined) walk.reach(walk.root('header', header.name, schema, undefined), operation, false);
      }
    }
  }
  return walk.finish();
}

function reachMedia(walk: Walk, media: MediaType, operation: Operation, request: boolean): void {
  for (const schema of [media.schema, media.itemSchema]) {
    const node = nodeOf(schema);
    if (node !== undefined) walk.reach(walk.root('body', '', node, undefined), operation, request);
  }
}

function nodeOf(schema: Schema | undefined): SchemaNode | undefined {
  return schema !== undefined && isRaw(schema.raw) ? { raw: schema.raw, location: schema.location } : undefined;
}
