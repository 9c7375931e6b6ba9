import { need, threat, way } from '../definition.ts';

export const unclassifiedPeople = threat({
  id: 'unclassified-people',
  title: 'Personal data that nobody called so',
  subject: 'api',
  stride: [],
  linddun: 'non-compliance',
  harm: 'privacy',
  ease: 0,
  attack:
    'Nobody attacks: data that is not known to be personal is logged, copied and kept like any other (GDPR articles 5, 30).',
  ways: [way('By accident', 'a new log, copy or report is made', ['nobody knows what is in it', 'classification'])],
  find: ({ data }) => {
    const open = data.classes.flatMap(({ unclassified }) => unclassified);
    if (data.classes.length === 0) return undefined;
    const names = [...new Set(open.map(({ name }) => name))];
    return [
      need(
        'classification',
        open.length === 0,
        `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''} ${names.length === 1 ? 'has' : 'have'} no x-castellan.sensitivity`,
        'all of it is classified',
        { at: open.map(({ node }) => node.location) },
      ),
    ];
  },
  bad: [
    {
      name: 'not classified',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'classified',
      schemas: {
        Person: {
          type: 'object',
          properties: { email: { type: 'string', 'x-castellan': { sensitivity: 'personal' } } },
        },
      },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
});
