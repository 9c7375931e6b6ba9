// Reference pages of what people write: options, castellan.yaml, authentication entries, x-castellan. Made from the tables that
// say who enforces each word, and from the schemas by which words are read.
import { enforcers, vocabularySchema } from '@castellan/contract';
import { authenticationReaders } from '../../packages/guard/src/authenticate/read-configuration.ts';
import { authenticationWords } from '../../packages/guard/src/configuration/authentication-words.ts';
import { optionWords, type Word } from '../../packages/guard/src/configuration/words.ts';
import { optionsReader } from '../../packages/guard/src/read-options.ts';
import { castellanYamlReader } from '../../packages/gateway/src/configuration/castellan-file/read.ts';
import { castellanWords } from '../../packages/gateway/src/configuration/castellan-file/words.ts';
import { gatewayOptionsReader } from '../../packages/gateway/src/configuration/read-options.ts';
import { gatewayWords } from '../../packages/gateway/src/configuration/words.ts';
import { guideOf, linkTo } from './guides.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Row {
  readonly key: string;
  readonly values: string;
  readonly description: string;
  readonly stage: string;
}

const list = (value: unknown): readonly Schema[] => (Array.isArray(value) ? (value as readonly Schema[]) : []);

/** Every schema that describes what stands at a path of keys; `*` is a name that the writer chooses. */
function schemasAt(schema: Schema, keys: readonly string[]): readonly Schema[] {
  const alternatives = [...list(schema['anyOf']), ...list(schema['allOf']), ...list(schema['oneOf'])];
  const items = schema['items'] as Schema | undefined;
  const [key, ...rest] = keys;
  if (key === undefined) return [schema];
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const own = properties[key];
  const other = schema['additionalProperties'];
  return [
    ...(own === undefined ? [] : schemasAt(own, rest)),
    ...(key === '*' && typeof other === 'object' && other !== null ? schemasAt(other as Schema, rest) : []),
    ...alternatives.flatMap((one) => schemasAt(one, keys)),
    ...(items === undefined ? [] : schemasAt(items, keys)),
  ];
}

/** The values that a schema takes, in few words. */
function valuesOf(schema: Schema, depth = 0): readonly string[] {
  if (depth > 4) return [];
  const { const: only, enum: listed, type, items } = schema;
  if (only !== undefined) return [`\`${JSON.stringify(only)}\``];
  if (Array.isArray(listed)) return listed.map((one) => `\`${String(one)}\``);
  const alternatives = [...list(schema['anyOf']), ...list(schema['oneOf'])].flatMap((one) => valuesOf(one, depth + 1));
  if (alternatives.length > 0) return [...new Set(alternatives)];
  if (type === 'array')
    return items === undefined ? ['list'] : [`list of ${valuesOf(items as Schema, depth + 1).join(' or ')}`];
  if (type === 'string') return ['text'];
  if (type === 'integer' || type === 'number') {
    const { minimum, maximum } = schema as { readonly minimum?: number; readonly maximum?: number };
    const range = minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}…${maximum ?? ''}`;
    return [`${type === 'integer' ? 'whole number' : 'number'}${range}`];
  }
  if (typeof type === 'string') return [type];
  const all = list(schema['allOf']).flatMap((one) => valuesOf(one, depth + 1));
  return all.length > 0 ? [...new Set(all)].slice(0, 1) : [];
}

function rowsOf(
  words: Readonly<Record<string, { readonly stage: string; readonly description?: string }>>,
  schema: (key: string) => readonly Schema[],
): readonly Row[] {
  return Object.entries(words).map(([key, { stage, description }]) => {
    const schemas = schema(key);
    const described = description ?? schemas.map((one) => one['description']).find((one) => typeof one === 'string');
    const values = [...new Set(schemas.flatMap((one) => valuesOf(one)))].join(', ');
    return { key, values, description: String(described ?? ''), stage };
  });
}

/** Words that no guide shows; filled while the pages are made. */
export const unshownWords = new Set<string>();

function table(rows: readonly Row[], head: string): string {
  const cell = (text: string): string =>
    text
      .replaceAll('|', String.raw`\|`)
      .replaceAll('<', '&lt;')
      .replaceAll('\n', ' ');
  return [
    `| ${head} | values | what it says | in force | shown in |`,
    '| --- | --- | --- | --- | --- |',
    ...rows.map(({ key, values, description, stage }) => {
      const guide = guideOf(key);
      if (guide === undefined) unshownWords.add(key);
      const shown = guide === undefined ? '' : linkTo(guide);
      return `| \`${key}\` | ${values === '' ? 'only in code' : cell(values)} | ${cell(description)} | ${stage} | ${shown} |`;
    }),
  ].join('\n');
}

