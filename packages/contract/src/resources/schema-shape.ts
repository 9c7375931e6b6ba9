import { child, entries, isObject, items } from '../load/pointer.ts';
import type { Located, Location, Operation } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';

const SUCCESS = ['200', '201', '2XX', '2xx', 'default'];
const MAX_NESTING = 5;

/** The schema of an operation's JSON answer, its references followed. Read from the document, so that nothing else is built. */
export function responseSchema(reading: Reading, operation: Operation): { readonly target: Located } | undefined {
  const node: Located = { location: operation.location, value: reading.references.at(operation.location) };
  const responses = child(node, 'responses');
  const status = SUCCESS.find((code) => child(responses, code).value !== undefined);
  if (status === undefined) return undefined;
  const response = reading.deref(child(responses, status));
  if (reading.version === '2.0') return followed(reading, child(response, 'schema'));
  return jsonSchema(reading, response);
}

/** The schema of an operation's JSON body. */
export function requestSchema(reading: Reading, operation: Operation): { readonly target: Located } | undefined {
  const node: Located = { location: operation.location, value: reading.references.at(operation.location) };
  return reading.version === '2.0' ? undefined : jsonSchema(reading, reading.deref(child(node, 'requestBody')));
}

function jsonSchema(reading: Reading, holder: Located): { readonly target: Located } | undefined {
  for (const [type, media] of entries(child(holder, 'content'))) {
    if (/^application\/(?:[\w.-]+\+)?json\b/i.test(type))
      return followed(reading, child(reading.deref(media), 'schema'));
  }
  return undefined;
}

function followed(reading: Reading, schema: Located): { readonly target: Located } | undefined {
  if (!isObject(schema.value)) return undefined;
  const target = reading.deref(schema);
  return isObject(target.value) ? { target } : undefined;
}

/** Whether objects of a schema have a property, by `properties` or a part of `allOf`. */
export function hasProperty(reading: Reading, schema: Located, name: string, nesting = 0): boolean {
  if (child(child(schema, 'properties'), name).value !== undefined) return true;
  if (nesting >= MAX_NESTING) return false;
  for (const part of items(child(schema, 'allOf'))) {
    if (isObject(part.value) && hasProperty(reading, reading.deref(part), name, nesting + 1)) return true;
  }
  return false;
}

/** The name of a schema that stands under `components.schemas` or `definitions`. */
export function componentName(location: Location): string | undefined {
  const name = /^\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(location.pointer)?.[1];
  return name?.replaceAll('~1', '/').replaceAll('~0', '~');
}
