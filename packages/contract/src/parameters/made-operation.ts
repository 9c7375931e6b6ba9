import type { Location, MediaType, Operation, Parameter, Schema } from '../model.ts';

/** Operations made by hand, for tests and benchmarks that need no document. */
const nowhere: Location = { document: 'made:', pointer: '' };

let made = 0;

export function aSchema(raw: Schema['raw'], dialect: Schema['dialect'] = '2020-12'): Schema {
  return { location: { document: `made:${++made}`, pointer: '' }, dialect, raw };
}

export function aParameter(given: Partial<Parameter> & Pick<Parameter, 'name' | 'in'>): Parameter {
  const style = given.style ?? (given.in === 'query' || given.in === 'cookie' ? 'form' : 'simple');
  return {
    required: given.in === 'path',
    deprecated: false,
    style,
    explode: style === 'form',
    allowReserved: false,
    allowEmptyValue: false,
    location: nowhere,
    castellan: {},
    ...given,
  };
}

export function aMediaType(type: string, raw?: Schema['raw'], more: Partial<MediaType> = {}): MediaType {
  return {
    type,
    encoding: new Map(),
    location: nowhere,
    ...(raw === undefined ? {} : { schema: aSchema(raw) }),
    ...more,
  };
}

export function anOperation(given: Partial<Operation>): Operation {
  return {
    operationId: 'made',
    operationIdDeclared: true,
    method: 'GET',
    path: '/',
    tags: [],
    deprecated: false,
    security: [],
    securityFrom: 'nowhere',
    parameters: [],
    body: undefined,
    responses: [],
    location: nowhere,
    castellan: {},
    resource: undefined,
    ...given,
  };
}
