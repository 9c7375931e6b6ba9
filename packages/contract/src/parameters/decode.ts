import type { DecodeParameters, DecodedParameters, Issue, RawParameters } from '../compiled.ts';
import { castellanOf } from '../extension/castellan-of.ts';
import type { Operation, Parameter, Schema } from '../model.ts';
import { templateVariables } from '../route/template.ts';
import type { SchemaSource } from '../schema/index.ts';
import { Brackets } from './brackets.ts';
import { compileCookies, compileHeaders, headerParameters } from './fields.ts';
import { percentDecoded } from './percent.ts';
import { compileQuery, credentialNames, type QueryLimits, type QueryReader, type Slot } from './query.ts';
import { compileQuerystring } from './querystring.ts';
import { frozenRecord, recordOf } from './record.ts';
import { pointerToken, Refused } from './refused.ts';
import { shapeOf } from './shape.ts';
import { compileValue, failed, kindsOf, type ReadValue, type Report } from './value.ts';

export interface CompileParametersOptions {
  /**
   * What happens to query parameters that are not documented. `refuse` by default; `ignore` passes those that no parser
   * could take for a documented one.
   */
  readonly unknownQuery?: 'refuse' | 'ignore' | undefined;
  /** Gets the names of those that were ignored. */
  readonly ignored?: ((name: string) => void) | undefined;
  /** Pairs in one query string. Default 1,000: the number from which Node's and qs's own parsers drop the rest. */
  readonly maxParameters?: number | undefined;
  /** UTF-16 units of one encoded value. Default 65,536. */
  readonly maxLength?: number | undefined;
  /** Issues that are collected before decoding stops being explained. Default 20. */
  readonly maxIssues?: number | undefined;
}

/** One documented parameter, ready to be read from its slot. */
interface Entry {
  readonly name: string;
  readonly pointer: string;
  readonly required: boolean;
  readonly allowEmpty: boolean;
  readonly fallback: { readonly value: unknown } | undefined;
  readonly read: ReadValue;
}

const nothing: DecodedParameters = Object.freeze({
  path: frozenRecord,
  query: frozenRecord,
  header: frozenRecord,
  cookie: frozenRecord,
});
const silent: Report = () => {};

/**
 * Compiles the decoding of an operation's parameters: every `style`, `explode` and type, coerced exactly, defaults filled,
 * validated. Text that is not the one notation of its type is refused, never adapted: `1e3`, `0x10`, ` 5` and `True` are
 * no numbers and no booleans. See docs/decisions/060-numbers.md.
 *
 * @returns a function from raw parameters to values by place, or to issues with pointers such as `/query/limit`
 * @example
 * const decode = compileParameters(contract, operation);
 * decode({ path: ['7'], query: 'limit=20', rawHeaders: [] }); // { value: { path: { id: 7 }, query: { limit: 20 }, … } }
 */
