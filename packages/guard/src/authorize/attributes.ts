import {
  CedarRecord,
  CedarSet,
  Composite,
  Datetime,
  Decimal,
  EntityRef,
  IpAddress,
  type RecordShape,
  type Shape,
  type Value,
} from '@castellan/policy/entities';

type Json = Readonly<Record<string, unknown>>;

/** Names of the identifying properties by resource type. */
export type IdNames = ReadonlyMap<string, string>;

/**
 * A value that its policy type cannot hold, in data that a decision needs. A decision on half of the data is none, so
 * whoever asks must take it as a refusal.
 */
export class Undecidable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Undecidable';
  }
}

/**
 * An object as the API has it, read as a Cedar record: an attribute is converted when a policy first asks for it, by
 * the type that the schema gives it. What the schema does not name is not there; null is not there either, because
 * Cedar has no null.
 */
export class ApiRecord extends CedarRecord {
  readonly #json: Json;
  readonly #shape: RecordShape;
  readonly #ids: IdNames;
  readonly #absent: (() => void) | undefined;
  /** What policies asked for so far. */
  #known: [name: string, value: Value][] | undefined;

  /** @param absent told when an attribute is asked for that the object leaves out */
  constructor(json: Json, shape: RecordShape, ids: IdNames, absent?: () => void) {
    super(nothing, nothing);
    this.#absent = absent;
    this.#json = json;
    this.#shape = shape;
    this.#ids = ids;
  }

  override get(name: string): Value | undefined {
    if (this.#known !== undefined) for (const known of this.#known) if (known[0] === name) return known[1];
    const json = this.#json[name];
    if (json === undefined || json === null || !Object.hasOwn(this.#json, name)) {
      if (json !== null && this.#absent !== undefined && this.#shape.attributes.has(name)) this.#absent();
      return undefined;
    }
    const shape = this.#shape.attributes.get(name)?.shape;
    if (shape === undefined) return undefined;
    // Texts that stay texts need no conversion and are not worth remembering.
    if (typeof json === 'string' && shape.kind === 'string') return json;
    const value = valueOf(json, shape, name, this.#ids);
    (this.#known ??= []).push([name, value]);
    return value;
  }

  override entries(): readonly (readonly [name: string, value: Value])[] {
    return [...this.#shape.attributes.keys()].flatMap((name) => {
      const value = this.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
  }
}

/** An object that also says of whom it is shared with, once that was fetched. */
export class SharedRecord extends ApiRecord {
  readonly #names: ReadonlySet<string>;
  readonly #shares: () => ReadonlyMap<string, Value> | undefined;

  /** @param shares undefined where they are still to be fetched, which it notes */
  constructor(
    json: Json,
    shape: RecordShape,
    ids: IdNames,
    absent: (() => void) | undefined,
    names: ReadonlySet<string>,
    shares: () => ReadonlyMap<string, Value> | undefined,
  ) {
    super(json, shape, ids, absent);
    this.#names = names;
    this.#shares = shares;
  }

  override get(name: string): Value | undefined {
    // Whatever the object itself says under such a name: only the table says whom it is shared with.
    return this.#names.has(name) ? this.#shares()?.get(name) : super.get(name);
  }
}

const nothing: readonly never[] = [];

function valueOf(json: unknown, shape: Shape, name: string, ids: IdNames): Value {
  if (json instanceof EntityRef) {
    if (shape.kind === 'entity' && shape.type === json.type) return json;
    throw new Undecidable(
      `${name} names a ${json.type}, and is ${shape.kind === 'entity' ? `a ${shape.type}` : `a ${shape.kind}`}`,
    );
  }
  if (json instanceof Composite) return json;
  const value = converted(json, shape, name, ids);
  if (value === undefined) throw new Undecidable(`${name} is not a ${shape.kind}`);
  return value;
}

function converted(json: unknown, shape: Shape, name: string, ids: IdNames): Value | undefined {
  switch (shape.kind) {
    case 'string':
      return textOf(json);
    case 'bool':
      return typeof json === 'boolean' ? json : undefined;
    case 'long':
      return typeof json === 'number' ? (Number.isSafeInteger(json) ? json : undefined) : bigOf(json);
    case 'decimal':
      return typeof json === 'number' || typeof json === 'string' ? decimalOf(json) : undefined;
    case 'datetime':
      return datetimeOf(json);
    case 'ipaddr':
      return typeof json === 'string' ? parsed(() => IpAddress.parse(json)) : undefined;
    case 'entity':
      return referenceOf(json, shape.type, ids);
    case 'set':
      return Array.isArray(json)
        ? new CedarSet(
            (json as unknown[]).filter((item) => item !== null).map((item) => element(item, shape.of, name, ids)),
          )
        : undefined;
    case 'record':
      return typeof json === 'object' && json !== null && !Array.isArray(json)
        ? new ApiRecord(json as Json, shape, ids)
        : undefined;
    default:
      return undefined;
  }
}

function element(json: unknown, shape: Shape | undefined, name: string, ids: IdNames): Value {
  if (shape !== undefined) return valueOf(json, shape, name, ids);
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json;
  throw new Undecidable(`${name} holds a value without a type`);
}

function textOf(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (json instanceof Date) return json.toISOString();
  return undefined;
}

function bigOf(json: unknown): bigint | number | undefined {
  if (typeof json !== 'bigint') return undefined;
  if (Number.isSafeInteger(Number(json))) return Number(json);
  return json >= -(2n ** 63n) && json < 2n ** 63n ? json : undefined;
}

/** RFC 3339, as `format: date-time` and `date` allow it; Cedar's own literals are stricter. */
const dateTime = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:?\d{2}))?$/;

function datetimeOf(json: unknown): Datetime | undefined {
  if (json instanceof Date) return Number.isNaN(json.getTime()) ? undefined : new Datetime(json.getTime());
  if (typeof json !== 'string') return undefined;
  const usual = Datetime.read(json);
  if (usual !== undefined) return usual;
  if (!dateTime.test(json)) return undefined;
  const milliseconds = Date.parse(json);
  return Number.isNaN(milliseconds) ? undefined : new Datetime(milliseconds);
}

function decimalOf(json: number | string): Decimal | undefined {
  const text = String(json);
  return parsed(() => Decimal.parse(/^-?\d+$/.test(text) ? `${text}.0` : text));
}

function referenceOf(json: unknown, type: string, ids: IdNames): EntityRef | undefined {
  if (typeof json === 'string' || typeof json === 'number') return new EntityRef(type, String(json));
  if (typeof json !== 'object' || json === null) return undefined;
  // A resource that stands inside another one: its name is what counts, the object itself is found on its own.
  const id = Object.hasOwn(json, ids.get(type) ?? 'id') ? (json as Json)[ids.get(type) ?? 'id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? new EntityRef(type, String(id)) : undefined;
}

/** Cedar's parsers throw a fault, which is no error and tells nothing more than that the text is malformed. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
