import { type SchemaWork, unlimited } from './work.ts';
import { CastellanError } from '../error.ts';
import type { Dialect, Located, Location } from '../model.ts';
import { metaschemas } from './metaschemas/index.ts';
import { below, type State } from './below.ts';
import { escapePointer, member, parsePointer } from './pointer.ts';
import { type Rules, rulesOf, rulesOfSchemaUri, rulesOfVocabulary } from './rules.ts';
import { resolveUri, splitFragment } from './uri.ts';

/** A schema resource: a whole document, or a schema in it that has its own `$id`. */
export interface Resource {
  /** Absolute URI without a fragment. */
  readonly base: string;
  readonly document: string;
  /** Of the resource's root in its document. */
  readonly pointer: string;
  readonly root: unknown;
  readonly rules: Rules;
}

/** Where a reference leads, with the resource that further references resolve against. */
export interface Target extends Located {
  readonly resource: Resource;
}

export interface DocumentOptions {
  /**
   * False where the document's text mentions no `$id`, `$anchor` or `$dynamicAnchor` (see `mentionsIdentifiers`):
   * then it is never walked as a whole. Where not said, it is walked when first needed.
   */
  readonly identifiers?: boolean | undefined;
}

export interface ReferencesOptions {
  /** Default: without a limit. */
  readonly work?: SchemaWork | undefined;
  /** Called for the URI of a document that was not added; what it returns is added. */
  readonly load?:
    | ((uri: string) =>
        | {
            readonly root: unknown;
            readonly dialect: Dialect;
            readonly identifiers?: boolean | undefined /** Default: without a limit. */;
            readonly work?: SchemaWork | undefined;
          }
        | undefined)
    | undefined;
}

/** What one full walk over a document found. */
interface Identifiers {
  readonly resources: ReadonlyMap<string, Resource>;
  /** By resource: name to pointer. */
  readonly anchors: ReadonlyMap<Resource, ReadonlyMap<string, string>>;
  readonly dynamicAnchors: ReadonlyMap<Resource, ReadonlyMap<string, string>>;
}

interface Entry {
  readonly resource: Resource;
  readonly identifiers: boolean;
  /** Whether the root is an OpenAPI document: schemas then stand only in certain places. */
  readonly openapi: boolean;
  readonly embedded: Map<string, Resource>;
  found: Identifiers | undefined;
}

const none: ReadonlyMap<string, string> = new Map();

/**
 * The documents of one contract by URI, and how references between them are followed: absolute URI and JSON pointer,
 * `$id`, `$anchor` and `$dynamicAnchor` included. Documents without identifiers are never walked.
 */
export class References {
  readonly #entries = new Map<string, Entry>();
  readonly #load: ReferencesOptions['load'];
  /** What compiling these documents' schemas may cost, and did. */
  readonly work: SchemaWork;

  constructor(options: ReferencesOptions = {}) {
    this.#load = options.load;
    this.work = options.work ?? unlimited();
  }

