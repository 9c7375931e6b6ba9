import { Buffer } from 'node:buffer';
import type { Compiler } from '../schema/compiler.ts';
import { followed, forbiddenNames, isForbidden, isOnlyReference } from '../schema/composition.ts';
import { itemSchemas } from '../schema/emit-array.ts';
import { entriesOf, numberOf, type SchemaNode, stringsOf } from '../schema/node.ts';
import { isNullable, typesOf, type TypeName } from '../schema/types.ts';
import type { Unit } from '../schema/unit.ts';
import { numeral, Writer } from '../schema/writer.ts';
import { any, space } from './bytes.ts';
import { emitNumber, emitString, emitValues } from './emit-scalar.ts';

/** Whether `length` bytes hold an acceptable text. */
export type ScanBytes = (bytes: Buffer, length: number) => boolean;

/** Generated functions take bytes `b` and the index `i` of a value's first byte, and give the index after it or -1. */
export interface ScanEmission {
  readonly compiler: Compiler;
  readonly writer: Writer;
  /** Names of the functions of schemas, for objects and for arrays; undefined while one is being written. */
  readonly functions: { readonly object: Map<Unit, string | undefined>; readonly array: Map<Unit, string | undefined> };
  /** Whether values that no schema describes are accepted: keys in them may be repeated. */
  readonly free: boolean;
  depth: number;
}

/** What is generated at most: schemas that are larger are parsed. */
const largest = 60_000;
const deepest = 40;

/** The statement that gives up. */
export const unknown = 'return -1;';

/** Keywords that say nothing about whether a value is valid. */
const annotations = new Set([
  '$anchor',
  '$comment',
  '$defs',
  '$id',
  'definitions',
  'default',
  'deprecated',
  'description',
  'example',
  'examples',
  'externalDocs',
  'format',
  'nullable',
  'readOnly',
  'title',
  'type',
  'writeOnly',
  'xml',
]);

/** Keywords that the functions below know. */
const asserted = new Set([
  'additionalProperties',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'items',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'multipleOf',
  'pattern',
  'properties',
  'required',
]);

/** Generates the scanner of a schema; undefined where it would accept nothing but scalars, or be too large. */
export function emitScan(compiler: Compiler, node: SchemaNode, free: boolean): ScanBytes | undefined {
  const writer = new Writer();
  const functions = { object: new Map(), array: new Map() };
  const emission: ScanEmission = { compiler, writer, functions, free, depth: 0 };
  const code = writer.capture(() => emitValue(emission, node));
  if (functions.object.size + functions.array.size === 0 || writer.size > largest) return undefined;
  const skip = `if (b[i] <= 32) i = ${writer.constant(space)}(b, i);`;
  writer.line(`let i = 0; ${skip}\n{\n${code.replaceAll(unknown, 'return false;')}\n}\n${skip}\nreturn i === n;`);
  return writer.build('b, n') as ScanBytes;
}

/** Writes the code that goes past the value at `i`, or gives up. */
function emitValue(emission: ScanEmission, given: SchemaNode): void {
  const { writer, compiler } = emission;
  let node = given;
  for (let hops = 0; isOnlyReference(node); hops++) {
    const target = hops > 100 ? undefined : followed(compiler, node, '$ref');
    if (target === undefined) return writer.line(unknown);
    node = target;
  }
  const { raw } = node;
  if (raw === true) return writer.line(emission.free ? move(`${writer.constant(any)}(b, i)`) : unknown);
  if (raw === false || !isKnown(node)) return writer.line(unknown);
  if (isNullable(raw, node.resource.rules) && raw['enum'] === undefined) {
    writer.line(`if (b[i] === 110) { ${expect('null')} } else {`);
    emitTyped(emission, node);
    writer.line('}');
  } else emitTyped(emission, node);
}

function isKnown(node: SchemaNode): boolean {
  const { raw, resource, waived } = node;
  const { rules } = resource;
  if (typeof raw === 'boolean' || !rules.applicator || !rules.validation || waived.length > 0) return false;
  return Object.keys(raw).every((name) => annotations.has(name) || asserted.has(name) || name.startsWith('x-'));
}

/** The code that expects these characters at `i`, after which it gives up. */
function expect(characters: string): string {
  return `if (${at(characters)}) i += ${characters.length}; else ${unknown}`;
}

/** The condition that these characters stand at `i`. */
export function at(characters: string): string {
  return [...Buffer.from(characters)]
    .map((byte, index) => `b[${index === 0 ? 'i' : `i + ${index}`}] === ${byte}`)
    .join(' && ');
}

export function move(call: string): string {
  return `i = ${call}; if (i < 0) ${unknown}`;
}

/** By the first byte of a value, which types it can have. */
const openings: Readonly<Record<TypeName, string>> = {
  string: 'b[i] === 34',
  object: 'b[i] === 123',
  array: 'b[i] === 91',
  null: 'b[i] === 110',
  boolean: 'b[i] === 116 || b[i] === 102',
  integer: 'b[i] === 45 || (b[i] >= 48 && b[i] <= 57)',
  number: 'b[i] === 45 || (b[i] >= 48 && b[i] <= 57)',
};

function emitTyped(emission: ScanEmission, node: SchemaNode): void {
  const { writer, free } = emission;
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  if (Array.isArray(raw['enum'])) return emitValues(emission, node, raw['enum'] as unknown[]);
  const { any: open, allowed } = typesOf(raw, node.resource.rules);
  const types = open ? impliedTypes(node) : [...allowed];
  if (open && types.length === 0) {
    const silent = Object.keys(raw).every((name) => !asserted.has(name) && name !== 'format');
    return writer.line(free && silent ? move(`${writer.constant(any)}(b, i)`) : unknown);
  }
  types.forEach((type, index) => {
    if (type === 'integer' && types.includes('number')) return;
    writer.line(`${index === 0 ? '' : 'else '}if (${openings[type]}) {`);
    emitOfType(emission, node, type);
    writer.line('}');
  });
  writer.line(`else ${unknown}`);
}

