// The meta-schema of JSON Schema 2020-12 and of its vocabularies, as published at json-schema.org.
// Copyright (c) JSON Schema specification authors. Distributed under the BSD 3-Clause licence or the Academic Free License 3.0,
// at the reader's choice (https://github.com/json-schema-org/json-schema-spec/blob/main/LICENSE).

const base = 'https://json-schema.org/draft/2020-12';
const dialect = `${base}/schema`;

const names = ['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'] as const;

const schemaList = { type: 'array', minItems: 1, items: { $dynamicRef: '#meta' } };
const schemaMap = { type: 'object', additionalProperties: { $dynamicRef: '#meta' }, default: {} };
const any = { $dynamicRef: '#meta' };
const count = { type: 'integer', minimum: 0 };
const countFromZero = { $ref: '#/$defs/nonNegativeInteger', default: 0 };
const stringList = { type: 'array', items: { type: 'string' }, uniqueItems: true, default: [] };

function vocabulary(
  name: string,
  title: string,
  properties: Record<string, unknown>,
  more: Record<string, unknown> = {},
): [string, unknown] {
  return [
    `${base}/meta/${name}`,
    {
      $schema: dialect,
      $id: `${base}/meta/${name}`,
      $vocabulary: { [`${base}/vocab/${name}`]: true },
      $dynamicAnchor: 'meta',
      title,
      type: ['object', 'boolean'],
      properties,
      ...more,
    },
  ];
}

export const draft202012: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [
    dialect,
    {
      $schema: dialect,
      $id: dialect,
      $vocabulary: Object.fromEntries(names.map((name) => [`${base}/vocab/${name}`, true])),
      $dynamicAnchor: 'meta',
      title: 'Core and Validation specifications meta-schema',
      allOf: names.map((name) => ({ $ref: `meta/${name}` })),
      type: ['object', 'boolean'],
      properties: {
        definitions: { ...schemaMap, deprecated: true },
        dependencies: {
          type: 'object',
          additionalProperties: { anyOf: [any, { $ref: 'meta/validation#/$defs/stringArray' }] },
          deprecated: true,
          default: {},
        },
        $recursiveAnchor: { $ref: 'meta/core#/$defs/anchorString', deprecated: true },
        $recursiveRef: { $ref: 'meta/core#/$defs/uriReferenceString', deprecated: true },
      },
    },
  ],
  vocabulary(
    'core',
    'Core vocabulary meta-schema',
    {
      $id: { $ref: '#/$defs/uriReferenceString', pattern: '^[^#]*#?$' },
      $schema: { $ref: '#/$defs/uriString' },
      $ref: { $ref: '#/$defs/uriReferenceString' },
      $anchor: { $ref: '#/$defs/anchorString' },
      $dynamicRef: { $ref: '#/$defs/uriReferenceString' },
      $dynamicAnchor: { $ref: '#/$defs/anchorString' },
      $vocabulary: {
        type: 'object',
        propertyNames: { $ref: '#/$defs/uriString' },
        additionalProperties: { type: 'boolean' },
      },
      $comment: { type: 'string' },
      $defs: { type: 'object', additionalProperties: any },
    },
    {
      $defs: {
        anchorString: { type: 'string', pattern: '^[A-Za-z_][-A-Za-z0-9._]*$' },
        uriString: { type: 'string', format: 'uri' },
        uriReferenceString: { type: 'string', format: 'uri-reference' },
      },
    },
  ),
  vocabulary(
    'applicator',
    'Applicator vocabulary meta-schema',
    {
      prefixItems: { $ref: '#/$defs/schemaArray' },
      items: any,
      contains: any,
      additionalProperties: any,
      properties: schemaMap,
      patternProperties: { ...schemaMap, propertyNames: { format: 'regex' } },
      dependentSchemas: schemaMap,
      propertyNames: any,
      if: any,
      // oxlint-disable-next-line unicorn/no-thenable
      then: any,
      else: any,
      allOf: { $ref: '#/$defs/schemaArray' },
      anyOf: { $ref: '#/$defs/schemaArray' },
      oneOf: { $ref: '#/$defs/schemaArray' },
      not: any,
    },
    { $defs: { schemaArray: schemaList } },
  ),
  vocabulary('unevaluated', 'Unevaluated applicator vocabulary meta-schema', {
    unevaluatedItems: any,
    unevaluatedProperties: any,
  }),
  vocabulary(
    'validation',
    'Validation vocabulary meta-schema',
    {
      type: {
        anyOf: [
          { $ref: '#/$defs/simpleTypes' },
          { type: 'array', items: { $ref: '#/$defs/simpleTypes' }, minItems: 1, uniqueItems: true },
        ],
      },
      const: true,
      enum: { type: 'array', items: true },
      multipleOf: { type: 'number', exclusiveMinimum: 0 },
      maximum: { type: 'number' },
      exclusiveMaximum: { type: 'number' },
      minimum: { type: 'number' },
      exclusiveMinimum: { type: 'number' },
      maxLength: { $ref: '#/$defs/nonNegativeInteger' },
      minLength: { $ref: '#/$defs/nonNegativeIntegerDefault0' },
      pattern: { type: 'string', format: 'regex' },
      maxItems: { $ref: '#/$defs/nonNegativeInteger' },
      minItems: { $ref: '#/$defs/nonNegativeIntegerDefault0' },
      uniqueItems: { type: 'boolean', default: false },
      maxContains: { $ref: '#/$defs/nonNegativeInteger' },
      minContains: { $ref: '#/$defs/nonNegativeInteger', default: 1 },
      maxProperties: { $ref: '#/$defs/nonNegativeInteger' },
      minProperties: { $ref: '#/$defs/nonNegativeIntegerDefault0' },
      required: { $ref: '#/$defs/stringArray' },
      dependentRequired: { type: 'object', additionalProperties: { $ref: '#/$defs/stringArray' } },
    },
    {
      $defs: {
        nonNegativeInteger: count,
        nonNegativeIntegerDefault0: countFromZero,
        simpleTypes: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
        stringArray: stringList,
      },
    },
  ),
  vocabulary('meta-data', 'Meta-data vocabulary meta-schema', {
    title: { type: 'string' },
    description: { type: 'string' },
    default: true,
    deprecated: { type: 'boolean', default: false },
    readOnly: { type: 'boolean', default: false },
    writeOnly: { type: 'boolean', default: false },
    examples: { type: 'array', items: true },
  }),
  vocabulary('format-annotation', 'Format vocabulary meta-schema for annotation results', {
    format: { type: 'string' },
  }),
  vocabulary('format-assertion', 'Format vocabulary meta-schema for assertion results', { format: { type: 'string' } }),
  vocabulary('content', 'Content vocabulary meta-schema', {
    contentEncoding: { type: 'string' },
    contentMediaType: { type: 'string' },
    contentSchema: any,
  }),
]);
