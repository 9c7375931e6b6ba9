import {
  compileResourceAccess,
  compileSchema,
  compileUndocumented,
  isJson,
  type Contract,
  type Findings,
  type FoundResource,
  type Operation,
  type ResourceAccess,
  type Schema,
} from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Authority } from './authority.ts';
import type { KnownObject } from './known-object.ts';
import { isId } from './operation-subject.ts';
import { idKey } from './same-id.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What could not be fetched: the decision cannot be made, and the refusal says what the caller may know of it. */
export class LoadFailure extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.log ?? refusal.type, options);
    this.name = 'LoadFailure';
    this.refusal = refusal;
  }
}

/** More objects than this are not fetched for one request. */
export const maxObjects = 1000;

/**
 * Fetches objects by id: by the application's loader, or through the API's own read operation. What the caller may not read
 * there has its `refusal`.
 * @param through the read operation that the contract names (`x-castellan.resolve`), where it does
 * @throws LoadFailure
 */
export async function loadObjects(
  authority: Authority,
  exchange: Exchange,
  type: string,
  ids: readonly string[],
  through: Operation | undefined = authority.readOf(type),
): Promise<readonly KnownObject[]> {
  if (ids.length > maxObjects)
    throw new LoadFailure({
      type: 'forbidden',
      reason: 'too-many-objects',
      detail: `At most ${maxObjects} objects in one request.`,
    });
  const load = authority.loaders.get(type);
  if (load !== undefined) return byLoader(load, exchange, type, ids);
  const { resolver } = authority;
  if (resolver === undefined || through === undefined)
    throw new LoadFailure({ type: 'forbidden', reason: 'authorization-not-decided', log: `${type} cannot be loaded` });
  const found: KnownObject[] = [];
  // A few at a time, so that one request is not a flood for the upstream.
  for (let from = 0; from < ids.length; from += 8) {
    const some = ids.slice(from, from + 8).map(async (id): Promise<KnownObject> => {
      const path = pathOf(exchange, through, id);
      if (path === undefined) {
        const log = `${type} cannot be read by ${through.operationId} with what the request tells`;
        return { type, id, value: undefined, refusal: { type: 'forbidden', reason: 'authorization-not-decided', log } };
      }
      const resolved = await resolver(exchange, through, path);
      if ('failed' in resolved) {
        const { failed } = resolved;
        const refusal: Refusal = {
          type: failed,
          reason: `resolve-${failed}`,
          log: `${through.operationId}: ${resolved.log}`,
        };
        if (failed !== 'forbidden') throw new LoadFailure(refusal);
        return { type, id, value: undefined, refusal };
      }
      return { type, id, value: resolved.found ? objectIn(authority, through, resolved.body, type, id) : undefined };
    });
    found.push(...(await Promise.all(some)));
  }
  return found;
}

/**
 * The object in the answer of a read operation: the outermost resource of the type that was asked for, which must have the
 * id that was. One that stands within another is not what the read is of, whatever its id; where two at one level could
 * be meant, nobody can say which one the write is about. An answer that does not match its schema is none to decide on.
 */
function objectIn(authority: Authority, through: Operation, body: unknown, type: string, id: string): Properties {
  const { check, access } = readOf(authority, through);
  const variable = /^path\.(.+)$/.exec(through.resource?.id ?? '')?.[1];
  const findings: Findings = { resources: [], properties: [] };
  if (check(body) && access?.visit(body, findings) === true) {
    const outermost = outermostOf(findings, body, access, type);
    const [found, another] = outermost.filter(({ value, idName }) =>
      [idName, variable].some((name) => isNamed(value, name, id)),
    );
    if (found !== undefined && another === undefined) return found.value;
  }
  throw new LoadFailure({
    type: 'bad-gateway',
    reason: 'resolve-mismatch',
    log: `${through.operationId} does not answer the ${type} that was asked for as its schema says`,
  });
}

