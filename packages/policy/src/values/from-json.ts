import { CastellanError } from '@castellan/contract';
import { extensions } from '../evaluate/extensions.ts';
import { isTypeName } from '../load/name.ts';
import { EntityRef } from './entity.ts';
import { Fault } from './fault.ts';
import { longFromNumber, toLong } from './long.ts';
import { CedarRecord } from './record.ts';
import { CedarSet } from './set.ts';
import type { Shape } from './shape.ts';
import { Composite, typeOf, type Value } from './value.ts';

type Json = Readonly<Record<string, unknown>>;

/** The refusal of a request, an entity or a context that has not Cedar's JSON form or not the schema's types. */
export function badRequest(
  what: string,
  mend = 'send the form that cedar-wasm takes',
  cause?: unknown,
): CastellanError {
  return new CastellanError({ code: 'bad-request', message: what, mend, cause });
}

/**
 * A value from Cedar's JSON form.
 * @param shape the schema's type, by which texts become datetimes, decimals, … and `{ type, id }` an entity
 * @throws CastellanError `bad-request` when it is malformed or of another type than the schema says
 */
export function fromJson(json: unknown, shape?: Shape, where = 'a value', depth = 0): Value {
  if (depth > 100) throw badRequest(`${where} is nested deeper than 100`);
  if (shape !== undefined) return shaped(json, shape, where, depth);
  switch (typeof json) {
    case 'boolean':
    case 'string':
      return json;
    case 'number':
    case 'bigint': {
      const value = typeof json === 'number' ? longFromNumber(json) : toLong(json);
      if (value === undefined) throw badRequest(`${where} is ${json}, which is no 64-bit integer`);
      return value;
    }
    case 'object':
      if (json === null) throw badRequest(`${where} is null`, 'leave the attribute out instead');
      return json instanceof Composite ? json : fromObject(json, where, depth);
    default:
      throw badRequest(`${where} is a ${typeof json}`);
  }
}

function fromObject(json: object, where: string, depth: number): Value {
  if (Array.isArray(json)) return new CedarSet(json.map((element) => fromJson(element, undefined, where, depth + 1)));
  if (json instanceof Date) return json.toJSON();
  const entity = own(json, '__entity');
  if (isUid(entity)) return uidFromJson(entity, where);
  const extension = own(json, '__extn');
  if (isCall(extension)) return call(extension, where, depth);
  if (typeof own(json, '__expr') === 'string')
    throw badRequest(`${where} has the escape '__expr'`, "use '__entity' or '__extn'");
  const fields = new Map<string, Value>();
  for (const [name, value] of Object.entries(json)) {
    if (value !== undefined) fields.set(name, fromJson(value, undefined, `${where}.${name}`, depth + 1));
  }
  return new CedarRecord(fields);
}

function shaped(json: unknown, shape: Shape, where: string, depth: number): Value {
  switch (shape.kind) {
    case 'record':
      return recordFromJson(json, shape, where, depth);
    case 'set':
      if (!Array.isArray(json)) break;
      return new CedarSet(json.map((element) => fromJson(element, shape.of, where, depth + 1)));
    case 'entity': {
      if (!isObject(json)) break;
      const ref = json instanceof EntityRef ? json : uidFromJson(json, where);
      if (ref.type !== shape.type)
        throw badRequest(`${where} is ${ref}`, `the schema wants an entity of type ${shape.type}`);
      return ref;
    }
    case 'decimal':
    case 'ipaddr':
    case 'datetime':
    case 'duration': {
      if (typeof json === 'string') return call({ fn: constructors[shape.kind], arg: json }, where, depth);
      if (isCall(json)) return ofKind(call(json, where, depth), shape.kind, where);
      break;
    }
    default:
  }
  return ofKind(fromJson(json, undefined, where, depth), shape.kind, where);
}

const constructors = { decimal: 'decimal', ipaddr: 'ip', datetime: 'datetime', duration: 'duration' } as const;

function ofKind(value: Value, kind: string, where: string): Value {
  if (typeOf(value) === kind) return value;
  throw badRequest(`${where} is a ${typeOf(value)}`, `the schema wants a ${kind}`);
}

/** A record of the schema's attributes: none missing, none more. */
export function recordFromJson(
  json: unknown,
  shape: Extract<Shape, { kind: 'record' }>,
  where: string,
  depth = 0,
): CedarRecord {
  if (json instanceof CedarRecord) return json;
  if (!isObject(json) || Array.isArray(json)) throw badRequest(`${where} is no record`);
  const fields = new Map<string, Value>();
  for (const [name, value] of Object.entries(json)) {
    if (value === undefined) continue;
    const attribute = shape.attributes.get(name);
    if (attribute === undefined && !shape.open) {
      throw badRequest(
        `${where} has the attribute '${name}', which the schema has not`,
        'leave it out or add it to the schema',
      );
    }
    fields.set(name, fromJson(value, attribute?.shape, `${where}.${name}`, depth + 1));
  }
  for (const [name, { required }] of shape.attributes) {
    if (required && !fields.has(name))
      throw badRequest(`${where} has no attribute '${name}'`, 'the schema requires it');
  }
  return new CedarRecord(fields);
}

function call(extension: { fn: string; arg?: unknown; args?: unknown }, where: string, depth: number): Value {
  const { fn } = extension;
  const known = extensions.get(fn);
  if (known === undefined) throw badRequest(`${where} calls the extension function '${fn}', which does not exist`);
  const args: unknown[] = extension.arg === undefined ? (extension.args as unknown[]) : [extension.arg];
  const [first, second = first] = args.map((argument) => fromJson(argument, undefined, where, depth + 1));
  if (first === undefined || second === undefined || args.length !== known.arity) {
    throw badRequest(`${where} calls '${fn}' with ${args.length} arguments`, `give ${known.arity}`);
  }
  try {
    return known.call(first, second);
  } catch (error) {
    if (error instanceof Fault) throw badRequest(`${where}: ${error.message}`, 'correct the value', error);
    throw error;
  }
}

/** An entity's name: `{ type, id }` or `{ __entity: { type, id } }`. */
export function uidFromJson(json: unknown, where: string): EntityRef {
  if (json instanceof EntityRef) return json;
  const inner = isObject(json) ? own(json, '__entity') : undefined;
  const uid = inner === undefined ? json : inner;
  if (!isUid(uid)) throw badRequest(`${where} is no entity`, `write it as { "type": "User", "id": "alice" }`);
  if (!isTypeName(uid.type)) throw badRequest(`${where} has ${JSON.stringify(uid.type)} as type, which is no name`);
  return new EntityRef(uid.type, uid.id);
}

const own = (json: object, name: string): unknown => (Object.hasOwn(json, name) ? (json as Json)[name] : undefined);
const isObject = (json: unknown): json is object => typeof json === 'object' && json !== null;
const isUid = (json: unknown): json is { type: string; id: string } =>
  isObject(json) && typeof own(json, 'type') === 'string' && typeof own(json, 'id') === 'string';
const isCall = (json: unknown): json is { fn: string; arg?: unknown; args?: unknown } =>
  isObject(json) &&
  typeof own(json, 'fn') === 'string' &&
  (own(json, 'arg') !== undefined || Array.isArray(own(json, 'args')));