const by = (schema: Schema) => (key: string) => schemasAt(schema, key.split('.'));
const note =
  'Made from the code by `npm run reference`. *In force* says which stage of a request the word changes: see [guard](../guard.md).';

/** Text of each page, by its name. */
export function tablePages(): Readonly<Record<string, string>> {
  const own = Object.fromEntries(
    Object.entries(gatewayWords).filter(([key]) => (optionWords as Readonly<Record<string, Word>>)[key] === undefined),
  );
  const levels = vocabularySchema()['$defs'] as Readonly<Record<string, Schema>>;
  const where: Readonly<Record<string, string>> = {
    api: 'At the root of the document',
    operation: 'On an operation, or on a path item for all of its operations',
    parameter: 'On a parameter',
    schema: 'On a schema or a property',
  };
  return {
    'guard-options.md': `# Options of the guard

${note} They are given to \`createGuard\`, and to the gateway and \`castellan.yaml\` as well. A point stands for an object in an object: \`limits.maxBody\`
is \`limits: { maxBody: … }\`. JSON Schema: [guard-options.json](../../schemas/guard-options.json).

${table(rowsOf(optionWords, by(optionsReader.schema)), 'option')}
`,
    'gateway-options.md': `# Options of the gateway

${note} Beside the [options of the guard](guard-options.md). Flags of \`castellan gateway\` are in [commands](commands.md). JSON Schema:
[gateway-options.json](../../schemas/gateway-options.json).

${table(rowsOf(own, by(gatewayOptionsReader.schema)), 'option')}
`,
    'castellan-yaml.md': `# castellan.yaml

${note} What an OpenAPI document cannot say: where the API runs and who the trusted issuers are. JSON Schema:
[castellan.json](../../schemas/castellan.json).

${table(rowsOf(castellanWords, by(castellanYamlReader.schema)), 'key')}
`,
    'authentication.md': `# Entries of \`authentication\`

${note} One entry for each security scheme of the document, by its name. What each kind is for, with an example, is in
[authentication](../authentication.md); JSON Schema: [authentication.json](../../schemas/authentication.json).

${table(
  rowsOf(authenticationWords, (key) => {
    const [kind = '', ...rest] = key.split('.');
    const reader = (authenticationReaders as Readonly<Record<string, { readonly schema: Schema }>>)[kind];
    return reader === undefined ? [] : schemasAt(reader.schema, rest);
  }),
  'entry',
)}
`,
    'x-castellan.md': `# \`x-castellan\`

${note} The one extension of the OpenAPI document, in it or in an overlay; an unknown key is an error. JSON Schema:
[x-castellan.json](../../schemas/x-castellan.json).

${Object.entries(levels)
  .map(([level, schema]) => {
    const words = Object.fromEntries(
      Object.entries(enforcers)
        .filter(([key]) => key.startsWith(`${level}.`))
        .map(([key, word]) => [key.slice(level.length + 1), word]),
    );
    return `## ${where[level] ?? level}\n\n${table(rowsOf(words, by(schema)), 'key')}\n`;
  })
  .join('\n')}`,
  };
}
