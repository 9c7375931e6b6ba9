import { extensions } from '../evaluate/extensions.ts';
import { isTypeName } from '../load/name.ts';
import { EntityRef } from './entity.ts';
import { Fault } from './fault.ts';
import { longFromNumber, toLong } from './long.ts';
import { Malformed } from './malformed.ts';
import { CedarRecord } from './record.ts';
import { CedarSet } from './set.ts';
import type { RecordShape, Shape } from './shape.ts';
import { Composite, typeOf, type Value } from './value.ts';

/**
 * A value from Cedar's JSON form.
 * @param shape the schema's type, by which texts become datetimes, decimals, … and `{ type, id }` an entity
 * @throws Malformed when it is malformed or of another type than the schema says
 */
export function fromJson(json: unknown, shape?: Shape, depth = 0): Value {
  if (depth > 100) throw new Malformed('it is nested deeper than 100');
  if (shape !== undefined) return shaped(json, shape, depth);
  switch (typeof json) {
    case 'boolean':
    case 'string':
      return json;
    case 'number':
    case 'bigint': {
      const value = typeof json === 'number' ? longFromNumber(json) : toLong(json);
      if (value === undefined)
        throw new Malformed(`${json} is no 64-bit integer`, 'send integers, or decimals as texts');
      return value;
    }
    case 'object':
      if (json === null) throw new Malformed('it is null', 'leave the attribute out instead');
      return json instanceof Composite ? json : fromObject(json, depth);
    default:
      throw new Malformed(`a ${typeof json} is no value`);
  }
}

function fromObject(json: object, depth: number): Value {
  if (Array.isArray(json)) return new CedarSet(json.map((element) => fromJson(element, undefined, depth + 1)));
  if (json instanceof Date) return json.toJSON();
  if (Object.hasOwn(json, '__entity')) {
    const { __entity } = json as { __entity: unknown };
    if (isUid(__entity)) return uidFromJson(__entity);
  }
  if (Object.hasOwn(json, '__extn')) {
    const { __extn } = json as { __extn: unknown };
    if (isCall(__extn)) return call(__extn, depth);
  }
  if (Object.hasOwn(json, '__expr') && typeof (json as { __expr: unknown }).__expr === 'string') {
    throw new Malformed("the escape '__expr' is no longer supported", "use '__entity' or '__extn'");
  }
  return plainRecord(json, undefined, depth);
}

/** A record whose values all have one type, or any. */
export function plainRecord(json: object, shape: Shape | undefined, depth = 0): CedarRecord {
  const names: string[] = [];
  const values: Value[] = [];
  for (const name of Object.keys(json)) {
    const value = (json as Record<string, unknown>)[name];
    if (value === undefined) continue;
    names.push(name);
    values.push(named(name, value, shape, depth));
  }
  return names.length === 0 ? CedarRecord.empty : new CedarRecord(names, values);
}

/** A record of the schema's attributes: none missing, none more. */
export function recordFromJson(json: unknown, shape: RecordShape, depth = 0): CedarRecord {
  if (json instanceof CedarRecord) return json;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Malformed('it is no record');
  const names: string[] = [];
  const values: Value[] = [];
  for (const name of Object.keys(json)) {
    const value = (json as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const attribute = shape.attributes.get(name);
    if (attribute === undefined && !shape.open) {
      throw new Malformed(`the schema has no attribute '${name}' there`, 'leave it out or add it to the schema');
    }
    names.push(name);
    values.push(named(name, value, attribute?.shape, depth));
  }
  for (const [name, { required }] of shape.attributes) {
    if (required && !names.includes(name))
      throw new Malformed(`the attribute '${name}' is missing`, 'the schema requires it');
  }
  return new CedarRecord(names, values);
}

function named(name: string, json: unknown, shape: Shape | undefined, depth: number): Value {
  if (typeof json === 'string' && shape === undefined) return json;
  try {
    return fromJson(json, shape, depth + 1);
  } catch (error) {
    throw error instanceof Malformed ? error.within(name) : error;
  }
}

function shaped(json: unknown, shape: Shape, depth: number): Value {
  switch (shape.kind) {
    case 'record':
      return recordFromJson(json, shape, depth);
    case 'set':
      if (!Array.isArray(json)) break;
      return new CedarSet(json.map((element) => fromJson(element, shape.of, depth + 1)));
    case 'entity': {
      if (typeof json !== 'object' || json === null) break;
      const ref = uidFromJson(json);
      if (ref.type !== shape.type)
        throw new Malformed(`${ref} is there`, `the schema wants an entity of type ${shape.type}`);
      return ref;
    }
    case 'decimal':
    case 'ipaddr':
    case 'datetime':
    case 'duration': {
      if (typeof json === 'string') return call({ fn: constructors[shape.kind], arg: json }, depth);
      if (isCall(json)) return ofKind(call(json, depth), shape.kind);
      break;
    }
    default:
  }
  return ofKind(fromJson(json, undefined, depth), shape.kind);
}

const constructors = { decimal: 'decimal', ipaddr: 'ip', datetime: 'datetime', duration: 'duration' } as const;

function ofKind(value: Value, kind: string): Value {
  if (typeOf(value) === kind) return value;
  throw new Malformed(`a ${typeOf(value)} is there`, `the schema wants a ${kind}`);
}

function call(extension: { fn: string; arg?: unknown; args?: unknown }, depth: number): Value {
  const { fn } = extension;
  const known = extensions.get(fn);
  if (known === undefined) throw new Malformed(`the extension function '${fn}' does not exist`, 'use one of Cedar');
  const args: unknown[] = extension.arg === undefined ? (extension.args as unknown[]) : [extension.arg];
  const [first, second = first] = args.map((argument) => fromJson(argument, undefined, depth + 1));
  if (first === undefined || second === undefined || args.length !== known.arity) {
    throw new Malformed(`'${fn}' has ${args.length} arguments`, `give ${known.arity}`);
  }
  try {
    return known.call(first, second);
  } catch (error) {
    throw error instanceof Fault ? new Malformed(error.message, 'correct the value') : error;
  }
}

/** An entity's name: `{ type, id }` or `{ __entity: { type, id } }`. */
export function uidFromJson(json: unknown): EntityRef {
  if (json instanceof EntityRef) return json;
  const uid =
    typeof json === 'object' && json !== null && Object.hasOwn(json, '__entity')
      ? (json as { __entity: unknown }).__entity
      : json;
  if (!isUid(uid)) throw new Malformed('it is no entity', 'write it as { "type": "User", "id": "alice" }');
  if (!isTypeName(uid.type)) {
    throw new Malformed(`the type ${JSON.stringify(uid.type)} is no name`, 'write names joined by ::');
  }
  return new EntityRef(uid.type, uid.id);
}

function isUid(json: unknown): json is { type: string; id: string } {
  if (typeof json !== 'object' || json === null) return false;
  if (!Object.hasOwn(json, 'type') || !Object.hasOwn(json, 'id')) return false;
  const { type, id } = json as { type: unknown; id: unknown };
  return typeof type === 'string' && typeof id === 'string';
}

function isCall(json: unknown): json is { fn: string; arg?: unknown; args?: unknown } {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'fn')) return false;
  const { fn, arg, args } = json as { fn: unknown; arg?: unknown; args?: unknown };
  return typeof fn === 'string' && (arg !== undefined || Array.isArray(args));
}