  /** URIs of the documents added so far, in that order. */
  get uris(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(uri: string): boolean {
    return this.#entries.has(uri);
  }

  /**
   * Makes a document known.
   *
   * @param uri absolute, without a fragment
   * @param root as parsed; must not be changed afterwards
   */
  add(uri: string, root: unknown, dialect: Dialect, options: DocumentOptions = {}): void {
    const openapi = isRecord(root) && (typeof root['openapi'] === 'string' || typeof root['swagger'] === 'string');
    const inherited = rulesOf(dialect);
    const rules = isRecord(root) ? this.#rules(root, inherited, openapi) : inherited;
    const id = isRecord(root) && !openapi ? ownId(root, rules) : undefined;
    const base = id === undefined ? uri : resolveUri(uri, id);
    const resource: Resource = { base, document: uri, pointer: '', root, rules };
    const identifiers = rules.id !== undefined && (options.identifiers ?? true);
    this.#entries.set(uri, { resource, identifiers, openapi, embedded: new Map([['', resource]]), found: undefined });
  }

  /** The node at a location; undefined where there is none. */
  at(location: Location): unknown {
    const entry = this.#entry(location.document);
    const tokens = parsePointer(location.pointer);
    if (entry === undefined || tokens === undefined) return undefined;
    let value: unknown = entry.resource.root;
    for (const token of tokens) value = member(value, token);
    return value;
  }

  /**
   * Follows one reference.
   *
   * @param from the place of the object that holds the reference
   * @throws CastellanError `unresolved-reference`
   */
  locate(from: Location, ref: string): Target {
    return this.target(this.resourceAt(from), ref, from);
  }

  /**
   * Follows a reference, and on while it leads to an object that is itself a `$ref`.
   *
   * @throws CastellanError `unresolved-reference`, `reference-loop`
   */
  resolve(from: Location, ref: string): Target {
    let target = this.locate(from, ref);
    const seen = new Set<string>();
    while (isRecord(target.value) && typeof target.value['$ref'] === 'string') {
      const key = `${target.location.document}#${target.location.pointer}`;
      if (seen.has(key)) {
        throw new CastellanError({
          code: 'reference-loop',
          message: `the reference '${ref}' leads back to itself`,
          place: { file: from.document },
          mend: `let one of the references on the way from ${from.pointer || '/'} lead to a definition`,
        });
      }
      seen.add(key);
      target = this.target(target.resource, target.value['$ref'], target.location);
    }
    return target;
  }

  /** The resource that a place belongs to: what references from there resolve against. */
  resourceAt(location: Location): Resource {
    const entry = this.#entry(location.document);
    if (entry === undefined) {
      return {
        base: location.document,
        document: location.document,
        pointer: '',
        root: undefined,
        rules: rulesOf('2020-12'),
      };
    }
    if (!entry.identifiers || location.pointer === '') return entry.resource;
    return this.#descend(entry, entry.resource, parsePointer(location.pointer) ?? []).resource;
  }

  /**
   * Follows one reference from within a resource.
   *
   * @throws CastellanError `unresolved-reference`
   */
  target(resource: Resource, ref: string, from?: Location): Target {
    const { uri, fragment } = splitFragment(ref);
    const found = uri === '' ? resource : this.#resource(resolveUri(resource.base, uri));
    if (found === undefined)
      throw unresolved(
        ref,
        from ?? resource,
        'no document with that address was loaded',
        'correct the address, or let the loader reach it',
      );
    const target = this.#fragment(found, fragment);
    if (target === undefined)
      throw unresolved(
        ref,
        from ?? resource,
        'there is nothing at that place',
        'correct the reference, or add the definition that it names',
      );
    return target;
  }

  /** The resource of a schema inside another: a new one where the schema has its own identifier. */
  enter(parent: Resource, raw: Readonly<Record<string, unknown>>, pointer: string): Resource {
    const id = ownId(raw, parent.rules);
    if (id === undefined || pointer === parent.pointer) return parent;
    const entry = this.#entries.get(parent.document);
    const known = entry?.embedded.get(pointer);
    if (known !== undefined && known.root === raw) return known;
    const rules = this.#rules(raw, parent.rules, false);
    const resource: Resource = {
      base: resolveUri(parent.base, id),
      document: parent.document,
      pointer,
      root: raw,
      rules,
    };
    entry?.embedded.set(pointer, resource);
    return resource;
  }

  /** Names and places of the dynamic anchors that stand in a resource. */
  dynamicAnchors(resource: Resource): ReadonlyMap<string, string> {
    return this.#identifiers(resource.document)?.dynamicAnchors.get(resource) ?? none;
  }

  #entry(uri: string): Entry | undefined {
    const entry = this.#entries.get(uri);
    if (entry !== undefined) return entry;
    const metaschema = metaschemas(uri);
    const loaded =
      metaschema === undefined
        ? this.#load?.(uri)
        : { root: metaschema.root, dialect: metaschema.dialect, identifiers: true };
    if (loaded === undefined) return undefined;
    this.add(uri, loaded.root, loaded.dialect, { identifiers: loaded.identifiers });
    return this.#entries.get(uri);
  }

