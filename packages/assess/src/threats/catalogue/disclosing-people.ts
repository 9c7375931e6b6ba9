import { need, threat, way } from '../definition.ts';
import { isOwn } from './paths.ts';
import { castellanOf } from '@castellan/contract';

export const disclosingPeople = threat({
  id: 'disclosing-people',
  title: 'More about people than the purpose needs',
  subject: 'operation',
  stride: [],
  linddun: 'data-disclosure',
  harm: 'privacy',
  ease: 1,
  attack: 'Is given birth dates, documents or health data by an operation that does not need them.',
  ways: [
    way(
      'Ask and keep',
      ['calls the operation for its purpose', 'authentication'],
      ['keeps what comes along', 'property-read'],
    ),
  ],
  find: ({ operation, data }) => {
    if (isOwn(operation)) return undefined;
    const personal = data.given.filter(({ data: one }) => one === 'personal' || one === 'special');
    if (personal.length === 0) return undefined;
    const open = personal.filter(
      ({ field }) => (castellanOf(field.node.raw).read ?? castellanOf(field.target.raw).read) === undefined,
    );
    const names = [...new Set(open.map(({ field }) => field.name))];
    return [
      need(
        'property-read',
        open.length === 0,
        `${names.slice(0, 4).join(', ')} come${names.length === 1 ? 's' : ''} with every answer`,
        'it is said who may read them',
        { at: open.map(({ field }) => field.node.location) },
      ),
    ];
  },
  bad: [
    {
      name: 'birth dates for everybody',
      schemas: { Person: { type: 'object', properties: { birthDate: { type: 'string' } } } },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'readable for some',
      schemas: {
        Person: { type: 'object', properties: { birthDate: { type: 'string', 'x-castellan': { read: ['doctors'] } } } },
      },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
});
