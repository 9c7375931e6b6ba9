import { castellanOf } from '../extension/castellan-of.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { walk } from '../load/walk.ts';
import type { Located, Operation, OperationResource, Resource } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';
import { componentName, hasProperty, requestSchema, responseSchema } from './schema-shape.ts';
import { typeName } from './type-name.ts';

/** The resources of one contract, and which paths name a single one. */
export interface FoundResources {
  readonly resources: ReadonlyMap<string, Resource>;
  /** Path template of one object (`/documents/{documentId}`) to its type. */
  readonly itemPaths: ReadonlyMap<string, string>;
}

/**
 * Resources as declared (`x-castellan.resource` on a schema), and inferred from shape: where `GET /things/{thingId}`
 * answers with an object that has a property `id` (or one called like the path parameter), that object is a resource.
 * Its type is the schema's name, or else made from the path segment. Nothing else is guessed.
 *
 * @param documents all loaded documents, the root first
 * @param declares whether any of them may hold `x-castellan` at all
 */
export function findResources(
  reading: Reading,
  operations: readonly Operation[],
  documents: readonly Located[],
  declares: boolean,
): FoundResources {
  const resources = new Map<string, Resource>();
  const declared = new Map<string, string>();
  if (declares)
    for (const document of documents) addDeclared(reading, document, document === documents[0], resources, declared);
  const itemPaths = new Map<string, string>();
  // What a read answers says most plainly what a path names; without one, what a write answers or takes.
  const reads = operations.filter(({ method }) => method === 'GET');
  const writes = operations.filter(({ method }) => method === 'PUT' || method === 'PATCH');
  for (const operation of [...reads, ...writes]) {
    const [, segment, variable] = itemPath.exec(operation.path) ?? [];
    if (segment === undefined || variable === undefined || itemPaths.has(operation.path)) continue;
    const candidates = objectsIn(reading, [
      responseSchema(reading, operation)?.target,
      operation.method === 'GET' ? undefined : requestSchema(reading, operation)?.target,
    ]);
    // What has an id of its own wraps nothing: a page with its last editor is a page, whoever says that an editor is a user.
    const [root] = candidates;
    const isItself = root !== undefined && !declared.has(keyOf(root)) && hasProperty(reading, root, 'id');
    const types = new Set(isItself ? [] : candidates.flatMap((schema) => declared.get(keyOf(schema)) ?? []));
    const named = typeName(segment);
    const known = types.has(named) ? named : [...types][0];
    if (known !== undefined) {
      if (types.size === 1 || types.has(named)) itemPaths.set(operation.path, known);
      continue;
    }
    const [schema, more] = candidates.filter((one) => idIn(reading, one, variable) !== undefined);
    if (schema === undefined || (more !== undefined && schema !== candidates[0])) continue;
    const id = idIn(reading, schema, variable);
    const type = componentName(schema.location) ?? named;
    const read = reading.schema(schema);
    if (read === undefined || id === undefined) continue;
    const said = resources.get(type);
    if (said === undefined || isReference(said.schema.raw))
      resources.set(type, { type, schema: read, id, declared: false });
    itemPaths.set(operation.path, type);
  }
  // A path that no schema tells of, such as one with nothing but DELETE, is that of the resource of its name.
  for (const { path } of operations) {
    const type = typeName(itemPath.exec(path)?.[1] ?? '');
    if (!itemPaths.has(path) && resources.get(type)?.declared === true) itemPaths.set(path, type);
  }
  return { resources, itemPaths };
}

const itemPath = /\/([^/{}]+)\/\{([^/{}]+)\}$/;

function idIn(reading: Reading, schema: Located, variable: string): string | undefined {
  return ['id', variable].find((name) => hasProperty(reading, schema, name));
}

/** The objects of schemas: what they are, and what they wrap (`{ note: Note }`, `{ data: Note }`). */
function objectsIn(reading: Reading, schemas: readonly (Located | undefined)[]): Located[] {
  return schemas.flatMap((schema) => {
    if (schema === undefined) return [];
    const inner = [...entries(child(schema, 'properties'))].slice(0, maxWrapped).flatMap(([, property]) => {
      const target = isObject(property.value) ? reading.deref(property) : property;
      return isObject(target.value) ? [target] : [];
    });
    return [schema, ...inner];
  });
}

/** An object with more properties than this wraps nothing. */
const maxWrapped = 8;

/** What an operation acts on: as declared, or by its path. Paths below an object act on that object. */
export function resourceOfOperation(operation: Operation, found: FoundResources): OperationResource | undefined {
  const declared = operation.castellan.resource;
  if (declared !== undefined) return { type: declared.type, id: declared.id, declared: true };
  const segments = operation.path.split('/');
  for (let length = segments.length; length > 1; length--) {
    const path = segments.slice(0, length).join('/');
    // A verb may stand behind the object's id: `/notes/{id}:archive`.
    const [, last, verb = ''] = /^\{([^{}]+)\}(:[\w-]+)?$/.exec(segments[length - 1] ?? '') ?? [];
    if (last !== undefined) {
      const type = found.itemPaths.get(verb === '' ? path : path.slice(0, -verb.length));
      // The nearest object decides; what is above it is another object.
      return type === undefined ? undefined : { type, id: `path.${last}`, declared: false };
    }
    if (length !== segments.length) continue;
    const type = collectionType(path, found);
    if (type !== undefined) return { type, id: undefined, declared: false };
  }
  return undefined;
}

function collectionType(path: string, found: FoundResources): string | undefined {
  for (const [item, type] of found.itemPaths)
    if (item.startsWith(`${path}/{`) && !item.slice(path.length + 1).includes('/')) return type;
  return undefined;
}

function addDeclared(
  reading: Reading,
  document: Located,
  root: boolean,
  resources: Map<string, Resource>,
  declared: Map<string, string>,
): void {
  walk(
    document.value,
    (object, pointer) => {
      const extension = object['x-castellan'];
      // On an operation, `resource` is an object; on a schema, a name.
      if (!isObject(extension) || typeof extension['resource'] !== 'string') return;
      const location = { document: document.location.document, pointer: document.location.pointer + pointer() };
      const schema = reading.schema({ location, value: object });
      const { resource: type, id } = castellanOf(object);
      if (schema === undefined || type === undefined) return;
      // A property that names an object is not one.
      if (!isReference(object)) declared.set(keyOf({ location, value: object }), type);
      // A property that names an object may stand before the object's own schema.
      const known = resources.get(type);
      if (known === undefined || (isReference(known.schema.raw) && !isReference(object)))
        resources.set(type, { type, schema, id: id ?? 'id', declared: true });
    },
    !root,
  );
}

/** Whether the type stands on a value that names an object, not on the object. */
function isReference(schema: unknown): boolean {
  const type = isObject(schema) ? schema['type'] : undefined;
  return type === 'string' || type === 'integer' || type === 'number';
}

function keyOf(node: Located): string {
  return `${node.location.document}#${node.location.pointer}`;
}
