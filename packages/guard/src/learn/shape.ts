import { escapePointer, type NamedPlace } from '@castellan/contract';
import { formOf, looksMade, numberForm } from './forms.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { kindOfName, type NameKind } from './names.ts';
import type { PlaceRecord } from './record.ts';

/** Limits of one shape, so that no body costs more than another. */
const maxPlaces = 400;
const maxValues = 20_000;
const maxDepth = 24;
const maxHashes = 24;
/** Members from which on an object that no schema describes is a map. */
const manyMembers = 40;
/** Texts that are longer name nothing. */
const maxHashed = 256;

/** What was seen at one place. */
export class Look {
  readonly types = new Map<string, number>();
  readonly forms = new Map<string, number>();
  readonly hashes = new Set<string>();
  undocumented = false;

  /** @param kind of the name; of secrets nothing but the type is kept */
  scalar(value: unknown, kind: NameKind, hash: KeyedHash): void {
    add(this.types, typeOf(value));
    if (kind === 'secret') return;
    if (typeof value === 'string') add(this.forms, formOf(value));
    else if (typeof value === 'number') add(this.forms, numberForm(value));
    if (kind === 'other' || this.hashes.size >= maxHashes) return;
    if (typeof value === 'string' ? value !== '' && value.length <= maxHashed : typeof value === 'number')
      this.hashes.add(hash(value as string | number));
    else if (typeof value === 'boolean' && kind === 'choice') this.hashes.add(hash(value));
  }

  /** As it is written, without `at`. */
  get written(): Omit<PlaceRecord, 'at'> {
    return {
      types: Object.fromEntries(this.types),
      ...(this.forms.size === 0 ? {} : { forms: Object.fromEntries(this.forms) }),
      ...(this.hashes.size === 0 ? {} : { hashes: [...this.hashes] }),
      ...(this.undocumented ? { undocumented: true as const } : {}),
    };
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** JSON type, with whole numbers apart. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  // Files of a form are neither text nor object.
  if (ArrayBuffer.isView(value)) return 'file';
  return typeof value;
}

/** A shape, and how pointers into the value are written in it. */
export interface Shape {
  readonly places: readonly PlaceRecord[];
  readonly cut: boolean;
  /** The place of a value by its JSON Pointer; the pointer with `*` for numbers where it was not looked at. */
  placeOf(pointer: string): string;
}

/**
 * The shape of a value: where which types and forms stand, with keyed hashes where a name says that values name things.
 * @param root what schemas say of the names in it; undefined where none describes it
 * @param identifiers names that name things in this API, whatever they are called elsewhere
 */
export function shapeOf(
  value: unknown,
  root: NamedPlace | undefined,
  hash: KeyedHash,
  identifiers: ReadonlySet<string> = new Set(),
): Shape {
  const walk = new Walk(hash, identifiers);
  walk.visit(value, root, '', '', 'other', 0);
  return {
    places: [...walk.looks].map(([at, look]) => ({ at, ...look.written })),
    cut: walk.cut,
    placeOf: (pointer) => walk.places.get(pointer) ?? pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*'),
  };
}

class Walk {
  readonly looks = new Map<string, Look>();
  /** By JSON Pointer, where it is another text. */
  readonly places = new Map<string, string>();
  cut = false;
  readonly #hash: KeyedHash;
  readonly #identifiers: ReadonlySet<string>;
  #values = 0;

  constructor(hash: KeyedHash, identifiers: ReadonlySet<string>) {
    this.#hash = hash;
    this.#identifiers = identifiers;
  }

  visit(
    value: unknown,
    place: NamedPlace | undefined,
    at: string,
    pointer: string,
    kind: NameKind,
    depth: number,
    undocumented = false,
  ): void {
    let look = this.looks.get(at);
    if (depth > maxDepth || ++this.#values > maxValues || (look === undefined && this.looks.size >= maxPlaces)) {
      this.cut = true;
      return;
    }
    if (look === undefined) this.looks.set(at, (look = new Look()));
    if (undocumented) look.undocumented = true;
    if (at !== pointer) this.places.set(pointer, at);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
      look.scalar(value, kind, this.#hash);
      return;
    }
    add(look.types, typeOf(value));
    const named = place?.of(value);
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && !this.#full(); index++)
        this.visit(value[index], named?.item(index), `${at}/*`, `${pointer}/${index}`, kind, depth + 1);
      return;
    }
    const names = Object.keys(value);
    // Keys of a map are values: no name of theirs is written down.
    const isMap = looksLikeMap(names) || isUniform(Object.values(value));
    for (const name of names) {
      if (this.#full()) return;
      const { naming, below } = named?.property(name) ?? { naming: 'free', below: undefined };
      const isKey = naming === 'map' || (naming !== 'named' && (isMap || looksMade(name)));
      this.visit(
        (value as Readonly<Record<string, unknown>>)[name],
        below,
        `${at}/${isKey ? '{}' : placeToken(name)}`,
        `${pointer}/${escapePointer(name)}`,
        isKey ? kind : this.#kindOf(name),
        depth + 1,
        naming === 'undocumented',
      );
    }
  }

  #kindOf(name: string): NameKind {
    const kind = kindOfName(name);
    return kind !== 'secret' && this.#identifiers.has(name) ? 'identifier' : kind;
  }

  #full(): boolean {
    if (this.#values < maxValues) return false;
    this.cut = true;
    return true;
  }
}

function looksLikeMap(names: readonly string[]): boolean {
  if (names.length === 0) return false;
  if (names.length > manyMembers) return true;
  return names.filter(looksMade).length * 2 > names.length;
}

/** Members from which on objects that are all alike are the entries of a map. */
const manyAlike = 5;

/** Whether values are objects with the same names in each: what each is called is data then. */
function isUniform(values: readonly unknown[]): boolean {
  if (values.length < manyAlike) return false;
  let first: string | undefined;
  for (const value of values) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const names = Object.keys(value).sort().join('\n');
    first ??= names;
    if (names === '' || names !== first) return false;
  }
  return true;
}

/** A name as a token of a place: `*` and `{}` as names are escaped, so that they stand for nothing else. */
function placeToken(name: string): string {
  const escaped = escapePointer(name);
  return escaped === '*' ? '~2' : escaped === '{}' ? '~3' : escaped;
}
