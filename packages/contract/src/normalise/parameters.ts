import type { Located, Parameter, ParameterPlace } from '../model.ts';
import { readCastellanParameter } from '../extension/read.ts';
import { child, items } from '../load/pointer.ts';
import { readContent } from './media-types.ts';
import { defaultStyle, styleFits, styleOf } from './styles.ts';
import { text, type Reading } from './reading.ts';

/** A parameter as written, its reference followed. */
export interface RawParameter {
  readonly name: string;
  readonly in: string;
  readonly node: Located;
}

/** What 3.x lets no parameter describe: other parts of the document decide about them. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);
const PLACES: ReadonlySet<string> = new Set(['path', 'query', 'header', 'cookie', 'querystring']);

/** The parameters of a path item and an operation, the operation's instead of the path item's where both have one. */
export function collectParameters(reading: Reading, pathItems: readonly Located[], operation: Located): RawParameter[] {
  const collected = new Map<string, RawParameter>();
  for (const item of [...pathItems].reverse())
    for (const parameter of listed(reading, child(item, 'parameters'))) collected.set(keyOf(parameter), parameter);
  for (const parameter of listed(reading, child(operation, 'parameters'))) collected.set(keyOf(parameter), parameter);
  return [...collected.values()];
}

function keyOf(parameter: RawParameter): string {
  const name = parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name;
  // 2.0 has one body, whatever it is called.
  return parameter.in === 'body' ? 'body' : `${parameter.in} ${name}`;
}

function listed(reading: Reading, list: Located): RawParameter[] {
  if (list.value === undefined) return [];
  if (!Array.isArray(list.value)) {
    reading.warn(
      list.location,
      'invalid-parameters',
      'parameters is not a list, so none is declared',
      'write a list of Parameter Objects',
    );
    return [];
  }
  const parameters = new Map<string, RawParameter>();
  for (const item of items(list)) {
    const node = reading.deref(item);
    const name = text(child(node, 'name').value);
    const place = text(child(node, 'in').value);
    if (name === undefined || place === undefined) {
      reading.warn(node.location, 'invalid-parameter', 'a parameter without name or in is left out', 'add name and in');
      continue;
    }
    const parameter = { name, in: place, node };
    if (parameters.has(keyOf(parameter)))
      reading.warn(
        item.location,
        'duplicate-parameter',
        `the ${place} parameter ${name} is a duplicate; the first counts`,
        'remove one of them',
      );
    else parameters.set(keyOf(parameter), parameter);
  }
  return [...parameters.values()];
}

/** The names in a path template, in their order. */
export function templateVariables(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** Parameters of 3.x. Those of 2.0: `swaggerParameter`. */
export function readParameter(reading: Reading, raw: RawParameter): Parameter | undefined {
  const { node, name } = raw;
  const place = placeOf(reading, raw);
  if (place === undefined) return undefined;
  if (place === 'header' && RESERVED_FIELDS.has(name.toLowerCase())) {
    reading.warn(
      node.location,
      'ignored-header-parameter',
      `the header parameter ${name} is ignored, as the standard says`,
      'remove it: content and security say what it would',
    );
    return undefined;
  }
  const [content, second] = readContent(reading, child(node, 'content'));
  if (second !== undefined)
    reading.warn(
      node.location,
      'invalid-parameter',
      `the parameter ${name} has more than one media type; the first counts`,
      'leave one in content',
    );
  const schema = content === undefined ? reading.schema(child(node, 'schema')) : content.schema;
  if (schema === undefined)
    reading.warn(
      node.location,
      'parameter-without-schema',
      `the ${place} parameter ${name} has no schema, so any value is accepted`,
      'add schema: { type: string }',
    );
  const style = declaredStyle(reading, raw, place);
  const explode = child(node, 'explode').value;
  return {
    name,
    in: place,
    required: place === 'path' || child(node, 'required').value === true,
    deprecated: child(node, 'deprecated').value === true,
    style,
    explode: typeof explode === 'boolean' ? explode : style === 'form',
    allowReserved: child(node, 'allowReserved').value === true || child(node, 'style').value === 'cookie',
    allowEmptyValue: place === 'query' && child(node, 'allowEmptyValue').value === true,
    schema,
    content,
    description: text(child(node, 'description').value),
    location: node.location,
    castellan: readCastellanParameter(reading, node),
  };
}

function declaredStyle(reading: Reading, raw: RawParameter, place: ParameterPlace): Parameter['style'] {
  const written = child(raw.node, 'style');
  const style = styleOf(written.value);
  if (written.value === undefined) return defaultStyle(place);
  if (style === undefined || !styleFits(style, place)) {
    const fallback = defaultStyle(place);
    reading.warn(
      written.location,
      'invalid-style',
      `style ${String(written.value)} does not exist for ${place} parameters; ${fallback} is used`,
      `write style: ${fallback}`,
    );
    return fallback;
  }
  return style;
}

/** Where a parameter stands; undefined, with a warning, where nobody could send it. */
export function placeOf(reading: Reading, raw: RawParameter): ParameterPlace | undefined {
  if (!PLACES.has(raw.in) || (raw.in === 'querystring' && reading.version !== '3.2')) {
    reading.warn(
      raw.node.location,
      'invalid-parameter',
      `the parameter ${raw.name} stands in '${raw.in}', which does not exist in OpenAPI ${reading.version}; it is left out`,
      'write in: path, query, header or cookie',
    );
    return undefined;
  }
  if (raw.in === 'path' && child(raw.node, 'required').value !== true) {
    reading.warn(
      raw.node.location,
      'path-parameter-not-required',
      `the path parameter ${raw.name} is required all the same`,
      'add required: true',
    );
  }
  return raw.in as ParameterPlace;
}

/** Puts path parameters and the template into agreement: undeclared variables are strings, declared ones not in it are left out. */
export function matchTemplate(
  reading: Reading,
  path: string,
  operation: Located,
  parameters: readonly Parameter[],
): Parameter[] {
  const variables = new Set(templateVariables(path));
  const declared = new Set<string>();
  const matched: Parameter[] = [];
  for (const parameter of parameters) {
    if (parameter.in === 'path') {
      if (!variables.has(parameter.name)) {
        reading.warn(
          parameter.location,
          'unknown-path-parameter',
          `the path parameter ${parameter.name} is not in ${path}; it is left out`,
          `write {${parameter.name}} in the path, or remove the parameter`,
        );
        continue;
      }
      declared.add(parameter.name);
    }
    matched.push(parameter);
  }
  for (const name of variables) {
    if (declared.has(name)) continue;
    reading.warn(
      operation.location,
      'undeclared-path-parameter',
      `{${name}} in ${path} is not declared; it is taken as a string`,
      `add a parameter with name: ${name}, in: path`,
    );
    matched.push({
      name,
      in: 'path',
      required: true,
      deprecated: false,
      style: 'simple',
      explode: false,
      allowReserved: false,
      allowEmptyValue: false,
      schema: { location: operation.location, dialect: reading.dialect, raw: { type: 'string' } },
      location: operation.location,
      castellan: {},
    });
  }
  return matched;
}
