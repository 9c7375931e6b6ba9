import { kindOfName } from '@castellan/guard/learn';
import { nameOf, type MergedBody, type MergedLook } from './look.ts';

/** Which JSON Schema a document speaks. */
export type Speech = 'swagger' | 'openapi-3.0' | '2020-12';

export type JsonSchema = Record<string, unknown>;

/** Names of whole numbers that stay whole. */
const whole = /(?:^|[^a-z])(?:count|limit|offset|page|port|year)$/i;
const wholeWord = /(?:Count|Limit|Offset|Page|Port|Year)$/;

/**
 * A schema for what was seen at a place and below it. It says what was seen to be true and leaves out what other values may
 * break: no format, no bounds, nothing required.
 */
export function inferSchema(body: MergedBody, at: string, name: string, speech: Speech): JsonSchema {
  const look = body.places.get(at);
  if (look === undefined) return {};
  const types = jsonTypes(look, name);
  const schemas = types.map((type) => schemaOf(type, body, at, name, speech));
  const isNull = look.types.has('null');
  if (schemas.length === 0) return isNull ? plainValue(speech) : {};
  if (schemas.length > 1) return either(schemas, isNull, speech);
  const [schema = {}] = schemas;
  return isNull ? nullable(schema, speech) : schema;
}

/** The type of a text as it stands in a path, query or header field. */
export function inferParameter(look: MergedLook, name: string): JsonSchema {
  const forms = [...look.forms.keys()];
  const type =
    forms.length > 0 && forms.every((form) => form === 'digits') && isWhole(name)
      ? 'integer'
      : forms.every((form) => form === 'boolean') && forms.length > 0
        ? 'boolean'
        : 'string';
  return { type };
}

function jsonTypes(look: MergedLook, name: string): string[] {
  const types = new Set<string>();
  for (const type of look.types.keys()) {
    if (type === 'null') continue;
    // A number that happened to be whole may not be the next time.
    types.add(type === 'integer' && !isWhole(name) ? 'number' : type);
  }
  if (types.has('number')) types.delete('integer');
  return [...types].sort();
}

function isWhole(name: string): boolean {
  return kindOfName(name) === 'identifier' || whole.test(name) || wholeWord.test(name);
}

function schemaOf(type: string, body: MergedBody, at: string, name: string, speech: Speech): JsonSchema {
  if (type === 'file') return { type: 'string', format: 'binary' };
  if (type === 'array') return { type, items: inferSchema(body, `${at}/*`, name, speech) };
  if (type !== 'object') return { type };
  const children = body.childrenOf(at);
  const properties = Object.fromEntries(
    children
      .filter((token) => token !== '{}' && token !== '*')
      .map((token) => [nameOf(token), inferSchema(body, `${at}/${token}`, nameOf(token), speech)]),
  );
  return {
    type,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(children.includes('{}') ? { additionalProperties: inferSchema(body, `${at}/{}`, name, speech) } : {}),
  };
}

/** The same schema, and null. */
function nullable(schema: JsonSchema, speech: Speech): JsonSchema {
  const { type } = schema;
  if (typeof type !== 'string') return schema;
  if (speech === '2020-12') return { ...schema, type: [type, 'null'] };
  return { ...schema, [speech === 'swagger' ? 'x-nullable' : 'nullable']: true };
}

/** Only null was seen: a text, a number or true and false, and no object of which nobody knows what it shows. */
function plainValue(speech: Speech): JsonSchema {
  if (speech === '2020-12') return { type: ['string', 'number', 'boolean', 'null'] };
  if (speech === 'swagger') return { type: 'string', 'x-nullable': true };
  return { anyOf: [{ type: 'string', nullable: true }, { type: 'number' }, { type: 'boolean' }] };
}

function either(schemas: readonly JsonSchema[], isNull: boolean, speech: Speech): JsonSchema {
  // 2.0 cannot say that a value is one or the other.
  if (speech === 'swagger') return {};
  const plain = schemas.every((schema) => Object.keys(schema).length === 1);
  if (speech === '2020-12' && plain) return { type: [...schemas.map(({ type }) => type), ...(isNull ? ['null'] : [])] };
  const [first = {}, ...rest] = schemas;
  return { anyOf: [isNull ? nullable(first, speech) : first, ...rest] };
}