/** The resources of a type that stand in the fewest others of a value. */
function outermostOf(
  { resources }: Findings,
  body: unknown,
  access: ResourceAccess,
  type: string,
): readonly FoundResource[] {
  const found = resources.filter((resource) => resource.type === type);
  if (found.length < 2) return found;
  const levels = found.map(({ value }) => (access.locate(body, value) ?? '').split('/').length);
  const least = Math.min(...levels);
  return found.filter((_, index) => levels[index] === least);
}

/** Whether a property is the id that was asked for: the one of the schema, or that of the path parameter's name. */
function isNamed(value: Properties, name: string | undefined, id: string): boolean {
  if (name === undefined || !Object.hasOwn(value, name)) return false;
  return isId(value[name]) && idKey(String(value[name])) === idKey(id);
}

interface Read {
  readonly check: (body: unknown) => boolean;
  readonly access: ResourceAccess | undefined;
}

const reads = new WeakMap<Operation, Read>();

function readOf({ contract }: Authority, operation: Operation): Read {
  let read = reads.get(operation);
  if (read === undefined) {
    const response = operation.responses.find(({ status }) => status === '200' || status.toUpperCase() === '2XX');
    const schema = response?.content.find(({ type }) => isJson(type.split(';', 1)[0]?.trim() ?? ''))?.schema;
    read =
      schema === undefined
        ? { check: () => false, access: undefined }
        : {
            check: checkOf(contract, schema),
            access: compileResourceAccess(contract, schema, 'response'),
          };
    reads.set(operation, read);
  }
  return read;
}

/** Whether an answer has its documented form, once what nobody documented is taken out. */
function checkOf(contract: Contract, schema: Schema): (body: unknown) => boolean {
  const formats = contract.castellan.profile === 'bank';
  const compiled = compileSchema(contract, schema, { direction: 'response', formats });
  const undocumented = compileUndocumented(contract, schema, 'response');
  return (body) => compiled.check(body) || (undocumented.remove(body).count > 0 && compiled.check(body));
}

async function byLoader(
  load: NonNullable<ReturnType<Authority['loaders']['get']>>,
  exchange: Exchange,
  type: string,
  ids: readonly string[],
): Promise<readonly KnownObject[]> {
  let objects: readonly (object | undefined | null)[];
  try {
    objects = await load(ids, {
      auth: exchange.auth,
      operation: exchange.operation,
      params: exchange.parameters.path,
    });
  } catch (cause) {
    exchange.failure = cause;
    throw new LoadFailure(
      { type: 'internal-error', reason: 'loader-failed', log: `loading ${type} failed` },
      { cause },
    );
  }
  if (!Array.isArray(objects) || objects.length !== ids.length)
    throw new LoadFailure({
      type: 'internal-error',
      reason: 'loader-failed',
      log: `the loader of ${type} must give one entry for each of the ${ids.length} ids, in their order`,
    });
  return ids.map((id, index) => {
    const object: object | undefined | null = objects[index];
    return { type, id, value: object === undefined || object === null ? undefined : (object as Properties) };
  });
}

/**
 * The path of an object by a read operation, under the same base path as the request: its last variable is the id, the
 * others are those of the request.
 */
function pathOf(exchange: Exchange, through: Operation, id: string): string | undefined {
  const variable = /^path\.(.+)$/.exec(through.resource?.id ?? '')?.[1];
  if (variable === undefined) return undefined;
  let complete = true;
  const path = through.path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = String(name === variable ? id : (exchange.parameters.path[name] ?? ''));
    // A segment that could be read as several, or as none.
    if (!/^[^/\\\p{Cc}]{1,512}$/u.test(value) || value === '.' || value === '..') complete = false;
    return encodeURIComponent(value);
  });
  if (!complete) return undefined;
  const own = exchange.operation?.path.split('/').length ?? 0;
  const segments = exchange.path.split('/');
  return segments.slice(0, segments.length - own + 1).join('/') + path;
}

/** Whether an object of a type can be fetched by nothing but its id. */
export function isAlone(authority: Authority, type: string): boolean {
  const read = authority.readOf(type);
  return read !== undefined && (read.path.match(/\{/g)?.length ?? 0) === 1;
}
