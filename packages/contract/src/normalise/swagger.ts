import type { Body, Encoding, Header, Located, MediaType, Parameter, Response, Schema } from '../model.ts';
import { readCastellanParameter } from '../extension/read.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { responseNodes } from './bodies.ts';
import { placeOf, type RawParameter } from './parameters.ts';
import { collectionStyle } from './styles.ts';
import { text, type Reading } from './reading.ts';

/** Members of a 2.0 parameter or header that say something about it, not about its value. */
const NOT_SCHEMA: ReadonlySet<string> = new Set([
  'name',
  'in',
  'required',
  'description',
  'collectionFormat',
  'allowEmptyValue',
]);

/** A parameter of 2.0 that is neither `body` nor `formData`. */
export function swaggerParameter(reading: Reading, raw: RawParameter): Parameter | undefined {
  const { node, name } = raw;
  const place = placeOf(reading, raw);
  if (place === undefined) return undefined;
  const format = child(node, 'collectionFormat').value;
  let style = collectionStyle(format, place);
  if (style === undefined) {
    reading.warn(
      node.location,
      'invalid-collection-format',
      `collectionFormat ${String(format)} does not exist for ${place} parameters; csv is used`,
      'write collectionFormat: csv',
    );
    style = collectionStyle('csv', place) ?? { style: 'form', explode: false };
  }
  return {
    name,
    in: place,
    required: place === 'path' || child(node, 'required').value === true,
    deprecated: false,
    ...style,
    allowReserved: false,
    allowEmptyValue: place === 'query' && child(node, 'allowEmptyValue').value === true,
    schema: inlineSchema(reading, node),
    description: text(child(node, 'description').value),
    location: node.location,
    castellan: readCastellanParameter(reading, node),
  };
}

/** 2.0 writes the schema of a parameter or header among its other members. */
function inlineSchema(reading: Reading, node: Located): Schema {
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(isObject(node.value) ? node.value : {})) {
    if (!NOT_SCHEMA.has(key))
      Object.defineProperty(raw, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  if (raw['type'] === 'file') Object.assign(raw, { type: 'string', format: 'binary' });
  return { location: node.location, dialect: reading.dialect, raw };
}

/** The body that 2.0's `body` or `formData` parameters describe. */
export function swaggerBody(
  reading: Reading,
  operation: Located,
  parameters: readonly RawParameter[],
): Body | undefined {
  const whole = parameters.find((parameter) => parameter.in === 'body');
  const fields = parameters.filter((parameter) => parameter.in === 'formData');
  if (whole !== undefined) {
    if (fields.length > 0)
      reading.warn(
        whole.node.location,
        'body-and-form',
        'a body and form fields exclude each other; the body counts',
        'remove one of them',
      );
    const schema = reading.schema(child(whole.node, 'schema'));
    const types = mediaTypes(reading, operation, 'consumes');
    return {
      required: child(whole.node, 'required').value === true,
      content: types.map((type) => mediaType(type, schema, whole.node)),
      description: text(child(whole.node, 'description').value),
      location: whole.node.location,
    };
  }
  return fields.length === 0 ? undefined : formBody(reading, operation, fields);
}

function formBody(reading: Reading, operation: Located, fields: readonly RawParameter[]): Body {
  const properties: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const required: string[] = [];
  const encoding = new Map<string, Encoding>();
  let file = false;
  for (const field of fields) {
    if (child(field.node, 'type').value === 'file') file = true;
    properties[field.name] = inlineSchema(reading, field.node).raw;
    if (child(field.node, 'required').value === true) required.push(field.name);
    const format = child(field.node, 'collectionFormat').value;
    if (child(field.node, 'type').value === 'array')
      encoding.set(field.name, {
        headers: [],
        ...(collectionStyle(format, 'query') ?? { style: 'form', explode: false }),
      });
  }
  const declared = mediaTypes(reading, operation, 'consumes').filter(
    (type) => type === 'multipart/form-data' || (type === 'application/x-www-form-urlencoded' && !file),
  );
  const types = declared.length > 0 ? declared : [file ? 'multipart/form-data' : 'application/x-www-form-urlencoded'];
  const at = child(operation, 'parameters');
  const raw: Record<string, unknown> = { type: 'object', properties };
  if (required.length > 0) raw['required'] = required;
  const schema: Schema = { location: at.location, dialect: reading.dialect, raw };
  return {
    required: required.length > 0,
    content: types.map((type) => mediaType(type, schema, at, encoding)),
    location: at.location,
  };
}

export function swaggerResponses(reading: Reading, operation: Located): Response[] {
  const types = mediaTypes(reading, operation, 'produces');
  return [...responseNodes(reading, operation)].map(([status, node]) => {
    const schema = reading.schema(child(node, 'schema'));
    const headers: Header[] = [...entries(child(node, 'headers'))].map(([name, header]) => ({
      name,
      required: false,
      explode: false,
      schema: inlineSchema(reading, header),
      location: header.location,
    }));
    return {
      status,
      description: text(child(node, 'description').value),
      headers,
      content: schema === undefined ? [] : types.map((type) => mediaType(type, schema, node)),
      location: node.location,
    };
  });
}

function mediaTypes(reading: Reading, operation: Located, key: 'consumes' | 'produces'): string[] {
  for (const node of [operation, reading.root]) {
    const list = child(node, key).value;
    if (Array.isArray(list)) {
      const types = list
        .filter((type): type is string => typeof type === 'string')
        .map((type) => type.trim().toLowerCase());
      if (types.length > 0) return types;
    }
  }
  return ['application/json'];
}

function mediaType(
  type: string,
  schema: Schema | undefined,
  node: Located,
  encoding: ReadonlyMap<string, Encoding> = new Map(),
): MediaType {
  return { type, schema, encoding, location: node.location };
}
