import { Decimal } from './decimal.ts';
import { EntityRef } from './entity.ts';
import { Fault } from './fault.ts';
import { IpAddress } from './ip-address.ts';
import { longFromNumber, toLong } from './long.ts';
import { CedarRecord } from './record.ts';
import { CedarSet } from './set.ts';
import type { RecordShape, Shape } from './shape.ts';
import { Datetime, Duration } from './time.ts';
import { Composite, type Value } from './value.ts';

const nothing: readonly never[] = [];

/**
 * A record over a plain object, whose values are converted when they are asked for, by the schema's types. Only own
 * properties count; `null` and `undefined` are absent. A value that does not fit its type is a Fault: the policy that
 * asked errs, and grants nothing.
 */
export class LiftedRecord extends CedarRecord {
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #shape: RecordShape | undefined;
  readonly #where: string;
  readonly #element: Shape | undefined;
  /** What was converted last, and what before it: names with their values. Texts and numbers are not worth keeping. */
  #lastName: string | undefined;
  #lastValue: Value | undefined;
  #others: [name: string, value: Value][] | undefined;

  /** @param element the type of values that `shape` does not name */
  constructor(raw: object, shape: RecordShape | undefined, where: string, element?: Shape) {
    super(nothing, nothing);
    this.#raw = raw as Readonly<Record<string, unknown>>;
    this.#shape = shape;
    this.#where = where;
    this.#element = element;
  }

  override get(name: string): Value | undefined {
    if (this.#lastName === name) return this.#lastValue;
    if (this.#others !== undefined) for (const other of this.#others) if (other[0] === name) return other[1];
    const raw = this.#raw[name];
    if (raw === undefined || raw === null || !Object.hasOwn(this.#raw, name)) return undefined;
    const shape =
      this.#shape === undefined ? this.#element : (this.#shape.attributes.get(name)?.shape ?? this.#element);
    if (typeof raw === 'string' && (shape === undefined || shape.kind === 'string')) return raw;
    const value = lift(raw, shape, this.#where);
    if (typeof value === 'object' && value !== raw) this.#keep(name, value);
    return value;
  }

  #keep(name: string, value: Value): void {
    if (this.#lastName !== undefined && this.#lastValue !== undefined)
      (this.#others ??= []).push([this.#lastName, this.#lastValue]);
    this.#lastName = name;
    this.#lastValue = value;
  }

  override entries(): readonly (readonly [name: string, value: Value])[] {
    const entries: [string, Value][] = [];
    for (const name of Object.keys(this.#raw)) {
      const value = this.get(name);
      if (value !== undefined) entries.push([name, value]);
    }
    return entries;
  }
}

/** A plain JavaScript value as Cedar's, by the schema's type when there is one. */
function lift(raw: unknown, shape: Shape | undefined, where: string): Value {
  if (raw instanceof Composite) return raw;
  switch (typeof raw) {
    case 'string':
      return liftText(raw, shape, where);
    case 'boolean':
      return raw;
    case 'number':
    case 'bigint':
      return liftNumber(raw, shape, where);
    case 'object':
      if (raw !== null) return liftObject(raw, shape, where);
  }
  throw new Fault(`${where} is ${raw === null ? 'null' : `a ${typeof raw}`}`);
}

function liftText(raw: string, shape: Shape | undefined, where: string): Value {
  switch (shape?.kind) {
    case undefined:
    case 'string':
      return raw;
    case 'entity':
      return new EntityRef(shape.type, raw);
    case 'datetime':
      return liftTime(raw, where);
    case 'duration':
      return Duration.parse(raw);
    case 'decimal':
      return Decimal.parse(raw);
    case 'ipaddr':
      return IpAddress.parse(raw);
    default:
      throw new Fault(`${where} is a text; the schema has a ${shape?.kind ?? 'value'} there`);
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time, to the millisecond, or one of Cedar's own forms. */
function liftTime(raw: string, where: string): Datetime {
  const usual = Datetime.read(raw);
  if (usual !== undefined) return usual;
  if (!rfc3339.test(raw)) return Datetime.parse(raw);
  const milliseconds = Date.parse(raw);
  if (Number.isNaN(milliseconds)) throw new Fault(`${where} is no time`);
  return new Datetime(milliseconds);
}

function liftNumber(raw: number | bigint, shape: Shape | undefined, where: string): Value {
  if (shape?.kind === 'entity') return new EntityRef(shape.type, String(raw));
  if (shape?.kind === 'decimal') return Decimal.parse(typeof raw === 'bigint' ? `${raw}.0` : decimalText(raw, where));
  const value = typeof raw === 'number' ? longFromNumber(raw) : toLong(raw);
  if (value === undefined) throw new Fault(`${where} is ${raw}, which is no 64-bit integer`);
  return value;
}

function decimalText(raw: number, where: string): string {
  const text = String(raw);
  if (!/^-?\d+(?:\.\d{1,4})?$/.test(text))
    throw new Fault(`${where} is ${raw}, which has no exact decimal of four digits`);
  return text.includes('.') ? text : `${text}.0`;
}

function liftObject(raw: object, shape: Shape | undefined, where: string): Value {
  if (Array.isArray(raw)) {
    const element = shape?.kind === 'set' ? shape.of : undefined;
    return new CedarSet(raw.map((item) => lift(item, element, where)));
  }
  if (raw instanceof Date) return new Datetime(liftDate(raw, where));
  return new LiftedRecord(raw, shape?.kind === 'record' ? shape : undefined, where);
}

function liftDate(raw: Date, where: string): number {
  const milliseconds = raw.getTime();
  if (Number.isNaN(milliseconds)) throw new Fault(`${where} is an invalid date`);
  return milliseconds;
}
