import { describeKeys } from '@castellan/contract';
import { authenticationReaders } from '../authenticate/read-configuration.ts';
import { optionsReader } from '../read-options.ts';
import { authenticationWords } from './authentication-words.ts';
import { optionWords } from './words.ts';
import { presetMembers } from '../authenticate/presets/expand.ts';
import { presets } from '../authenticate/presets/index.ts';
import { onlyInCode, someOf, text, type JsonSchema } from './reader.ts';

const reference = {
  description: '${env:NAME} or ${file:path}, alone or within a text; read when the guard starts.',
  type: 'string',
  pattern: '\\$\\{(?:env|file):[^}]+\\}',
};

/**
 * The JSON Schema of an authentication file: `schemas/authentication.json` is this. Which entry fits which security
 * scheme is decided by the contract.
 */
export function authenticationSchema(): JsonSchema {
  const kinds = Object.entries(authenticationReaders)
    .filter(([kind, { schema }]) => isWritable(schema, kind))
    .map(([kind, { schema }]) => describeKeys(schema, kind, (path) => authenticationWords[path]?.description));
  const tokens = describeKeys(
    authenticationReaders.issuer.schema,
    'issuer',
    (path) => authenticationWords[path]?.description,
  );
  const preset = presetSchema(tokens['properties'] as Readonly<Record<string, JsonSchema>>);
  const issuers = {
    type: 'array',
    minItems: 1,
    items: { anyOf: [tokens, preset] },
    description: 'Several issuers, each with what holds for its tokens.',
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:authentication',
    title: 'Castellan authentication',
    description: 'Trusted issuers, keys and users, by the security scheme names of the OpenAPI document.',
    type: 'object',
    additionalProperties: withReferences({ anyOf: [...kinds, preset, issuers] }),
    $defs: { reference },
  };
}

/** What a provider's tokens are like by its name; which parameters it needs is said when it is read. */
function presetSchema(members: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const whatIs = (name: string): string =>
    [...new Set(presets.flatMap(({ parameters }) => parameters[name] ?? []))].join('; ');
  const parameters = presetMembers
    .filter((name) => name !== 'preset')
    .map((name) => [name, { ...someOf(text).schema, description: `Of a preset: ${whatIs(name)}.` }]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...members,
      ...Object.fromEntries(parameters),
      preset: { enum: presets.map(({ name }) => name), description: "What a provider's tokens are like, by its name." },
    },
    required: ['preset'],
  };
}

/** The JSON Schema of the options of a guard: `schemas/guard-options.json` is this. */
export function optionsSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:guard-options',
    title: 'Castellan guard options',
    description: 'How a guard is set up. References are read within authentication only.',
    ...describeKeys(optionsReader.schema, '', (path) => optionWords[path]?.description),
  };
}

/** Whether the member that says which kind it is can be written. */
function isWritable(schema: JsonSchema, kind: string): boolean {
  const properties = schema['properties'] as Readonly<Record<string, unknown>>;
  return properties[kind] !== onlyInCode;
}

/** A reference may stand wherever a text, a number or a choice may. */
function withReferences(schema: JsonSchema): JsonSchema {
  const { type, minLength = 0, description, ...rest } = schema;
  const isLeaf = rest['enum'] !== undefined || rest['pattern'] !== undefined || rest['allOf'] !== undefined;
  if (isLeaf || type === 'number' || type === 'integer' || Number(minLength) > 1) {
    const said = { ...(type === undefined ? {} : { type }), ...(Number(minLength) > 0 ? { minLength } : {}), ...rest };
    return { ...(description === undefined ? {} : { description }), anyOf: [said, { $ref: '#/$defs/reference' }] };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties')
        return [
          keyword,
          Object.fromEntries(
            Object.entries(value as Readonly<Record<string, JsonSchema>>).map(([name, inner]) => [
              name,
              withReferences(inner),
            ]),
          ),
        ];
      if (keyword === 'anyOf') return [keyword, (value as readonly JsonSchema[]).map((inner) => withReferences(inner))];
      if (keyword === 'items' || (keyword === 'additionalProperties' && typeof value === 'object'))
        return [keyword, withReferences(value as JsonSchema)];
      return [keyword, value];
    }),
  );
}
