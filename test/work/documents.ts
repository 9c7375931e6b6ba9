// Work on documents grows no faster than they: loading, compiling, checking, comparing, types, policy schemas.
import { times, type Measured } from './measured.ts';
import { fileOf } from './guarded.ts';
import { checkContract, contractRules } from '@castellan/assess/posture';
import { diffContracts } from '@castellan/assess/diff';
import { compileRoutes, compileSchema, compileUndocumented, generateTypes, loadContract } from '@castellan/contract';
import { policySchema } from '@castellan/policy';
import assert from 'node:assert/strict';

const now = Date.parse('2026-11-25');
type Json = Record<string, unknown>;
type Make = (n: number) => Json;

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const schemasOf = (n: number, make: (index: number) => object): Json =>
  Object.fromEntries(times(n, (i) => [`S${i}`, make(i)]));
const answer = (schema: object): object => ({
  200: { description: 'It', content: { 'application/json': { schema } } },
});

function api(paths: object, schemas: Json = {}, more: object = {}): Json {
  return { openapi: '3.1.0', info: { title: 'Work', version: '1' }, paths, components: { schemas }, ...more };
}
const read = (n: number, schema: (index: number) => object): object =>
  Object.fromEntries(
    times(n, (i) => [
      `/things${i}/{id}`,
      {
        get: {
          operationId: `get${i}`,
          tags: [`t${i}`],
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: answer(schema(i)),
        },
      },
    ]),
  );
const object = (i: number): object => ({
  type: 'object',
  properties: { id: { type: 'string' }, [`p${i}`]: { type: 'integer' } },
});

const documents: Readonly<Record<string, Make>> = {
  'many operations': (n) => api(read(n, object)),
  'many schemas': (n) =>
    api(
      read(n, (i) => ref(`S${i}`)),
      schemasOf(n, object),
    ),
  'schemas in a row': (n) =>
    api(
      read(1, () => ref('S0')),
      schemasOf(n, (i) => ({ type: 'object', properties: i + 1 < n ? { next: ref(`S${i + 1}`) } : {} })),
    ),
  'schemas that name one': (n) =>
    api(
      read(n, (i) => ref(`S${i}`)),
      schemasOf(n, () => ({ type: 'object', properties: { first: ref('S0') } })),
    ),
  alternatives: (n) =>
    api(
      read(1, () => ({ anyOf: times(n, (i) => ref(`S${i}`)) })),
      schemasOf(n, object),
    ),
  'a long allOf': (n) =>
    api(
      read(1, () => ({ allOf: times(n, (i) => ref(`S${i}`)) })),
      schemasOf(n, object),
    ),
  'many properties': (n) =>
    api(read(1, () => ({ type: 'object', properties: schemasOf(n, () => ({ type: 'string', maxLength: 9 })) }))),
  'a long enum': (n) => api(read(1, () => ({ type: 'string', enum: times(n, (i) => `v${i}`) }))),
  'many parameters': (n) =>
    api({
      '/a': {
        get: {
          parameters: times(n, (i) => ({ name: `p${i}`, in: 'query', schema: { type: 'integer' } })),
          responses: answer({}),
        },
      },
    }),
  'many tags': (n) => api(read(n, object), {}, { tags: times(n, (i) => ({ name: `t${i}` })) }),
  'many scopes': (n) =>
    api(
      read(3, object),
      {},
      {
        security: [{ login: times(n, (i) => `s${i}`) }],
        components: {
          schemas: {},
          securitySchemes: {
            login: {
              type: 'oauth2',
              flows: {
                clientCredentials: {
                  tokenUrl: 'https://login.example.com',
                  scopes: Object.fromEntries(times(n, (i) => [`s${i}`, ''])),
                },
              },
            },
          },
        },
      },
    ),
  'many servers': (n) =>
    api(read(1, object), {}, { servers: times(n, (i) => ({ url: `https://a${i}.example.com/v${i}` })) }),
  resources: (n) =>
    api(
      read(n, (i) => ref(`S${i}`)),
      schemasOf(n, (i) => ({ ...object(i), 'x-castellan': { resource: `S${i}` } })),
    ),
};

