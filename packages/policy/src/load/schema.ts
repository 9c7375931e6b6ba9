import { CastellanError } from '@castellan/contract';
import { Entity, EntityRef } from '../values/entity.ts';
import { CedarRecord } from '../values/record.ts';
import { emptyRecord, type RecordShape, type Shape } from '../values/shape.ts';
import { engine, type Cedar } from './engine.ts';
import { placeOfByte } from './source.ts';

/** A Cedar schema in text or in its JSON form. */
export type SchemaInput = string | Readonly<Record<string, unknown>>;

export interface EntityTypeModel {
  readonly attributes: RecordShape;
  readonly tags: Shape | undefined;
  /** The types of what it may be directly in. */
  readonly parents: ReadonlySet<string>;
  /** The types of everything that it may be in. */
  readonly ancestors: ReadonlySet<string>;
  readonly ids: ReadonlySet<string> | undefined;
}

export interface ActionModel {
  /** With all its groups as parents. */
  readonly entity: Entity;
  readonly principals: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly context: RecordShape;
}

/** What the compiler, the JSON reader and the list filters need of a schema. */
export interface SchemaModel {
  /** As the engine takes it. */
  readonly input: Cedar.Schema;
  readonly entityTypes: ReadonlyMap<string, EntityTypeModel>;
  /** By type, then id. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, ActionModel>>;
}

/**
 * Reads a schema with the official engine.
 * @throws CastellanError `bad-schema` with file, line and column
 */
export function readSchema(input: SchemaInput, file = '<schema>'): SchemaModel {
  const cedar = engine();
  const text = typeof input === 'string' ? input : textOf(input, file);
  const answer = cedar.schemaToJsonWithResolvedTypes(text);
  if (answer.type === 'failure') throw badSchema(answer.errors, text, file);
  const reader = new SchemaReader(answer.json as Namespaces);
  return { input: input as Cedar.Schema, entityTypes: reader.entityTypes(), actions: reader.actions() };
}

function textOf(input: SchemaInput, file: string): string {
  const answer = engine().schemaToText(input as Cedar.Schema);
  if (answer.type === 'failure') throw badSchema(answer.errors, '', file);
  return answer.text;
}

function badSchema(errors: readonly Cedar.DetailedError[], text: string, file: string): CastellanError {
  const [error] = errors;
  const at = error?.sourceLocations?.[0]?.start;
  return new CastellanError({
    code: 'bad-schema',
    message: error?.message ?? 'the schema cannot be read',
    place: at === undefined || text === '' ? { file } : placeOfByte({ file, text }, 0, at),
    mend: error?.help ?? 'correct the schema',
  });
}

interface TypeJson {
  readonly type: string;
  readonly name?: string;
  readonly element?: TypeJson;
  readonly attributes?: Readonly<Record<string, TypeJson & { readonly required?: boolean }>>;
  readonly additionalAttributes?: boolean;
}
interface NamespaceJson {
  readonly commonTypes?: Readonly<Record<string, TypeJson>>;
  readonly entityTypes: Readonly<
    Record<string, { memberOfTypes?: string[]; shape?: TypeJson; tags?: TypeJson; enum?: string[] }>
  >;
  readonly actions: Readonly<
    Record<
      string,
      {
        memberOf?: { id: string; type?: string }[];
        appliesTo?: { principalTypes: string[]; resourceTypes: string[]; context?: TypeJson };
      }
    >
  >;
}
type Namespaces = Readonly<Record<string, NamespaceJson>>;

const primitives: ReadonlyMap<string, Shape> = new Map(
  Object.entries<Shape>({
    String: { kind: 'string' },
    Long: { kind: 'long' },
    Bool: { kind: 'bool' },
    Boolean: { kind: 'bool' },
    decimal: { kind: 'decimal' },
    ipaddr: { kind: 'ipaddr' },
    datetime: { kind: 'datetime' },
    duration: { kind: 'duration' },
  }),
);

const qualify = (namespace: string, name: string) => (namespace === '' ? name : `${namespace}::${name}`);

class SchemaReader {
  readonly #namespaces: Namespaces;
  readonly #entityTypes: ReadonlySet<string>;

  constructor(namespaces: Namespaces) {
    this.#namespaces = namespaces;
    this.#entityTypes = new Set(
      Object.entries(namespaces).flatMap(([namespace, { entityTypes }]) =>
        Object.keys(entityTypes).map((name) => qualify(namespace, name)),
      ),
    );
  }

