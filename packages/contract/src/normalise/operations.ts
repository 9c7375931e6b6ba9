import type { HttpMethod, Located, Operation, OperationResource, SecurityRequirement } from '../model.ts';
import { refuseMisspelt } from '../extension/misspelt.ts';
import { readCastellanOperation } from '../extension/read.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { DocumentedOperation } from './operation.ts';
import { text, type Reading } from './reading.ts';
import { readSecurity, securityNode } from './security.ts';
import { readOwnServers } from './servers.ts';
import type { SchemeResult } from './security-schemes.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

interface Found {
  readonly method: HttpMethod;
  readonly path: string;
  readonly pathItems: readonly Located[];
  readonly node: Located;
}

/**
 * Every operation under `paths` (or `webhooks`), in the document's order.
 * @throws CastellanError `invalid-security`, `unknown-security-scheme`, `invalid-paths`, `unresolved-reference`, and those of `x-castellan`
 */
export function readOperations(
  reading: Reading,
  table: Located,
  schemes: ReadonlyMap<string, SchemeResult>,
  resourceOf: (operation: Operation) => OperationResource | undefined,
  taken: Set<string>,
): Operation[] {
  if (table.value !== undefined && !isObject(table.value))
    throw reading.error(
      table.location,
      'invalid-paths',
      `${table.location.pointer.slice(1)} is not an object`,
      'write one member per path: /things: { get: … }',
    );
  const found = [...entries(table)]
    .filter(([path]) => !path.startsWith('x-'))
    .flatMap(([path, item]) => operationsOf(reading, path, item));
  const ids = operationIds(reading, found, taken);
  const root = securityNode(reading.root);
  const inherited: readonly SecurityRequirement[] = root === undefined ? [] : readSecurity(reading, root, schemes);
  return found.map((operation, index) => {
    const own = securityNode(operation.node);
    const id = ids[index];
    return new DocumentedOperation(
      reading,
      {
        ...operation,
        operationId: id?.id ?? '',
        operationIdDeclared: id?.declared ?? false,
        security: own === undefined ? inherited : readSecurity(reading, own, schemes),
        servers: readOwnServers(reading, [operation.node, ...operation.pathItems]),
        securityFrom: own !== undefined ? 'operation' : root !== undefined ? 'document' : 'nowhere',
        castellan: readCastellanOperation(reading, operation.pathItems, operation.node),
      },
      resourceOf,
    );
  });
}

function operationsOf(reading: Reading, path: string, item: Located): Found[] {
  const pathItems = followPathItem(reading, item);
  const found: Found[] = [];
  const seen = new Set<string>();
  const add = (method: string, node: Located): void => {
    if (seen.has(method)) return;
    if (!isObject(node.value)) {
      reading.warn(
        node.location,
        'invalid-operation',
        `${method} is not an object; the operation is left out`,
        'write an Operation Object',
      );
      return;
    }
    seen.add(method);
    // Tools differ: some follow it, some read an operation without security. Two readings, one of them weaker, are an error.
    if ('$ref' in node.value)
      throw reading.error(
        child(node, '$ref').location,
        'reference-for-operation',
        `${method} ${path} is a $ref, which OpenAPI has no meaning for`,
        'write the operation here, or refer to a whole path item: a $ref under the path',
      );
    refuseMisspelt(reading, node);
    found.push({ method, path, pathItems, node });
  };
  for (const pathItem of pathItems) {
    refuseMisspelt(reading, pathItem);
    for (const [key, node] of entries(pathItem)) {
      const method = key.toLowerCase();
      if ((METHODS as readonly string[]).includes(method) || (method === 'query' && reading.version === '3.2')) {
        if (key !== method)
          reading.warn(node.location, 'method-case', `the method ${key} is read as ${method}`, `write ${method}`);
        add(method.toUpperCase(), node);
      }
    }
    if (reading.version === '3.2')
      for (const [method, node] of entries(child(pathItem, 'additionalOperations'))) add(method, node);
  }
  return found;
}

/** A path item, and what it refers to, from step to step; its own members count before those. */
function followPathItem(reading: Reading, item: Located): Located[] {
  if (!isObject(item.value)) {
    reading.warn(
      item.location,
      'invalid-path-item',
      'a path item is not an object; it has no operations',
      'write a Path Item Object',
    );
    return [];
  }
  const found = [item];
  const ref = text(item.value['$ref']);
  // Refuses one that leads nowhere or back to itself.
  if (ref !== undefined) reading.resolve(item.location, ref);
  for (let next = ref, from = item; next !== undefined;) {
    from = reading.locate(from.location, next);
    if (!isObject(from.value)) return [...found, ...followPathItem(reading, from)];
    found.push(from);
    next = isObject(from.value) ? text(from.value['$ref']) : undefined;
  }
  return found;
}

/** Ids as declared; where missing or taken, made from method and path. */
function operationIds(
  reading: Reading,
  found: readonly Found[],
  taken: Set<string>,
): { readonly id: string; readonly declared: boolean }[] {
  const made: { id: string; declared: boolean }[] = [];
  const declared = found.map((operation) => text(child(operation.node, 'operationId').value));
  const first = new Set<string>();
  const keeps = declared.map((id) => {
    if (id === undefined || id === '' || first.has(id) || taken.has(id)) return false;
    first.add(id);
    return true;
  });
  for (const id of first) taken.add(id);
  for (const [index, operation] of found.entries()) {
    const id = declared[index];
    if (id !== undefined && keeps[index] === true) {
      made.push({ id, declared: true });
      continue;
    }
    const base = `${operation.method.toLowerCase()} ${operation.path}`.replaceAll(
      /[^A-Za-z0-9]+(\w?)/g,
      (_, next: string) => next.toUpperCase(),
    );
    let unique = base;
    for (let n = 2; taken.has(unique); n++) unique = `${base}${n}`;
    taken.add(unique);
    made.push({ id: unique, declared: false });
    if (id !== undefined) {
      reading.warn(
        child(operation.node, 'operationId').location,
        'duplicate-operation-id',
        `the operationId ${id || "''"} is not unique; this operation is called ${unique}`,
        'give each operation its own operationId',
      );
    }
  }
  return made;
}
