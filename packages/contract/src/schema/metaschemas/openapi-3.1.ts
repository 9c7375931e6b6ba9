// OpenAPI 3.1's dialect of JSON Schema and its vocabulary, as published at spec.openapis.org.
// Copyright (c) the OpenAPI Initiative. Apache License 2.0.

const dialect = 'https://spec.openapis.org/oas/3.1/dialect/base';
const base = 'https://spec.openapis.org/oas/3.1/meta/base';
const draft = 'https://json-schema.org/draft/2020-12';
const names = ['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'];

export const openapi31: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [
    dialect,
    {
      $id: dialect,
      $schema: `${draft}/schema`,
      title: 'OpenAPI 3.1 Schema Object Dialect',
      $vocabulary: {
        ...Object.fromEntries(names.map((name) => [`${draft}/vocab/${name}`, true])),
        'https://spec.openapis.org/oas/3.1/vocab/base': false,
      },
      $dynamicAnchor: 'meta',
      allOf: [{ $ref: `${draft}/schema` }, { $ref: base }],
    },
  ],
  [
    base,
    {
      $id: base,
      $schema: `${draft}/schema`,
      title: 'OAS Base vocabulary',
      $vocabulary: { 'https://spec.openapis.org/oas/3.1/vocab/base': true },
      $dynamicAnchor: 'meta',
      type: ['object', 'boolean'],
      properties: {
        example: true,
        discriminator: { $ref: '#/$defs/discriminator' },
        externalDocs: { $ref: '#/$defs/external-docs' },
        xml: { $ref: '#/$defs/xml' },
      },
      $defs: {
        extensible: { patternProperties: { '^x-': true } },
        discriminator: {
          $ref: '#/$defs/extensible',
          type: 'object',
          properties: {
            propertyName: { type: 'string' },
            mapping: { type: 'object', additionalProperties: { type: 'string' } },
          },
          required: ['propertyName'],
          unevaluatedProperties: false,
        },
        'external-docs': {
          $ref: '#/$defs/extensible',
          type: 'object',
          properties: { url: { type: 'string', format: 'uri-reference' }, description: { type: 'string' } },
          required: ['url'],
          unevaluatedProperties: false,
        },
        xml: {
          $ref: '#/$defs/extensible',
          type: 'object',
          properties: {
            name: { type: 'string' },
            namespace: { type: 'string', format: 'uri' },
            prefix: { type: 'string' },
            attribute: { type: 'boolean' },
            wrapped: { type: 'boolean' },
          },
          unevaluatedProperties: false,
        },
      },
    },
  ],
]);