export function compileParameters(
  source: SchemaSource,
  operation: Operation,
  options: CompileParametersOptions = {},
): DecodeParameters {
  const limits = {
    maxParameters: options.maxParameters ?? 1000,
    maxLength: options.maxLength ?? 65_536,
    unknown: options.unknownQuery ?? 'refuse',
    ignored: options.ignored,
  };
  const maxIssues = options.maxIssues ?? 20;
  const inPlace = (place: Parameter['in']): readonly Parameter[] =>
    operation.parameters.filter((parameter) => parameter.in === place);

  const readPath = compilePath(source, operation);
  const query = inPlace('query');
  const whole = inPlace('querystring')[0];
  const readWhole = whole === undefined ? undefined : compileQuerystring(source, whole, limits);
  const queryEntries = query.map((parameter) => entryOf(source, parameter, 'query', parameter.name));
  const queryReader = queryReaderOf(source, query, limits, credentialNames(operation));
  const headers = headerParameters(operation.parameters);
  const headerEntries = headers.map((parameter) => entryOf(source, parameter, 'header', parameter.name.toLowerCase()));
  const headerReader =
    headers.length === 0
      ? undefined
      : compileHeaders(
          headers,
          headers.map((parameter) => structured(source, parameter)),
          limits.maxLength,
        );
  const cookies = inPlace('cookie');
  const cookieEntries = cookies.map((parameter) => entryOf(source, parameter, 'cookie', parameter.name));
  const cookieReader =
    cookies.length === 0
      ? undefined
      : compileCookies(
          cookies,
          cookies.map((parameter) => spreadNames(source, parameter)),
          cookies.map((parameter) => structured(source, parameter)),
          limits.maxLength,
        );
  const plain =
    readPath === undefined && headers.length === 0 && cookies.length === 0 && query.length === 0 && whole === undefined;

  let issues: Issue[] | undefined;
  const report: Report = (issue) => {
    if (issues === undefined) issues = [issue];
    else if (issues.length < maxIssues) issues.push(issue);
  };

  function decodeQuery(text: string): Readonly<Record<string, unknown>> {
    if (readWhole !== undefined) return readWhole(text, report);
    if (queryEntries.length === 0 && text === '') return frozenRecord;
    const slots: Slot[] = emptySlots(queryEntries.length);
    if (text !== '') queryReader.read(text, slots, report);
    return values(queryEntries, slots, report);
  }

  return (raw: RawParameters) => {
    if (plain && raw.query === '') return { value: nothing };
    issues = undefined;
    const path = readPath === undefined ? frozenRecord : readPath(raw.path, report);
    const queryValues = decodeQuery(raw.query);
    let header: DecodedParameters['header'] = frozenRecord;
    if (headerEntries.length > 0) {
      const slots = emptySlots(headerEntries.length);
      headerReader?.read(raw.rawHeaders, slots, report);
      header = values(headerEntries, slots, report);
    }
    let cookie: DecodedParameters['cookie'] = frozenRecord;
    if (cookieEntries.length > 0) {
      const slots = emptySlots(cookieEntries.length);
      cookieReader?.read(raw.rawHeaders, slots, report);
      cookie = values(cookieEntries, slots, report);
    }
    return issues === undefined ? { value: { path, query: queryValues, header, cookie } } : { issues };
  };
}

/** Readers by contract: most operations take the same few query parameters. */
const readers = new WeakMap<
  SchemaSource['references'],
  Map<string, { readonly schemas: readonly unknown[]; readonly reader: QueryReader }>
>();

function queryReaderOf(
  source: SchemaSource,
  query: readonly Parameter[],
  limits: QueryLimits,
  credentials: readonly string[],
): QueryReader {
  let known = readers.get(source.references);
  if (known === undefined) readers.set(source.references, (known = new Map()));
  const keys = query.map((parameter) => keyOf(parameter, 'query', parameter.name));
  const key = JSON.stringify([keys, limits, credentials]);
  const schemas = query.map(rawOf);
  const found = known.get(key);
  if (found?.schemas.every((schema, index) => schema === schemas[index]) === true) return found.reader;
  const reader = compileQuery(source, query, '/query', limits, credentials);
  known.set(key, { schemas, reader });
  return reader;
}

/** Schemas that were not read from a document may all say that they stand at the same place. */
function rawOf({ schema, content }: Parameter): unknown {
  return (schema ?? content?.schema)?.raw;
}

function emptySlots(length: number): Slot[] {
  const slots: Slot[] = [];
  for (let index = 0; index < length; index++) slots.push(undefined);
  return slots;
}

/** Compiled parameters by contract: most operations refer to the same few, which are then compiled once. */
const compiled = new WeakMap<
  SchemaSource['references'],
  Map<string, { readonly schema: unknown; readonly entry: Entry }>
>();

function entryOf(source: SchemaSource, parameter: Parameter, place: string, name: string): Entry {
  let entries = compiled.get(source.references);
  if (entries === undefined) compiled.set(source.references, (entries = new Map()));
  const key = keyOf(parameter, place, name);
  const schema = rawOf(parameter);
  const known = entries.get(key);
  if (known !== undefined && known.schema === schema) return known.entry;
  const entry = compileEntry(source, parameter, place, name);
  entries.set(key, { schema, entry });
  return entry;
}

