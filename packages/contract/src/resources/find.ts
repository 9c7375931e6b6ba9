import { castellanOf } from '../extension/castellan-of.ts';
import { isObject } from '../load/pointer.ts';
import { walk } from '../load/walk.ts';
import type { Located, Operation, OperationResource, Resource } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';
import { componentName, hasProperty, responseSchema } from './schema-shape.ts';
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
  for (const operation of operations) {
    if (operation.method !== 'GET') continue;
    const [, segment, variable] = /\/([^/{}]+)\/\{([^/{}]+)\}$/.exec(operation.path) ?? [];
    if (segment === undefined || variable === undefined) continue;
    const schema = responseSchema(reading, operation);
    if (schema === undefined) continue;
    const known = declared.get(keyOf(schema.target));
    if (known !== undefined) {
      itemPaths.set(operation.path, known);
      continue;
    }
    const id = ['id', variable].find((name) => hasProperty(reading, schema.target, name));
    if (id === undefined) continue;
    const type = componentName(schema.target.location) ?? typeName(segment);
    const read = reading.schema(schema.target);
    if (read === undefined) continue;
    if (!resources.has(type)) resources.set(type, { type, schema: read, id, declared: false });
    itemPaths.set(operation.path, type);
  }
  return { resources, itemPaths };
}

/** What an operation acts on: as declared, or by its path. Paths below an object act on that object. */
export function resourceOfOperation(operation: Operation, found: FoundResources): OperationResource | undefined {
  const declared = operation.castellan.resource;
  if (declared !== undefined) return { type: declared.type, id: declared.id, declared: true };
  const segments = operation.path.split('/');
  for (let length = segments.length; length > 1; length--) {
    const path = segments.slice(0, length).join('/');
    const last = segments[length - 1] ?? '';
    if (/^\{[^{}]+\}$/.test(last)) {
      const type = found.itemPaths.get(path);
      // The nearest object decides; what is above it is another object.
      return type === undefined ? undefined : { type, id: `path.${last.slice(1, -1)}`, declared: false };
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
      const location = { document: document.location.document, pointer: pointer() };
      const schema = reading.schema({ location, value: object });
      const { resource: type, id } = castellanOf(object);
      if (schema === undefined || type === undefined) return;
      declared.set(keyOf({ location, value: object }), type);
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
