import { child, escapeToken, isObject } from '../load/pointer.ts';
import type { Located, Location } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';
import { grammarOf } from './openapi.ts';
import { define, expand, expandMapping } from './references.ts';
import type { Kind, Shape } from './shape.ts';
import { noteBeside, noteUnknown } from './unknown.ts';
import { readOtherwise, truthOf } from './value.ts';

/** Something still to be looked into: an object, a map or a list, and where it stands. */
interface Frame {
  readonly value: object;
  /** What it is: an object of a shape, or a map or list whose members are of one kind. */
  readonly shape: Shape | undefined;
  readonly each: Kind | undefined;
  /** Whether `x-…` in a map is an extension. */
  readonly extensible?: boolean | undefined;
  readonly parent: Frame | undefined;
  readonly key: string;
  /** Where nothing is above it. */
  readonly root: Location | undefined;
}

/** These say themselves what is no object, and leave it out so that nothing is allowed by it. */
const READ_STRICTLY: ReadonlySet<string> = new Set([
  'Info Object',
  'Path Item Object',
  'Operation Object',
  'Request Body Object',
  'Parameter Object',
  'Server Object',
  'Security Scheme Object',
]);

/**
 * Goes once over all that a document says, by the grammar of OpenAPI and JSON Schema and on through references, so that
 * nothing in it is skipped without a word: a value of the wrong kind is put into its one sensible reading with a warning,
 * a `$ref` in place of a map or list is followed, and what can be read in no way or in several is refused.
 *
 * The documents are the loader's own until it hands them out; they are changed in place.
 * @param documents URIs of those that were loaded
 * @returns what stands in extensions and is referred to, which whoever walks over documents has to walk over as well
 * @throws CastellanError `invalid-member`, `invalid-keyword`, `invalid-reference`, `unresolved-reference`, `reference-loop`
 */
export function readWholeDocument(reading: Reading, documents: ReadonlySet<string>): readonly Located[] {
  const walk = new Walk(reading, documents);
  walk.run(grammarOf(reading.version));
  return [...walk.hidden.values()];
}

class Walk {
  readonly #reading: Reading;
  readonly #documents: ReadonlySet<string>;
  readonly #stack: Frame[] = [];
  /** By what they were taken for. YAML aliases share objects, and references come back to them. */
  readonly #seen = new Map<Shape | Kind, WeakSet<object>>();
  readonly #followed = new Set<string>();
  /** What references lead to in extensions. */
  readonly hidden = new Map<object, Located>();

  constructor(reading: Reading, documents: ReadonlySet<string>) {
    this.#reading = reading;
    this.#documents = documents;
  }

  run(shape: Shape): void {
    const { value, location } = this.#reading.root;
    if (!isObject(value)) return;
    this.#push({ value, shape, each: undefined, parent: undefined, key: '', root: location });
    for (let frame = this.#stack.pop(); frame !== undefined; frame = this.#stack.pop()) {
      if (frame.shape !== undefined) this.#members(frame, frame.shape);
      else if (frame.each !== undefined) this.#each(frame, frame.each);
    }
  }

