import { loadContract } from '@castellan/contract';
import { readArchitectureTexts } from '../../architecture/index.ts';
import type { Example } from '../definition.ts';
import { buildApi } from '../system/api.ts';
import { buildSystem } from '../system/build.ts';
import type { SystemModel } from '../system/model.ts';

type Raw = Readonly<Record<string, unknown>>;

/** The system of an example: the shorthands of its operations written out, its deployment files read. */
export async function modelOfExample(example: Example): Promise<SystemModel> {
  const architecture = readArchitectureTexts(example.files ?? {});
  const contract = await loadContract(documentOf(example));
  const [file] = architecture.castellan;
  const [api] = file?.apis ?? [];
  const deployment = file === undefined || api === undefined ? undefined : { file, api };
  return buildSystem([buildApi({ contract, architecture, deployment, profile: 'bank' })], architecture);
}

/** The OpenAPI document that an example's parts stand for. */
function documentOf({ paths = {}, schemas = {}, root, servers = ['https://api.example.com'] }: Example): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Example', version: '1' },
    ...(root === undefined ? {} : { 'x-castellan': root }),
    servers: servers.map((url) => ({ url })),
    security: [{ oauth: ['read'] }],
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, item]) => [
        path,
        Object.fromEntries(
          Object.entries(item as Raw).map(([method, operation]) => [method, operationOf(path, operation as Raw)]),
        ),
      ]),
    ),
    components: {
      schemas,
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: 'https://login.example.com/a',
              tokenUrl: 'https://login.example.com/t',
              scopes: { read: '', write: '', admin: '' },
            },
          },
        },
        basic: { type: 'http', scheme: 'basic' },
        queryKey: { type: 'apiKey', in: 'query', name: 'key' },
        headerKey: { type: 'apiKey', in: 'header', name: 'X-Key' },
        mtls: { type: 'mutualTLS' },
      },
    },
  };
}

/** Shorthands: `answer`, `body` and `error` name a schema, `inlineBody` is one, `upload` takes a file, `query` names a parameter. */
function operationOf(path: string, raw: Raw): object {
  const { answer, body, error, inlineBody, upload, query, ...rest } = raw;
  const content = (name: unknown): object => ({
    content: {
      'application/json': { schema: typeof name === 'string' ? { $ref: `#/components/schemas/${name}` } : name },
    },
  });
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    ...rest,
    parameters: [
      ...parameters,
      ...(query === undefined ? [] : [{ name: query, in: 'query', schema: { type: 'string' } }]),
    ],
    ...(body === undefined && inlineBody === undefined ? {} : { requestBody: content(body ?? inlineBody) }),
    ...(upload === true
      ? {
          requestBody: {
            content: {
              'multipart/form-data': { schema: { type: 'object', properties: { file: { type: 'string' } } } },
            },
          },
        }
      : {}),
    responses: {
      '200': { description: 'ok', ...(answer === undefined ? {} : content(answer)) },
      ...(error === undefined ? {} : { '4XX': { description: 'refused', ...content(error) } }),
    },
  };
}
