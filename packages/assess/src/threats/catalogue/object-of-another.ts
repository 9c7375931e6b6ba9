import { need, threat, way } from '../definition.ts';
import { isOnObject } from '@castellan/meaning';

export const objectOfAnother = threat({
  id: 'object-of-another',
  title: "Somebody else's object",
  subject: 'operation',
  stride: ['elevation', 'disclosure'],
  owasp: 'API1:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Changes the identifier in a request and is given, or changes, an object that belongs to somebody else.',
  ways: [
    way(
      'With an account of their own',
      ['signs up, or uses any valid credential', 'authentication'],
      ['counts identifiers up, or collects them elsewhere', 'rate-limit'],
      ['asks for the objects of others', 'object-authorization'],
    ),
    way(
      'With the identifier of a victim',
      'finds an identifier in a link, a log or another answer',
      ['asks for that object', 'object-authorization'],
      ['reads from the refusal whether it exists', 'existence-secret'],
    ),
  ],
  find: ({ operation, api, authentication }) => {
    if (!isOnObject(operation)) return undefined;
    const known =
      operation.resource?.declared === true ||
      (operation.resource !== undefined && api.contract.resources.get(operation.resource.type)?.declared === true);
    const open = authentication.anonymous && operation.method === 'GET' && operation.securityFrom === 'operation';
    return open
      ? undefined
      : [
          need(
            'object-authorization',
            known,
            'no resource is declared, so no policy can decide about the object',
            `the resource ${operation.resource?.type ?? ''} is declared`,
          ),
        ];
  },
  bad: [{ name: 'an object by number, and nothing says what it is', paths: { '/orders/{id}': { get: {} } } }],
  good: [
    {
      name: 'the resource is declared',
      paths: { '/orders/{id}': { get: { 'x-castellan': { resource: { type: 'Order', id: 'path.id' } } } } },
    },
    { name: 'only my own', paths: { '/me': { get: {} } } },
  ],
});
