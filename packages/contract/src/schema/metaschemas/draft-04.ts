// The meta-schema of JSON Schema draft 04, as published at json-schema.org.
// Copyright (c) JSON Schema specification authors. Distributed under the BSD 3-Clause licence or the Academic Free License 3.0,
// at the reader's choice (https://github.com/json-schema-org/json-schema-spec/blob/main/LICENSE).

const any = { $ref: '#' };
const map = { type: 'object', additionalProperties: any, default: {} };
const list = { $ref: '#/definitions/schemaArray' };
const upper = { $ref: '#/definitions/positiveInteger' };
const lower = { $ref: '#/definitions/positiveIntegerDefault0' };

export const draft04: unknown = {
  id: 'http://json-schema.org/draft-04/schema#',
  $schema: 'http://json-schema.org/draft-04/schema#',
  description: 'Core schema meta-schema',
  definitions: {
    schemaArray: { type: 'array', minItems: 1, items: any },
    positiveInteger: { type: 'integer', minimum: 0 },
    positiveIntegerDefault0: { allOf: [upper, { default: 0 }] },
    simpleTypes: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
    stringArray: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
  },
  type: 'object',
  properties: {
    id: { type: 'string' },
    $schema: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string' },
    default: {},
    multipleOf: { type: 'number', minimum: 0, exclusiveMinimum: true },
    maximum: { type: 'number' },
    exclusiveMaximum: { type: 'boolean' },
    minimum: { type: 'number' },
    exclusiveMinimum: { type: 'boolean' },
    maxLength: upper,
    minLength: lower,
    pattern: { type: 'string', format: 'regex' },
    additionalItems: { anyOf: [{ type: 'boolean' }, any], default: {} },
    items: { anyOf: [any, list], default: {} },
    maxItems: upper,
    minItems: lower,
    uniqueItems: { type: 'boolean', default: false },
    maxProperties: upper,
    minProperties: lower,
    required: { $ref: '#/definitions/stringArray' },
    additionalProperties: { anyOf: [{ type: 'boolean' }, any], default: {} },
    definitions: map,
    properties: map,
    patternProperties: map,
    dependencies: { type: 'object', additionalProperties: { anyOf: [any, { $ref: '#/definitions/stringArray' }] } },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    type: {
      anyOf: [
        { $ref: '#/definitions/simpleTypes' },
        { type: 'array', items: { $ref: '#/definitions/simpleTypes' }, minItems: 1, uniqueItems: true },
      ],
    },
    format: { type: 'string' },
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: any,
  },
  dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
  default: {},
};
