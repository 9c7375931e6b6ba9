import { need, threat, way } from '../definition.ts';
import { endsInParameter } from '@castellan/meaning';

export const harvest = threat({
  id: 'harvest',
  title: 'Taking everything away',
  subject: 'operation',
  stride: ['disclosure', 'denial'],
  owasp: 'API4:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Pages through the whole collection with one credential.',
  ways: [
    way(
      'Page by page',
      ['uses any valid credential', 'authentication'],
      ['asks for the largest page', 'page-limit'],
      ['goes on until all is taken', 'data-budget'],
    ),
  ],
  find: ({ operation, data }) => {
    if (operation.method !== 'GET' || !data.list || endsInParameter(operation.path)) return undefined;
    const { page, budget } = operation.castellan;
    const bounded = page !== undefined || !data.unboundedList;
    const needs = [need('page-limit', bounded, 'neither page nor list has an upper bound', 'the page is bounded')];
    if (data.gives.length > 0)
      needs.push(
        need(
          'data-budget',
          budget !== undefined,
          'nothing bounds what one credential takes away over all calls',
          'a budget is declared',
        ),
      );
    return needs;
  },
  bad: [
    {
      name: 'a list without end',
      schemas: { All: { type: 'array', items: { type: 'object', properties: { email: { type: 'string' } } } } },
      paths: { '/people': { get: { answer: 'All' } } },
    },
  ],
  good: [
    {
      name: 'bounded',
      schemas: {
        All: { type: 'array', maxItems: 100, items: { type: 'object', properties: { email: { type: 'string' } } } },
      },
      paths: { '/people': { get: { answer: 'All', 'x-castellan': { budget: { records: '1000/hour' } } } } },
    },
  ],
});
