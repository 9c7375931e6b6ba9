import type { Version } from '../normalise/reading.ts';
import { schemaOf } from './schema.ts';
import {
  any,
  boolean,
  extensible,
  list,
  map,
  object,
  prose,
  table,
  text,
  texts,
  type Kind,
  type Shape,
} from './shape.ts';

type Members = Readonly<Record<string, Kind>>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The objects of one version of OpenAPI, beginning with the document itself (3.2, section 4; Swagger 2.0, section 'Schema'). */
function grammar3(version: Version): Shape {
  const schema: Kind = {
    is: 'schema',
    of: () => schemaOf(version === '3.0' ? 'openapi-3.0' : '2020-12'),
    closed: false,
  };
  const shape = (name: string, members: Members, more: Partial<Shape> = {}): Shape => ({
    name,
    members: table(members),
    reference: 'expanded',
    ...more,
  });
  const described: Members = { description: any, summary: any };
  const later = version === '3.2';
  const variable = shape('Server Variable Object', { enum: texts, default: text, description: any });
  const server = shape('Server Object', {
    url: text,
    description: any,
    variables: map(object(() => variable)),
    ...(later ? { name: any } : {}),
  });
  const servers = list(object(() => server));
  const serialised: Members = {
    ...described,
    required: boolean,
    deprecated: boolean,
    allowEmptyValue: boolean,
    style: text,
    explode: boolean,
    allowReserved: boolean,
    schema,
    example: any,
    examples: any,
    content: map(object(() => media)),
  };
  const header = shape('Header Object', serialised, { reference: 'followed' });
  const parameter = shape('Parameter Object', { ...serialised, name: text, in: text }, { reference: 'followed' });
  const encoding: Shape = shape('Encoding Object', {
    contentType: text,
    headers: map(object(() => header)),
    style: text,
    explode: boolean,
    allowReserved: boolean,
    ...(later ? { encoding: any, prefixEncoding: any, itemEncoding: any } : {}),
  });
  const media: Shape = shape(
    'Media Type Object',
    {
      schema,
      example: any,
      examples: any,
      encoding: map(object(() => encoding)),
      ...(later ? { itemSchema: schema, prefixEncoding: any, itemEncoding: any, ...described } : {}),
    },
    { reference: 'followed' },
  );
  const content = map(object(() => media));
  const body = shape('Request Body Object', { ...described, content, required: boolean }, { reference: 'followed' });
  const response = shape(
    'Response Object',
    { ...described, content, headers: map(object(() => header)), links: any },
    { reference: 'followed' },
  );
  const callback: Shape = shape('Callback Object', {}, { reference: 'followed', others: object(() => pathItem) });
  const parameters = list(object(() => parameter));
  const operation: Shape = shape(
    'Operation Object',
    {
      ...described,
      tags: texts,
      externalDocs: any,
      operationId: text,
      parameters,
      requestBody: object(() => body),
      responses: extensible(object(() => response)),
      callbacks: map(object(() => callback)),
      deprecated: boolean,
      security: any,
      servers,
    },
    { reference: 'refused' },
  );
  const pathItem: Shape = shape(
    'Path Item Object',
    {
      ...described,
      $ref: text,
      servers,
      parameters,
      ...Object.fromEntries(
        [...METHODS, ...(later ? ['query'] : [])].map((method) => [method, object(() => operation)]),
      ),
      ...(later ? { additionalOperations: map(object(() => operation)) } : {}),
    },
    { reference: 'followed', anyCase: new Set([...METHODS, 'query']) },
  );
  const flow = shape('OAuth Flow Object', {
    authorizationUrl: text,
    tokenUrl: text,
    refreshUrl: text,
    deviceAuthorizationUrl: text,
    scopes: extensible(prose),
  });
  const flows = shape(
    'OAuth Flows Object',
    Object.fromEntries(
      ['implicit', 'password', 'clientCredentials', 'authorizationCode', 'deviceAuthorization'].map((name) => [
        name,
        object(() => flow),
      ]),
    ),
  );
  const scheme = shape(
    'Security Scheme Object',
    {
      ...described,
      type: text,
      name: text,
      in: text,
      scheme: text,
      bearerFormat: any,
      flows: object(() => flows),
      openIdConnectUrl: text,
      oauth2MetadataUrl: text,
      deprecated: boolean,
    },
    { reference: 'followed' },
  );
  const components = shape('Components Object', {
    schemas: map(schema),
    responses: map(object(() => response)),
    parameters: map(object(() => parameter)),
    examples: any,
    requestBodies: map(object(() => body)),
    headers: map(object(() => header)),
    securitySchemes: map(object(() => scheme)),
    links: any,
    callbacks: map(object(() => callback)),
    pathItems: map(object(() => pathItem)),
    ...(later ? { mediaTypes: content } : {}),
  });
  const info = shape('Info Object', { title: prose, version: prose }, { others: any });
  return shape('OpenAPI Object', {
    openapi: any,
    $self: any,
    info: object(() => info),
    jsonSchemaDialect: any,
    servers,
    paths: extensible(object(() => pathItem)),
    ...(version === '3.0' ? {} : { webhooks: map(object(() => pathItem)) }),
    components: object(() => components),
    security: any,
    tags: any,
    externalDocs: any,
  });
}

