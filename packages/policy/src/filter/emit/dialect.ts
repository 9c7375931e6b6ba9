import type { PatternElement } from '../../load/est.ts';
import type { Shape } from '../../values/shape.ts';
import type { Constant } from '../condition.ts';
import type { Dialect, TimeFormat } from '../mapping.ts';
import { joined, raw, sql, type Fragment } from './fragment.ts';

/** What one database writes in its own way. */
export interface SqlDialect {
  readonly name: Dialect;
  quoted(name: string): Fragment;
  constant(value: Constant): Fragment;
  /** A time some milliseconds later. */
  later(time: Fragment, milliseconds: number): Fragment;
  /** Exact equality of texts, whatever the collation of the column. */
  equals(left: Fragment, right: Fragment, shape: 'text' | 'id' | 'other'): Fragment;
  among(value: Fragment, constants: readonly Constant[], shape: 'text' | 'id' | 'other'): Fragment;
  like(text: Fragment, pattern: readonly PatternElement[]): Fragment;
  /** A whole number in a type that has room for every result that has to be looked at. */
  wide(value: Fragment): Fragment;
  /** Whether a computed whole number is one of 64 bits. */
  fits(value: Fragment): Fragment;
  /** Whether a set in a column holds one of some constants. */
  holds(set: Fragment, constants: readonly Constant[], of: Shape | undefined): Fragment;
  /** Whether it holds a value of the row. */
  holdsValue(set: Fragment, value: Fragment, of: Shape | undefined): Fragment;
  empty(set: Fragment): Fragment;
  /** An id as a text. */
  id(value: Fragment): Fragment;
}

/** More constants than this go in one parameter. */
const manyConstants = 200;

const isoOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

const texts = (constants: readonly Constant[]): readonly string[] =>
  constants.map((constant) => (constant.kind === 'time' ? isoOf(constant.milliseconds) : String(constant.value)));

const range = (value: Fragment): Fragment =>
  sql`${value} BETWEEN ${raw('-9223372036854775808')} AND ${raw('9223372036854775807')}`;

const list = (fragments: readonly Fragment[]): Fragment => joined(fragments, ', ');

const areTexts = (constants: readonly Constant[]): boolean =>
  constants.every(({ kind }) => kind === 'text' || kind === 'entity');

const postgresql: SqlDialect = {
  name: 'postgresql',
  quoted: (name) => raw(`"${name.replaceAll('"', '""')}"`),
  constant(value) {
    switch (value.kind) {
      case 'bool':
        return raw(value.value ? 'TRUE' : 'FALSE');
      case 'long':
        return sql`${String(value.value)}::bigint`;
      case 'time':
        return sql`${isoOf(value.milliseconds)}::timestamptz`;
      case 'decimal':
        return sql`${value.value}::numeric`;
      default:
        return sql`${value.value}`;
    }
  },
  later: (time, milliseconds) => sql`(${time} + ${`${milliseconds} milliseconds`}::interval)`,
  equals: (left, right) => sql`${left} = ${right}`,
  among(value, constants) {
    if (constants.length > manyConstants && areTexts(constants))
      return sql`${value} IN (SELECT jsonb_array_elements_text(${JSON.stringify(texts(constants))}::jsonb))`;
    return sql`${value} IN (${list(constants.map((one) => this.constant(one)))})`;
  },
  like: (text, pattern) => sql`${text} LIKE ${patternOf(pattern, '%', /[\\%_]/g, (special) => `\\${special}`)}`,
  wide: (value) => sql`(${value})::numeric`,
  fits: range,
  holds(set, constants, of) {
    const type = raw(of?.kind === 'long' ? 'bigint' : of?.kind === 'bool' ? 'boolean' : 'text');
    return sql`${set} && ARRAY[${list(constants.map((one) => this.constant(one)))}]::${type}[]`;
  },
  holdsValue: (set, value) => sql`COALESCE(${value} = ANY(${set}), FALSE)`,
  empty: (set) => sql`cardinality(${set}) = 0`,
  id: (value) => sql`${value}::text`,
};

