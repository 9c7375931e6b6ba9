import { need, threat, way } from '../definition.ts';
import { endsInParameter } from '@castellan/meaning';

export const linkingPeople = threat({
  id: 'linking-people',
  title: 'Data about one person put together',
  subject: 'operation',
  stride: [],
  linddun: 'linking',
  harm: 'privacy',
  ease: 0,
  attack: 'Joins lists by e-mail address, telephone number or customer number, here and elsewhere.',
  ways: [
    way(
      'Join',
      ['takes lists with stable identifiers', 'data-budget'],
      ['joins them with other data', 'property-read'],
    ),
  ],
  find: ({ operation, data }) => {
    if (operation.method !== 'GET' || !data.list || endsInParameter(operation.path) || !data.gives.includes('contact'))
      return undefined;
    return [
      need(
        'data-budget',
        operation.castellan.budget !== undefined,
        'nothing bounds how many people one caller can collect',
        'a budget is declared',
      ),
    ];
  },
  bad: [
    {
      name: 'all people',
      schemas: { All: { type: 'array', items: { type: 'object', properties: { email: { type: 'string' } } } } },
      paths: { '/people': { get: { answer: 'All' } } },
    },
  ],
  good: [
    {
      name: 'a budget',
      schemas: { All: { type: 'array', items: { type: 'object', properties: { email: { type: 'string' } } } } },
      paths: { '/people': { get: { answer: 'All', 'x-castellan': { budget: { records: '100/hour' } } } } },
    },
  ],
});