/** A schema without a type is for what its keywords are about; other values it allows are left to the parser. */
function impliedTypes({ raw }: SchemaNode): TypeName[] {
  if (typeof raw === 'boolean') return [];
  return raw['properties'] !== undefined ? ['object'] : raw['items'] !== undefined ? ['array'] : [];
}

function emitOfType(emission: ScanEmission, node: SchemaNode, type: TypeName): void {
  const { writer } = emission;
  switch (type) {
    case 'null':
      return writer.line(expect('null'));
    case 'boolean':
      return writer.line(`if (${at('true')}) i += 4; else ${expect('false')}`);
    case 'string':
      return emitString(emission, node);
    case 'integer':
    case 'number':
      return emitNumber(emission, node, type);
    case 'array':
    case 'object':
      return emitCall(emission, node, type);
  }
}

/** Objects and arrays have functions of their own, one per schema. One that contains itself is left to the parser. */
function emitCall(emission: ScanEmission, node: SchemaNode, type: 'array' | 'object'): void {
  const { writer, compiler } = emission;
  const functions = emission.functions[type];
  const unit = compiler.unit(node);
  if (functions.has(unit) || writer.size > largest || emission.depth > deepest) {
    const known = functions.get(unit);
    return writer.line(known === undefined ? unknown : move(`${known}(b, i)`));
  }
  functions.set(unit, undefined);
  emission.depth++;
  const name = `${type}${functions.size}`;
  const body = writer.capture(() => (type === 'object' ? emitObject : emitArray)(emission, node));
  emission.depth--;
  functions.set(unit, name);
  writer.hoist(`function ${name}(b, i) {\n${body}\n}`);
  writer.line(move(`${name}(b, i)`));
}

/** The white space that may follow. */
function skip(writer: Writer): string {
  return `if (b[i] <= 32) i = ${writer.constant(space)}(b, i);`;
}

/** Characters that stand for themselves in a JSON string. */
const verbatim = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * An object: each pass tries the properties in their documented order, so that an object that is written in it is read in
 * one pass; another pass begins only if the last one found something. Any other key, or one that comes again, ends it.
 */
function emitObject(emission: ScanEmission, node: SchemaNode): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  const excused = forbiddenNames(compiler, node);
  const required = new Set(stringsOf(raw['required']).filter((name) => !excused.has(name)));
  const properties = entriesOf(raw, 'properties')
    .map(([name, value]) => ({ name, node: compiler.nodes.child(node, value, 'properties', name) }))
    .filter(
      ({ name, node: property }) => verbatim.test(name) && name !== '__proto__' && !isForbidden(compiler, property),
    );
  const additional = raw['additionalProperties'];
  if (properties.length === 0) {
    const open = raw['properties'] === undefined && (additional === undefined || additional === true);
    if (required.size > 0) return writer.line(unknown);
    if (open && emission.free) return writer.line(`return ${writer.constant(any)}(b, i);`);
  }
  const words = Math.ceil(properties.length / 31);
  const wanted: number[] = Array.from({ length: words }, () => 0);
  writer.line(`i++; ${skip(writer)}`);
  for (let word = 0; word < words; word++) writer.line(`let s${word} = 0;`);
  writer.line('if (b[i] === 125) i++; else o: for (;;) { const start = i;');
  properties.forEach(({ name, node: property }, index) => {
    const [word, bit] = [Math.floor(index / 31), 1 << (index % 31)];
    if (required.delete(name)) wanted[word] = (wanted[word] ?? 0) | bit;
    const key = `"${name}":`;
    writer.line(`if (${at(key)}) {`);
    writer.line(`if ((s${word} & ${bit}) !== 0) ${unknown} s${word} |= ${bit}; i += ${key.length}; ${skip(writer)}`);
    emitValue(emission, property);
    writer.line(
      `${skip(writer)} if (b[i] === 125) { i++; break o; } if (b[i] !== 44) ${unknown} i++; ${skip(writer)} }`,
    );
  });
  writer.line(`if (i === start) ${unknown} }`);
  if (required.size > 0) return writer.line(unknown);
  const complete = wanted.map((bits, word) => `(s${word} & ${bits}) === ${bits}`).join(' && ');
  writer.line(complete === '' ? 'return i;' : `return ${complete} ? i : -1;`);
}

function emitArray(emission: ScanEmission, node: SchemaNode): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  const { rest, prefix } = itemSchemas(node);
  if (typeof raw === 'boolean' || prefix.length > 0) return writer.line(unknown);
  const fewest = numberOf(raw, 'minItems');
  const most = numberOf(raw, 'maxItems');
  writer.line(`i++; ${skip(writer)} let count = 0;`);
  writer.line('if (b[i] === 93) i++; else for (;;) {');
  emitValue(
    emission,
    rest === undefined ? { ...node, raw: true } : compiler.nodes.child(node, rest.value, rest.keyword),
  );
  writer.line(
    `count++; ${skip(writer)} if (b[i] === 93) { i++; break; } if (b[i] !== 44) ${unknown} i++; ${skip(writer)} }`,
  );
  const bounds = [
    fewest === undefined ? undefined : `count >= ${numeral(fewest)}`,
    most === undefined ? undefined : `count <= ${numeral(most)}`,
  ].filter((bound) => bound !== undefined);
  writer.line(bounds.length === 0 ? 'return i;' : `return ${bounds.join(' && ')} ? i : -1;`);
}