  #resource(uri: string): Resource | undefined {
    const entry = this.#entries.get(uri);
    if (entry !== undefined) return entry.resource;
    for (const [document, candidate] of this.#entries) {
      if (candidate.resource.base === uri) return candidate.resource;
      const resource = this.#identifiers(document)?.resources.get(uri);
      if (resource !== undefined) return resource;
    }
    return this.#entry(uri)?.resource;
  }

  #fragment(resource: Resource, fragment: string, trail: readonly string[] = []): Target | undefined {
    if (fragment === '') return { location: resource, value: resource.root, resource };
    const entry = this.#entries.get(resource.document);
    const tokens = parsePointer(fragment);
    if (tokens === undefined) {
      const found = this.#identifiers(resource.document);
      const pointer = found?.anchors.get(resource)?.get(fragment) ?? found?.dynamicAnchors.get(resource)?.get(fragment);
      if (pointer === undefined || entry === undefined) return undefined;
      const location = { document: resource.document, pointer };
      return { location, value: this.at(location), resource };
    }
    const target =
      entry === undefined ? { value: walk(resource.root, tokens), resource } : this.#descend(entry, resource, tokens);
    if (target.value === undefined) return this.#through(resource, tokens, trail);
    return {
      location: { document: resource.document, pointer: resource.pointer + fragment },
      value: target.value,
      resource: target.resource,
    };
  }

  /**
   * A place below a `$ref` that stands for a whole container, as `#/components/schemas/Pet` where `schemas` is itself a
   * reference: the members of an object are those that it has, then those of what it refers to.
   */
  #through(resource: Resource, tokens: readonly string[], trail: readonly string[]): Target | undefined {
    const entry = this.#entries.get(resource.document);
    for (let depth = tokens.length - 1; depth >= 0; depth--) {
      const above = tokens.slice(0, depth);
      const at =
        entry === undefined ? { value: walk(resource.root, above), resource } : this.#descend(entry, resource, above);
      if (!isRecord(at.value) || typeof at.value['$ref'] !== 'string') continue;
      const { uri, fragment } = splitFragment(at.value['$ref']);
      const found = uri === '' ? at.resource : this.#resource(resolveUri(at.resource.base, uri));
      if (found === undefined || !(fragment === '' || fragment.startsWith('/'))) return undefined;
      const rest = tokens.slice(depth).map((token) => `/${escapePointer(token)}`);
      const next = fragment + rest.join('');
      const key = `${found.document}#${found.pointer}${next}`;
      return trail.includes(key) || trail.length > 50 ? undefined : this.#fragment(found, next, [...trail, key]);
    }
    return undefined;
  }

  /** Walks down from a resource's root, entering the resources on the way. */
  #descend(entry: Entry, from: Resource, tokens: readonly string[]): { value: unknown; resource: Resource } {
    if (!entry.identifiers) return { value: walk(from.root, tokens), resource: from };
    let value = from.root;
    let resource = from;
    let state: State = from.pointer === '' && entry.openapi ? 'outside' : 'schema';
    let pointer = from.pointer;
    for (const [index, token] of tokens.entries()) {
      value = member(value, token);
      state = below(state, resource.rules, token, value);
      pointer += `/${escapePointer(token)}`;
      const last = index === tokens.length - 1;
      if ((state === 'schema' || (last && state === 'opaque')) && isRecord(value))
        resource = this.enter(resource, value, pointer);
    }
    return { value, resource };
  }

  #identifiers(document: string): Identifiers | undefined {
    const entry = this.#entries.get(document);
    if (entry === undefined || !entry.identifiers) return undefined;
    entry.found ??= this.#index(entry);
    return entry.found;
  }

  /** One walk over every schema of a document. */
  #index(entry: Entry): Identifiers {
    const resources = new Map<string, Resource>();
    const anchors = new Map<Resource, Map<string, string>>();
    const dynamicAnchors = new Map<Resource, Map<string, string>>();
    const note = (
      table: Map<Resource, Map<string, string>>,
      resource: Resource,
      name: unknown,
      pointer: string,
    ): void => {
      if (typeof name !== 'string') return;
      let names = table.get(resource);
      if (names === undefined) table.set(resource, (names = new Map()));
      if (!names.has(name)) names.set(name, pointer);
    };
    const pending: { value: unknown; state: State; resource: Resource; pointer: string }[] = [
      {
        value: entry.resource.root,
        state: entry.openapi ? 'outside' : 'schema',
        resource: entry.resource,
        pointer: '',
      },
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, state, pointer } = next;
      let { resource } = next;
      if (typeof value !== 'object' || value === null || state === 'opaque') continue;
      if (state === 'schema' && isRecord(value)) {
        resource = this.enter(resource, value, pointer);
        if (!resources.has(resource.base)) resources.set(resource.base, resource);
        note(anchors, resource, value['$anchor'], pointer);
        note(dynamicAnchors, resource, value['$dynamicAnchor'], pointer);
        const id = resource.rules.id === undefined ? undefined : value[resource.rules.id];
        if (typeof id === 'string' && id.startsWith('#') && id.length > 1)
          note(anchors, resource, id.slice(1), pointer);
      }
      for (const [key, child] of Object.entries(value)) {
        if (typeof child !== 'object' || child === null) continue;
        pending.push({
          value: child,
          state: below(state, resource.rules, key, child),
          resource,
          pointer: `${pointer}/${escapePointer(key)}`,
        });
      }
    }
    return { resources, anchors, dynamicAnchors };
  }

  #rules(root: Readonly<Record<string, unknown>>, inherited: Rules, openapi: boolean): Rules {
    const uri = openapi ? root['jsonSchemaDialect'] : root['$schema'];
    if (typeof uri !== 'string' || inherited.dialect === 'openapi-3.0') return inherited;
    const known = rulesOfSchemaUri(uri);
    if (known !== undefined) return known;
    const metaschema = this.#entry(splitFragment(uri).uri)?.resource.root;
    const vocabulary = isRecord(metaschema) ? metaschema['$vocabulary'] : undefined;
    return isRecord(vocabulary) ? rulesOfVocabulary(vocabulary) : inherited;
  }
}

/** The identifier that makes a schema a resource of its own. */
function ownId(raw: Readonly<Record<string, unknown>>, rules: Rules): string | undefined {
  if (rules.id === undefined) return undefined;
  const id = raw[rules.id];
  if (typeof id !== 'string' || id.startsWith('#')) return undefined;
  if (!rules.refSiblings && typeof raw['$ref'] === 'string') return undefined;
  return id;
}

function walk(root: unknown, tokens: readonly string[]): unknown {
  let value = root;
  for (const token of tokens) value = member(value, token);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unresolved(ref: string, from: Location, why: string, mend: string): CastellanError {
  return new CastellanError({
    code: 'unresolved-reference',
    message: `the reference '${ref}' at '${from.pointer || '/'}' cannot be resolved: ${why}`,
    place: { file: from.document },
    mend,
  });
}