  entityTypes(): Map<string, EntityTypeModel> {
    const direct = new Map<string, string[]>();
    const models = new Map<string, EntityTypeModel>();
    for (const [namespace, { entityTypes }] of Object.entries(this.#namespaces)) {
      for (const [name, json] of Object.entries(entityTypes)) {
        const parents = (json.memberOfTypes ?? []).map((parent) => this.#entityType(namespace, parent));
        const ancestors = new Set<string>();
        direct.set(qualify(namespace, name), parents);
        models.set(qualify(namespace, name), {
          attributes: this.#record(namespace, json.shape),
          tags: json.tags === undefined ? undefined : this.#shape(namespace, json.tags),
          parents: new Set(parents),
          ancestors,
          ids: json.enum === undefined ? undefined : new Set(json.enum),
        });
      }
    }
    for (const [type, model] of models) close(type, direct, model.ancestors as Set<string>);
    return models;
  }

  actions(): Map<string, Map<string, ActionModel>> {
    const parents = new Map<string, EntityRef[]>();
    const all: [string, string, NamespaceJson['actions'][string]][] = [];
    for (const [namespace, { actions }] of Object.entries(this.#namespaces)) {
      for (const [id, json] of Object.entries(actions)) {
        const type = qualify(namespace, 'Action');
        parents.set(
          new EntityRef(type, id).key(),
          (json.memberOf ?? []).map((group) => new EntityRef(this.#actionType(namespace, group.type), group.id)),
        );
        all.push([namespace, id, json]);
      }
    }
    const models = new Map<string, Map<string, ActionModel>>();
    for (const [namespace, id, json] of all) {
      const type = qualify(namespace, 'Action');
      const entity = new Entity(type, id, CedarRecord.empty, groupsOf(new EntityRef(type, id), parents));
      const types = (names: readonly string[] = []) => new Set(names.map((name) => this.#entityType(namespace, name)));
      const model: ActionModel = {
        entity,
        principals: types(json.appliesTo?.principalTypes),
        resources: types(json.appliesTo?.resourceTypes),
        context: this.#record(namespace, json.appliesTo?.context),
      };
      const ids = models.get(type) ?? new Map<string, ActionModel>();
      models.set(type, ids.set(id, model));
    }
    return models;
  }

  #record(namespace: string, json: TypeJson | undefined): RecordShape {
    const shape = json === undefined ? emptyRecord : this.#shape(namespace, json);
    return shape.kind === 'record' ? shape : emptyRecord;
  }

  #shape(namespace: string, json: TypeJson): Shape {
    if (json.type === 'Set') {
      return { kind: 'set', of: json.element === undefined ? undefined : this.#shape(namespace, json.element) };
    }
    if (json.type === 'Record') {
      const attributes = new Map(
        Object.entries(json.attributes ?? {}).map(([name, type]) => [
          name,
          { shape: this.#shape(namespace, type), required: type.required ?? true },
        ]),
      );
      return { kind: 'record', attributes, open: json.additionalAttributes === true };
    }
    if (json.type === 'Entity') return { kind: 'entity', type: this.#entityType(namespace, json.name ?? '') };
    return this.#named(namespace, json.name ?? json.type);
  }

  /** A common type, an extension type or a primitive, by name. */
  #named(namespace: string, name: string): Shape {
    for (const qualified of [qualify(namespace, name), name]) {
      const cut = qualified.lastIndexOf('::');
      const owner = cut < 0 ? '' : qualified.slice(0, cut);
      const common = this.#namespaces[owner]?.commonTypes?.[cut < 0 ? qualified : qualified.slice(cut + 2)];
      if (common !== undefined) return this.#shape(owner, common);
      if (this.#entityTypes.has(qualified)) return { kind: 'entity', type: qualified };
    }
    const primitive = primitives.get(name.replace(/^__cedar::/, ''));
    if (primitive === undefined) throw new TypeError(`the schema has a type '${name}' that is not known`);
    return primitive;
  }

  #entityType(namespace: string, name: string): string {
    const qualified = qualify(namespace, name);
    return this.#entityTypes.has(qualified) ? qualified : name;
  }

  #actionType(namespace: string, type: string | undefined): string {
    if (type === undefined) return qualify(namespace, 'Action');
    const qualified = qualify(namespace, type);
    const cut = qualified.lastIndexOf('::');
    return cut >= 0 && this.#namespaces[qualified.slice(0, cut)] !== undefined ? qualified : type;
  }
}

function close(type: string, direct: ReadonlyMap<string, readonly string[]>, into: Set<string>): void {
  for (const parent of direct.get(type) ?? []) {
    if (into.has(parent)) continue;
    into.add(parent);
    close(parent, direct, into);
  }
}

function groupsOf(action: EntityRef, parents: ReadonlyMap<string, readonly EntityRef[]>): EntityRef[] {
  const groups = new Map<string, EntityRef>();
  const open = [...(parents.get(action.key()) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (groups.has(next.key())) continue;
    groups.set(next.key(), next);
    open.push(...(parents.get(next.key()) ?? []));
  }
  return [...groups.values()];
}