/** @param times how times are kept */
function sqlite(times: TimeFormat): SqlDialect {
  const unit = times === 'seconds' ? 1000 : 1;
  return {
    name: 'sqlite',
    quoted: (name) => raw(`"${name.replaceAll('"', '""')}"`),
    constant(value) {
      switch (value.kind) {
        case 'bool':
          return raw(value.value ? '1' : '0');
        case 'long':
          return sql`CAST(${String(value.value)} AS INTEGER)`;
        case 'time':
          return times === 'iso' ? sql`${isoOf(value.milliseconds)}` : raw(`${value.milliseconds / unit}`);
        case 'decimal':
          return sql`CAST(${value.value} AS REAL)`;
        default:
          return sql`${value.value}`;
      }
    },
    later: (time, milliseconds) =>
      times === 'iso'
        ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${time}, ${`${milliseconds / 1000} seconds`})`
        : sql`(${time} + ${raw(String(milliseconds / unit))})`,
    // A column of numbers would take '05' for 5.
    equals(left, right, shape) {
      if (shape === 'other') return sql`${left} = ${right}`;
      const same = sql`${left} = ${right} COLLATE BINARY`;
      return shape === 'text' ? same : sql`(${same} AND CAST(${left} AS TEXT) = CAST(${right} AS TEXT))`;
    },
    among(value, constants, shape) {
      if (shape === 'other') return sql`${value} IN (${list(constants.map((one) => this.constant(one)))})`;
      const values =
        constants.length > manyConstants
          ? sql`SELECT value FROM json_each(${JSON.stringify(texts(constants))})`
          : list(constants.map((one) => this.constant(one)));
      const found = sql`${value} COLLATE BINARY IN (${values})`;
      return shape === 'text' ? found : sql`(${found} AND CAST(${value} AS TEXT) IN (${values}))`;
    },
    like: (text, pattern) => sql`${text} GLOB ${patternOf(pattern, '*', /[*?[]/g, (special) => `[${special}]`)}`,
    wide: (value) => value,
    // What has no room becomes a floating point number.
    fits: (value) => sql`typeof(${value}) = 'integer'`,
    holds(set, constants, of) {
      return sql`EXISTS (SELECT 1 FROM json_each(${set}) AS castellan_e WHERE ${this.among(elementOf(of), constants, 'other')})`;
    },
    holdsValue: (set, value, of) =>
      sql`EXISTS (SELECT 1 FROM json_each(${set}) AS castellan_e WHERE ${elementOf(of)} = ${value})`,
    empty: (set) => sql`json_array_length(${set}) = 0`,
    id: (value) => sql`CAST(${value} AS TEXT)`,
  };
}

/** An element of a JSON array; ids may be written as numbers. */
const elementOf = (of: Shape | undefined): Fragment =>
  raw(of?.kind === 'entity' ? 'CAST(castellan_e.value AS TEXT)' : 'castellan_e.value');

const mysql: SqlDialect = {
  name: 'mysql',
  quoted: (name) => raw(`\`${name.replaceAll('`', '``')}\``),
  constant(value) {
    switch (value.kind) {
      case 'bool':
        return raw(value.value ? 'TRUE' : 'FALSE');
      case 'long':
        return sql`CAST(${String(value.value)} AS SIGNED)`;
      case 'time':
        return sql`CAST(${isoOf(value.milliseconds).replace('T', ' ').replace('Z', '')} AS DATETIME(3))`;
      case 'decimal':
        return sql`CAST(${value.value} AS DECIMAL(20,4))`;
      default:
        return sql`${value.value}`;
    }
  },
  later: (time, milliseconds) => sql`DATE_ADD(${time}, INTERVAL ${raw(String(milliseconds * 1000))} MICROSECOND)`,
  // Collations are blind to case by default. The first comparison is for the index.
  equals: (left, right, shape) =>
    shape === 'other'
      ? sql`${left} = ${right}`
      : sql`(${left} = ${right} AND CAST(${left} AS BINARY) = CAST(${right} AS BINARY))`,
  among(value, constants, shape) {
    const values = constants.map((one) => this.constant(one));
    if (shape === 'other') return sql`${value} IN (${list(values)})`;
    const exact = values.map((one) => sql`CAST(${one} AS BINARY)`);
    return sql`(${value} IN (${list(values)}) AND CAST(${value} AS BINARY) IN (${list(exact)}))`;
  },
  like: (text, pattern) =>
    sql`CAST(${text} AS BINARY) LIKE CAST(${patternOf(pattern, '%', /[!%_]/g, (special) => `!${special}`)} AS BINARY) ESCAPE '!'`,
  wide: (value) => sql`CAST(${value} AS DECIMAL(65,0))`,
  fits: range,
  holds(set, constants, of) {
    const found = constants.map((one) => sql`JSON_CONTAINS(${set}, ${jsonOf(one, of)})`);
    return found.length === 1 ? joined(found, '') : sql`(${joined(found, ' OR ')})`;
  },
  holdsValue: (set, value, of) =>
    of?.kind === 'long' || of?.kind === 'bool'
      ? sql`JSON_CONTAINS(${set}, CAST(${value} AS JSON))`
      : sql`JSON_CONTAINS(${set}, JSON_QUOTE(${value}))`,
  empty: (set) => sql`JSON_LENGTH(${set}) = 0`,
  // To the letter, and with room for the ids of a recursion.
  id: (value) => sql`CAST(CAST(${value} AS CHAR(255)) AS BINARY)`,
};

function jsonOf(constant: Constant, of: Shape | undefined): string {
  if (constant.kind === 'time') return JSON.stringify(isoOf(constant.milliseconds));
  return of?.kind === 'long' ? String(constant.value) : JSON.stringify(constant.value);
}

function patternOf(
  pattern: readonly PatternElement[],
  any: string,
  special: RegExp,
  escape: (special: string) => string,
): string {
  return pattern.map((element) => (element === 'Wildcard' ? any : element.Literal.replace(special, escape))).join('');
}

/** The SQL of a database. */
export function dialectOf(name: Dialect, times: TimeFormat): SqlDialect {
  return name === 'sqlite' ? sqlite(times) : name === 'mysql' ? mysql : postgresql;
}
