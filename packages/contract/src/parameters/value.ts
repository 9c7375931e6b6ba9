import type { Issue } from '../compiled.ts';
import { parseJsonText } from '../bodies/json.ts';
import { compileDefaults } from '../bodies/defaults.ts';
import { isJson } from '../bodies/media-type.ts';
import type { Parameter } from '../model.ts';
import { compileSchema, type SchemaSource } from '../schema/index.ts';
import { compileUndocumented } from '../undocumented/index.ts';
import { compileConvert, type Convert, type Tree } from './convert.ts';
import { percentDecoded } from './percent.ts';
import { Refused } from './refused.ts';
import { shapeOf, type Shape } from './shape.ts';
import { cutBy, type Cut, type Kind, type Serialisation } from './style.ts';

/** Takes what is wrong with a value. */
export type Report = (issue: Issue) => void;

/** Stands for a value that was reported. */
export const failed = Symbol('failed');

/** One occurrence of a parameter, or several; or a tree made of bracketed names. */
export type Received = string | readonly string[] | ReadonlyMap<string, Tree>;

/** From text to a valid value: `failed` after a report. */
export type ReadValue = (received: Received, report: Report) => unknown;

const undocumented = new Refused('undocumented-property', 'is not documented', 'leave it out');
const repeated = new Refused('duplicate-parameter', 'is given more than once', 'give it once');

/** The forms that a value may take, in the order in which they are tried: one plain value, a list, an object. */
export function kindsOf(shape: Shape): readonly Kind[] {
  const { types } = shape;
  if (types === undefined) return ['scalar'];
  const kinds: Kind[] = [];
  if (['string', 'number', 'integer', 'boolean', 'null'].some((type) => types.has(type as 'string')))
    kinds.push('scalar');
  if (types.has('array')) kinds.push('array');
  if (types.has('object')) kinds.push('object');
  return kinds;
}

/** Repeats its name for each item: `a=1&a=2`. */
function repeatsName(parameter: Serialisation): boolean {
  if (parameter.in !== 'query' && parameter.in !== 'cookie') return false;
  return parameter.explode && parameter.style !== 'deepObject';
}

/**
 * Compiles the reading of one parameter or form field: cut by style, converted by type, checked by schema.
 *
 * @param pointer of the value in the issues: `/query/limit`
 */
export function compileValue(
  source: SchemaSource,
  parameter: Parameter,
  pointer: string,
  shape: Shape = shapeOf(source, parameter.schema),
): ReadValue {
  if (parameter.content !== undefined) return compileContent(source, parameter, pointer);
  const convert = compileConvert(source, parameter.schema, shape);
  const check = compileCheck(source, parameter, pointer);
  const kinds = kindsOf(shape);
  const byName = repeatsName(parameter);
  const readers = kinds.map((kind) =>
    reader(cutBy(parameter, kind), convert, kind === 'array' && byName, parameter.style === 'deepObject'),
  );
  const [only] = readers;
  if (readers.length === 1 && only !== undefined) {
    return (received, report) => {
      const value = only(received);
      if (!(value instanceof Refused)) return check(value, report);
      report(value.issue(pointer));
      return failed;
    };
  }
  return (received, report) => {
    let first: unknown = repeated;
    for (const read of readers) {
      const value = read(received);
      if (value instanceof Refused) {
        if (first === repeated) first = value;
        continue;
      }
      if (check(value) !== failed) return value;
      if (first instanceof Refused) first = value;
    }
    if (!(first instanceof Refused)) return check(first, report);
    report(first.issue(pointer));
    return failed;
  };
}

function reader(cut: Cut, convert: Convert, byName: boolean, tree: boolean): (received: Received) => unknown {
  return (received) => {
    if (typeof received !== 'string') return byName || tree || !Array.isArray(received) ? convert(received) : repeated;
    if (byName) return convert([received]);
    const loose = cut(received);
    return loose instanceof Refused ? loose : convert(loose);
  };
}

/** `check` without `report` only answers. */
function compileCheck(
  source: SchemaSource,
  parameter: Parameter,
  pointer: string,
): (value: unknown, report?: Report) => unknown {
  if (parameter.schema === undefined) return (value) => value;
  const schema = compileSchema(source, parameter.schema, { direction: 'request' });
  const fill = compileDefaults(source, parameter.schema);
  return (value, report) => {
    if (schema.check(value)) return typeof value === 'object' ? fill(value) : value;
    if (report !== undefined) {
      for (const issue of schema.explain(value)) report({ ...issue, pointer: pointer + issue.pointer });
    }
    return failed;
  };
}

/** `content`: the whole value is one document of a media type. JSON is parsed as strictly as a body; anything else stays text. */
function compileContent(source: SchemaSource, parameter: Parameter, pointer: string): ReadValue {
  const { content } = parameter;
  const check = compileCheck(source, { ...parameter, schema: parameter.schema ?? content?.schema }, pointer);
  const json = content !== undefined && isJson(content.type);
  const schema = parameter.schema ?? content?.schema;
  const names = schema === undefined || !json ? undefined : compileUndocumented(source, schema, 'request');
  return (received, report) => {
    if (typeof received !== 'string') {
      report(repeated.issue(pointer));
      return failed;
    }
    const text = parameter.in === 'path' ? percentDecoded(received, false) : received;
    if (text instanceof Refused) {
      report(text.issue(pointer));
      return failed;
    }
    if (!json) return check(text, report);
    const parsed = parseJsonText(text);
    if ('value' in parsed) {
      if (names?.in(parsed.value) !== true) return check(parsed.value, report);
      for (const place of names.find(parsed.value)) report(undocumented.issue(pointer + place));
      return failed;
    }
    for (const issue of parsed.issues) report({ ...issue, pointer: pointer + issue.pointer });
    return failed;
  };
}