/** Every document, by one of the ways in which documents are used. */
function used(
  kind: string,
  n: number,
  use: (document: Json) => Promise<unknown>,
  but: readonly string[] = [],
): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(documents).flatMap(([name, make]) =>
      but.includes(name)
        ? []
        : [[`${kind}: ${name}`, { n, bounded: true, prepare: (size) => () => use(make(size)) } satisfies Measured]],
    ),
  );
}

/** A text that is loaded from a file; where it is refused, by its code. */
function file(n: number, ending: string, make: (n: number) => string, code?: string): Measured {
  return {
    n,
    bounded: code !== undefined,
    prepare: (size) => {
      const path = fileOf(make(size), ending);
      return async () => {
        const loading = loadContract(path);
        await (code === undefined ? loading : assert.rejects(loading, { code }));
      };
    },
  };
}
const head = 'openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths: {}\n';

export const documentCases: Readonly<Record<string, Measured>> = {
  ...used('loaded', 60, (document) => loadContract(document)),
  ...used('as text', 60, (document) => loadContract(fileOf(JSON.stringify(document, undefined, 1), '.json'))),
  ...used('compiled', 60, async (document) => {
    const contract = await loadContract(document);
    compileRoutes(contract);
    for (const { responses } of contract.operations)
      for (const { content } of responses)
        for (const { schema } of content)
          if (schema !== undefined) {
            const compiled = compileSchema(contract, schema, { direction: 'response' });
            compiled.check({ id: 1 });
            compiled.explain({ id: 1 });
            compileUndocumented(contract, schema, 'response')?.in({ other: 1 });
          }
  }),
  ...used('checked', 60, async (document) =>
    checkContract(await loadContract(document), { rules: contractRules, now }),
  ),
  ...used('as types', 60, async (document) => generateTypes(await loadContract(document))),
  ...used('policy schema', 60, async (document) => policySchema(await loadContract(document))),
  ...used('compared', 60, async (document) => {
    const [before, after] = [await loadContract(document), await loadContract(structuredClone(document))];
    return diffContracts(before, after);
  }),
  'YAML: a list': file(250, '.yaml', (n) => `${head}x-list:\n${'- a\n'.repeat(n)}`),
  'YAML: a mapping': file(250, '.yaml', (n) => `${head}x-map:\n${times(n, (i) => `  k${i}: 1\n`).join('')}`),
  'YAML: aliases': file(250, '.yaml', (n) => `${head}x-a: &a [1, 2]\nx-list:\n${'- *a\n'.repeat(n)}`),
  'YAML: anchors': file(250, '.yaml', (n) => `${head}x-list:\n${times(n, (i) => `- &a${i} 1\n`).join('')}`),
  'YAML: a key many times': file(250, '.yaml', (n) => `${head}x-map:\n${'  k: 1\n'.repeat(n)}`),
  'YAML: comments': file(250, '.yaml', (n) => `${'# comment\n'.repeat(n)}${head}`),
  'YAML: a long text': file(250, '.yaml', (n) => `${head}x-text: |\n${'  line\n'.repeat(n)}`),
  'YAML: a folded text': file(250, '.yaml', (n) => `${head}x-text: >\n${'  line\n\n'.repeat(n)}`),
  'YAML: a quoted text': file(250, '.yaml', (n) => `${head}x-text: "${'a\\n'.repeat(n)}"`),
  'YAML: flow lists in a flow list': file(250, '.yaml', (n) => `${head}x-list: [${'[], '.repeat(n)}]`),
  'YAML: deep': file(100, '.yaml', (n) => `${head}x-list: ${'['.repeat(n)}${']'.repeat(n)}`),
  'JSON: a list': file(500, '.json', (n) => JSON.stringify({ ...api({}), 'x-list': times(n, (i) => i) })),
  'JSON: a key many times': file(
    500,
    '.json',
    (n) => `{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{},"x":{${times(n, () => '"k":1').join()}}}`,
  ),
  'JSON: no JSON': file(500, '.json', (n) => `{"openapi":"3.1.0","x":[${'1,'.repeat(n)}`, 'invalid-json'),
};
