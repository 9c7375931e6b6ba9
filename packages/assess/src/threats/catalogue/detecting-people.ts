import { need, threat, way } from '../definition.ts';

export const detectingPeople = threat({
  id: 'detecting-people',
  title: 'Whether somebody is known here',
  subject: 'operation',
  stride: [],
  linddun: 'detecting',
  harm: 'privacy',
  ease: 1,
  attack: 'Learns from the difference between two refusals whether a person has an account or an object exists.',
  ways: [
    way(
      'Compare',
      ['asks for somebody', 'rate-limit'],
      ['compares 403 with 404, or two messages, or two times', 'existence-secret'],
    ),
  ],
  find: ({ operation, data, authentication }) => {
    const personal = data.gives.some((one) => one !== 'secret');
    if (!operation.path.includes('{') || operation.method !== 'GET' || !personal || authentication.anonymous)
      return undefined;
    return [
      need(
        'existence-secret',
        operation.castellan.existence === 'secret',
        'a refusal tells that the object exists',
        'refusals look like absence',
      ),
    ];
  },
  bad: [
    {
      name: 'a person by id',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people/{id}': { get: { answer: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'existence is a secret',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people/{id}': { get: { answer: 'Person', 'x-castellan': { existence: 'secret' } } } },
    },
  ],
});
