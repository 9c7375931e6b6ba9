import { CastellanError } from '../error.ts';
import { child } from '../load/pointer.ts';
import type { Location, Operation } from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import { templateVariables } from '../normalise/parameters.ts';
import type { Reading } from '../normalise/reading.ts';

/**
 * Checks what operations' extensions name: an object without its id, or a flow after an operation that does not
 * exist, would be a control that never acts.
 * @throws CastellanError `unknown-operation`, `unknown-parameter`
 */
export function checkOperationExtensions(reading: Reading, operations: readonly Operation[]): void {
  let ids: ReadonlySet<string> | undefined;
  for (const operation of operations) {
    const { resource, resolve, flow } = operation.castellan;
    const named = [...(resolve === undefined ? [] : [resolve.operation]), ...(flow?.after ?? [])];
    for (const id of named) {
      ids ??= new Set(operations.map((one) => one.operationId));
      if (!ids.has(id))
        throw unknown(
          reading,
          operation.location,
          'unknown-operation',
          `x-castellan names the operation ${id}, which does not exist`,
          id,
          [...ids],
        );
    }
    for (const { name, castellan, in: where, location } of operation.parameters) {
      if (castellan.slashes === undefined) continue;
      if (where !== 'path' || !operation.path.endsWith(`/{${name}}`))
        throw reading.error(
          extensionOf(location),
          'invalid-extension',
          `x-castellan.slashes stands on ${name}, which is not the end of the path ${operation.path}`,
          `write it on the path parameter that is its whole last segment, as /files/{path}`,
        );
    }
    const source = /^(path|query)\.(.+)$/.exec(resource?.id ?? '');
    const [, place, name = ''] = source ?? [];
    if (resource?.id !== undefined && source === null && !/^(?:body\..+|auth\.subject)$/.test(resource.id)) {
      throw reading.error(
        extensionOf(operation.location),
        'invalid-extension',
        `resource.id ${resource.id} does not say where the id comes from`,
        'write path.NAME, query.NAME, body.NAME or auth.subject',
      );
    }
    if (place === undefined) continue;
    const names =
      place === 'path'
        ? templateVariables(operation.path)
        : operation.parameters.filter((one) => one.in === place).map((one) => one.name);
    if (!names.includes(name)) {
      throw unknown(
        reading,
        operation.location,
        'unknown-parameter',
        `x-castellan.resource takes its id from the ${place} parameter ${name}, which ${operation.operationId} does not have`,
        name,
        names,
      );
    }
  }
}

function unknown(
  reading: Reading,
  location: Location,
  code: string,
  message: string,
  name: string,
  names: readonly string[],
): CastellanError {
  const near = nearest(name, names);
  return reading.error(
    extensionOf(location),
    code,
    message,
    near !== undefined
      ? `did you mean ${near}?`
      : names.length > 0
        ? `write one of ${names.slice(0, 8).join(', ')}`
        : 'add it, or remove this line',
  );
}

function extensionOf(location: Location): Location {
  return child({ location, value: undefined }, 'x-castellan').location;
}