function grammar2(): Shape {
  const schema: Kind = { is: 'schema', of: () => schemaOf('openapi-3.0'), closed: false };
  const written = schemaOf('openapi-3.0').members;
  const shape = (name: string, members: Members, more: Partial<Shape> = {}): Shape => ({
    name,
    members: table(members),
    reference: 'expanded',
    ...more,
  });
  const header = shape('Header Object', { ...written, type: text, collectionFormat: text });
  const parameter = shape(
    'Parameter Object',
    {
      ...written,
      type: text,
      name: text,
      in: text,
      required: boolean,
      allowEmptyValue: boolean,
      collectionFormat: text,
      schema,
    },
    { reference: 'followed' },
  );
  const response = shape(
    'Response Object',
    { description: any, schema, headers: map(object(() => header)), examples: any },
    { reference: 'followed' },
  );
  const parameters = list(object(() => parameter));
  const operation = shape(
    'Operation Object',
    {
      tags: texts,
      summary: any,
      description: any,
      externalDocs: any,
      operationId: text,
      consumes: texts,
      produces: texts,
      parameters,
      responses: extensible(object(() => response)),
      schemes: texts,
      deprecated: boolean,
      security: any,
    },
    { reference: 'refused' },
  );
  const pathItem = shape(
    'Path Item Object',
    {
      $ref: text,
      parameters,
      ...Object.fromEntries(METHODS.map((method) => [method, object(() => operation)])),
    },
    { reference: 'followed', anyCase: new Set([...METHODS, 'query']) },
  );
  const scheme = shape('Security Scheme Object', {
    type: text,
    description: any,
    name: text,
    in: text,
    flow: text,
    authorizationUrl: text,
    tokenUrl: text,
    scopes: extensible(prose),
  });
  const info = shape('Info Object', { title: prose, version: prose }, { others: any });
  return shape('Swagger Object', {
    swagger: any,
    info: object(() => info),
    host: text,
    basePath: text,
    schemes: texts,
    consumes: texts,
    produces: texts,
    paths: extensible(object(() => pathItem)),
    definitions: map(schema),
    parameters: map(object(() => parameter)),
    responses: map(object(() => response)),
    securityDefinitions: map(object(() => scheme)),
    security: any,
    tags: any,
    externalDocs: any,
  });
}

const grammars = new Map<Version, Shape>();

/** The shape of a document of a version. */
export function grammarOf(version: Version): Shape {
  let known = grammars.get(version);
  if (known === undefined) grammars.set(version, (known = version === '2.0' ? grammar2() : grammar3(version)));
  return known;
}