/** All that the reading of a parameter depends on; a schema by where it stands. */
function keyOf(parameter: Parameter, place: string, name: string): string {
  const { required, allowEmptyValue, style, explode, schema, content } = parameter;
  const at = (found: Schema | undefined): string =>
    found === undefined ? '' : `${found.dialect} ${found.location.document}#${found.location.pointer}`;
  return JSON.stringify([
    place,
    name,
    parameter.in,
    parameter.name,
    required,
    allowEmptyValue,
    style,
    explode,
    parameter.allowReserved,
    at(schema),
    content?.type,
    at(content?.schema),
    parameter.location.document,
    parameter.location.pointer,
  ]);
}

function compileEntry(source: SchemaSource, parameter: Parameter, place: string, name: string): Entry {
  const pointer = `/${place}/${pointerToken(name)}`;
  const shape = shapeOf(source, parameter.schema);
  return {
    name,
    pointer,
    required: parameter.required,
    allowEmpty: parameter.allowEmptyValue && parameter.in === 'query',
    // What only some may write, nobody wrote who left it out.
    fallback:
      shape.default === undefined || castellanOf(parameter.schema?.raw).write !== undefined
        ? undefined
        : { value: deepFrozen(structuredClone(shape.default.value)) },
    read: compileValue(source, parameter, pointer, shape),
  };
}

function values(entries: readonly Entry[], slots: readonly Slot[], report: Report): Readonly<Record<string, unknown>> {
  const record = recordOf();
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined) break;
    const slot = slots[index];
    if (slot === undefined) {
      if (entry.fallback !== undefined && !entry.required) record[entry.name] = entry.fallback.value;
      else if (entry.required) report(missing.issue(entry.pointer));
      continue;
    }
    if (slot instanceof Brackets) {
      const tree = slot.tree();
      if (tree instanceof Refused) report(tree.issue(entry.pointer));
      else record[entry.name] = entry.read(tree, report);
    } else if (slot === '' && entry.allowEmpty) {
      const value = entry.read(slot, silent);
      record[entry.name] = value === failed ? '' : value;
    } else {
      record[entry.name] = entry.read(slot, report);
    }
  }
  return record;
}

const missing = new Refused('required', 'is missing', 'send it');
const different = new Refused(
  'duplicate-parameter',
  'has two different values in the path',
  'send the same value in both places',
);

function compilePath(
  source: SchemaSource,
  operation: Operation,
): ((captures: readonly string[], report: Report) => Readonly<Record<string, unknown>>) | undefined {
  const names = templateVariables(operation.path);
  if (names.length === 0) return undefined;
  const entries = names.map((name) => {
    const parameter = operation.parameters.find((candidate) => candidate.in === 'path' && candidate.name === name);
    const pointer = `/path/${pointerToken(name)}`;
    const read: ReadValue =
      parameter === undefined
        ? (received, report) => {
            const text = percentDecoded(received as string, false);
            if (!(text instanceof Refused)) return text;
            report(text.issue(pointer));
            return failed;
          }
        : entryOf(source, parameter, 'path', name).read;
    return { name, pointer, read };
  });
  const repeats = new Set(names).size < names.length;
  return (captures, report) => {
    const record = recordOf();
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      const capture = captures[index];
      if (entry === undefined || capture === undefined) {
        report(missing.issue(entry?.pointer ?? '/path'));
        continue;
      }
      if (repeats && names.indexOf(entry.name) < index && captures[names.indexOf(entry.name)] !== capture)
        report(different.issue(entry.pointer));
      record[entry.name] = entry.read(capture, report);
    }
    return record;
  };
}

/** Whether a field may be a list or an object: several field lines are then one value. */
function structured(source: SchemaSource, parameter: Parameter): boolean {
  return (
    parameter.content === undefined && kindsOf(shapeOf(source, parameter.schema)).some((kind) => kind !== 'scalar')
  );
}

/** The cookies that an exploded object is made of. */
function spreadNames(source: SchemaSource, parameter: Parameter): ReadonlySet<string> | undefined {
  if (!parameter.explode || parameter.content !== undefined) return undefined;
  const shape = shapeOf(source, parameter.schema);
  const kinds = kindsOf(shape);
  return kinds.length === 1 && kinds[0] === 'object' ? new Set(shape.properties.keys()) : undefined;
}

function deepFrozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFrozen(part);
    Object.freeze(value);
  }
  return value;
}
