import type { Dialect } from '../model.ts';
import { any, boolean, list, map, number, object, table, text, texts, type Kind, type Shape } from './shape.ts';

const discriminator: Shape = {
  name: 'Discriminator Object',
  members: table({ propertyName: text, mapping: map(text), defaultMapping: text }),
  reference: 'expanded',
};

function annotations(): Readonly<Record<string, Kind>> {
  return {
    title: any,
    description: any,
    default: any,
    example: any,
    examples: any,
    xml: any,
    externalDocs: any,
    deprecated: boolean,
    readOnly: boolean,
    writeOnly: boolean,
    discriminator: object(() => discriminator),
    // 3.0 has it; in a later document it is nearly always meant.
    nullable: boolean,
  };
}

function assertions(): Readonly<Record<string, Kind>> {
  return {
    type: { is: 'types' },
    format: text,
    enum: { is: 'values' },
    required: texts,
    pattern: text,
    maximum: number,
    minimum: number,
    exclusiveMaximum: { is: 'limit' },
    exclusiveMinimum: { is: 'limit' },
    multipleOf: number,
    maxLength: number,
    minLength: number,
    maxItems: number,
    minItems: number,
    maxProperties: number,
    minProperties: number,
    uniqueItems: boolean,
  };
}

function schemaShape(name: string, more: (schema: Kind) => Readonly<Record<string, Kind>>): Shape {
  const schema: Kind = { is: 'schema', of: () => shape, closed: false };
  const closed: Kind = { ...schema, closed: true };
  const shape: Shape = {
    name,
    members: table(
      annotations(),
      assertions(),
      {
        $ref: text,
        properties: map(schema),
        additionalProperties: closed,
        items: { is: 'schemas', one: schema, several: list(schema) },
        allOf: list(schema),
        anyOf: list(schema),
        oneOf: list(schema),
        not: schema,
      },
      more(schema),
    ),
    reference: 'followed',
    schema: true,
  };
  return shape;
}

/** Schemas of 2.0 and 3.0. */
const openapi30: Shape = schemaShape('Schema Object', (schema) => ({
  // Read although 3.0 has them not: references lead there, and validators of draft 4 read them.
  definitions: map(schema),
  additionalItems: { is: 'schema', of: () => openapi30, closed: true },
  dependencies: map({ is: 'dependency', one: schema }),
}));

/** Schemas of 3.1 and later: JSON Schema 2020-12, and what older drafts have that is read all the same. */
const modern: Shape = schemaShape('schema', (schema) => ({
  $schema: text,
  $id: text,
  id: any,
  $anchor: text,
  $dynamicRef: text,
  $dynamicAnchor: text,
  $recursiveRef: any,
  $recursiveAnchor: any,
  $vocabulary: any,
  $comment: any,
  $defs: map(schema),
  definitions: map(schema),
  const: any,
  maxContains: number,
  minContains: number,
  dependentRequired: map(texts),
  dependentSchemas: map(schema),
  dependencies: map({ is: 'dependency', one: schema }),
  patternProperties: map(schema),
  propertyNames: schema,
  prefixItems: list(schema),
  additionalItems: { is: 'schema', of: () => modern, closed: true },
  contains: schema,
  unevaluatedItems: { is: 'schema', of: () => modern, closed: true },
  unevaluatedProperties: { is: 'schema', of: () => modern, closed: true },
  if: schema,
  then: schema,
  else: schema,
  contentEncoding: text,
  contentMediaType: text,
  contentSchema: schema,
}));

/** The shape of the schemas of a dialect. */
export function schemaOf(dialect: Dialect): Shape {
  return dialect === 'openapi-3.0' ? openapi30 : modern;
}

/** Whether a keyword checks something in JSON Schema 2020-12. */
export function isModernKeyword(keyword: string): boolean {
  return modern.members[keyword] !== undefined && modern.members[keyword] !== any;
}