  #push(frame: Frame): void {
    const what = frame.shape ?? frame.each;
    if (what === undefined) return;
    let seen = this.#seen.get(what);
    if (seen === undefined) this.#seen.set(what, (seen = new WeakSet()));
    if (seen.has(frame.value)) return;
    seen.add(frame.value);
    this.#stack.push(frame);
  }

  #members(frame: Frame, shape: Shape): void {
    const object = frame.value as Readonly<Record<string, unknown>>;
    if ('$ref' in object && typeof object['$ref'] !== 'string')
      throw this.#reading.error(
        locate(frame, '$ref'),
        'invalid-reference',
        '$ref is not a text',
        'write where it leads, as a text',
      );
    for (const key of Object.keys(object)) {
      const kind =
        shape.members[key] ??
        (shape.anyCase?.has(key.toLowerCase()) === true ? shape.members[key.toLowerCase()] : undefined);
      if (kind !== undefined) this.#enter(kind, frame, key, object[key]);
      else if (key.charCodeAt(0) === 120 && key.charCodeAt(1) === 45) continue;
      else if (shape.others !== undefined) this.#enter(shape.others, frame, key, object[key]);
      else noteUnknown(this.#reading, shape, key, () => locate(frame, key));
    }
    if (shape.reference === 'followed' && '$ref' in object) this.#follow(frame, shape, object['$ref']);
  }

  #each(frame: Frame, kind: Kind): void {
    const { value, parent } = frame;
    const property = frame.key === 'properties' && parent?.shape?.schema === true;
    for (const key of Object.keys(value)) {
      const item = (value as Readonly<Record<string, unknown>>)[key];
      if (property && isObject(item) && truthOf(item['required']) === true) this.#requires(frame, parent, key);
      if (frame.extensible === true && key.startsWith('x-')) continue;
      this.#enter(kind, frame, key, item);
    }
  }

  /** Draft 3 wrote `required: true` into the property; many still do. */
  #requires(frame: Frame, schema: Frame, name: string): void {
    const object = schema.value as Readonly<Record<string, unknown>>;
    const names: readonly unknown[] = Array.isArray(object['required']) ? object['required'] : [];
    if (!names.includes(name)) define(object, 'required', [...names, name]);
    this.#reading.warn(
      locate(frame, name, 'required'),
      'required-not-a-list',
      `required is not a list; ${name.slice(0, 80)} is read as required by the object that it is a property of`,
      'list it in required of the object that has the property',
    );
  }

  /** Of a property, `required: true` was met where the property stands. */
  #requiresNothing(frame: Frame, value: boolean): void {
    define(frame.value, 'required', value);
    if (value && frame.parent?.key === 'properties' && frame.parent.each !== undefined) return;
    this.#reading.warn(
      locate(frame, 'required'),
      'required-not-a-list',
      'required is not a list, so it requires nothing here',
      'list the names of required properties in the object that has them',
    );
  }

  #enter(kind: Kind, frame: Frame, key: string, written: unknown): void {
    if (kind.is === 'any') return;
    let value = written;
    if (isObject(value) && typeof value['$ref'] === 'string') {
      const read = this.#replaced(kind, frame, key, value);
      if (read !== undefined) define(frame.value, key, (value = read));
    }
    if (key === 'required' && frame.shape?.schema === true) {
      const truth = truthOf(value);
      if (truth !== undefined) return this.#requiresNothing(frame, truth);
    }
    const other = readOtherwise(kind, value);
    if (other !== undefined) {
      const code = frame.shape?.schema === true || kind.is === 'schema' ? 'keyword' : 'member';
      const name = key.slice(0, 80);
      if ('wrong' in other)
        throw this.#reading.error(
          other.below === undefined ? locate(frame, key) : locate(frame, key, other.below),
          `invalid-${code}`,
          `${name} ${other.wrong}`,
          other.mend,
        );
      this.#reading.warn(locate(frame, key), other.code ?? `invalid-${code}`, `${name} ${other.wrote}`, other.mend);
      define(frame.value, key, (value = other.instead));
    }
    if (kind.is === 'object') {
      if (!isObject(value)) return this.#noObject(kind.of(), frame, key, value);
      this.#push({ value, shape: kind.of(), each: undefined, parent: frame, key, root: undefined });
    } else if (kind.is === 'map' || kind.is === 'list') {
      const extensible = kind.is === 'map' && kind.extensible === true;
      this.#push({
        value: value as object,
        shape: undefined,
        each: kind.of,
        extensible,
        parent: frame,
        key,
        root: undefined,
      });
    } else this.#schema(kind, frame, key, value);
    checkNumber(this.#reading, frame, key, value);
  }

  #schema(kind: Kind, frame: Frame, key: string, value: unknown): void {
    if (kind.is === 'schemas') {
      if (Array.isArray(value)) this.#listOfItems(frame, key);
      if (Array.isArray(value))
        this.#push({ value, shape: undefined, each: kind.one, parent: frame, key, root: undefined });
      else this.#schema(kind.one, frame, key, value);
    } else if (kind.is === 'dependency') this.#schema(kind.one, frame, key, value);
    else if (kind.is === 'schema' && typeof value === 'boolean' && !kind.closed) this.#boolean(frame, key, value);
    else if (kind.is === 'schema' && isObject(value))
      this.#push({ value, shape: kind.of(), each: undefined, parent: frame, key, root: undefined });
  }

  #boolean(frame: Frame, key: string, value: boolean): void {
    if (this.#reading.dialect !== 'openapi-3.0') return;
    this.#reading.warn(
      locate(frame, key),
      'invalid-keyword',
      `${key.slice(0, 80)} is ${String(value)}, which is no schema in OpenAPI ${this.#reading.version}; ${value ? 'every value is' : 'no value is'} accepted`,
      value ? 'write {}' : 'write not: {}',
    );
  }

  /** Older drafts write the schemas of the first items into `items`; they are read so, and others may not. */
  #listOfItems(frame: Frame, key: string): void {
    const place = locate(frame, key);
    if (this.#reading.dialect !== 'openapi-3.0' && this.#reading.references.resourceAt(place).rules.itemsList) return;
    this.#reading.warn(
      place,
      'invalid-keyword',
      `${key} is a list; its schemas are read as those of the first items`,
      this.#reading.dialect === 'openapi-3.0' ? 'write one schema for all items' : 'write prefixItems',
    );
  }

  #noObject(shape: Shape, frame: Frame, key: string, value: unknown): void {
    if (READ_STRICTLY.has(shape.name)) return;
    const name = key.slice(0, 80);
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (!empty && shape.name === 'Discriminator Object' && typeof value === 'string') {
      define(frame.value, key, { propertyName: value });
      return this.#reading.warn(
        locate(frame, key),
        'invalid-keyword',
        `${name} is a text; it is read as the propertyName`,
        'write discriminator: { propertyName: … }',
      );
    }
    if (!empty)
      throw this.#reading.error(
        locate(frame, key),
        'invalid-member',
        `${name} is not an object`,
        `write a ${shape.name}`,
      );
    define(frame.value, key, {});
    this.#reading.warn(
      locate(frame, key),
      'invalid-member',
      `${name} is not an object; it is read as an empty one`,
      `write a ${shape.name}, or remove it`,
    );
  }

  /** What a `$ref` stands for where no reader follows one; undefined where one does. */
  #replaced(kind: Kind, frame: Frame, key: string, value: Readonly<Record<string, unknown>>): object | undefined {
    const reading = this.#reading;
    const node: Located = { location: locate(frame, key), value };
    if (kind.is === 'object') {
      const shape = kind.of();
      if (shape.reference !== 'expanded') return undefined;
      return this.#expand(node, key, (name) => (shape.members[name] ?? shape.others)?.is === 'any');
    }
    if (kind.is === 'map' && kind.of.is === 'text') return this.#expanded(node, key, expandMapping(reading, node));
    if (kind.is === 'map') return this.#expand(node, key, () => kind.of.is === 'any');
    if (kind.is !== 'list' && kind.is !== 'texts' && kind.is !== 'types') return undefined;
    // What is no list may be its only item, as anything else in place of a list.
    return Array.isArray(reading.resolve(node.location, String(value['$ref'])).value)
      ? this.#expand(node, key, () => false)
      : undefined;
  }

  #expand(node: Located, key: string, whole: (name: string) => boolean): object {
    return this.#expanded(node, key, expand(this.#reading, node, whole));
  }

  #expanded(node: Located, key: string, read: object): object {
    this.#reading.warn(
      child(node, '$ref').location,
      'reference-for-members',
      `$ref stands in place of the members of ${key.slice(0, 80)}; they are read from where it leads, which other tools may not do`,
      'give each member a $ref of its own',
    );
    return read;
  }

  #follow(frame: Frame, shape: Shape, ref: unknown): void {
    if (typeof ref !== 'string') return;
    const location = locate(frame);
    noteBeside(this.#reading, shape, frame.value, () => location);
    // Members of the same text lead to the same place but for `$id`, below which definitions are walked as such.
    const key = `${shape.name} ${location.document} ${ref}`;
    if (ref.startsWith('#/') && this.#followed.has(key)) return;
    this.#followed.add(key);
    const target = this.#reading.locate(location, ref);
    if (!isObject(target.value) || !this.#documents.has(target.location.document)) return;
    if (target.location.pointer.includes('/x-')) this.hidden.set(target.value, target);
    this.#push({ value: target.value, shape, each: undefined, parent: undefined, key: '', root: target.location });
  }
}

/** What is a number and still limits nothing, or everything. */
function checkNumber(reading: Reading, frame: Frame, key: string, value: unknown): void {
  if (frame.shape?.schema !== true) return;
  if (key === 'multipleOf' && !(Number(value) > 0))
    throw reading.error(
      locate(frame, key),
      'invalid-keyword',
      'multipleOf is not above zero',
      'write a number above 0',
    );
  if ((key === 'exclusiveMinimum' || key === 'exclusiveMaximum') && value === true) {
    const beside = key === 'exclusiveMinimum' ? 'minimum' : 'maximum';
    if (!(beside in frame.value))
      throw reading.error(
        locate(frame, key),
        'invalid-keyword',
        `${key} stands without ${beside}, so it limits nothing`,
        `add ${beside}, or remove it`,
      );
  }
}

function locate(frame: Frame, ...below: readonly string[]): Location {
  const tokens = [...below].reverse();
  let at = frame;
  for (; at.parent !== undefined; at = at.parent) tokens.push(at.key);
  const { document, pointer } = at.root ?? { document: '', pointer: '' };
  return {
    document,
    pointer:
      pointer +
      tokens
        .reverse()
        .map((token) => `/${escapeToken(token)}`)
        .join(''),
  };
}
