import { need, threat, way } from '../definition.ts';
import { erases } from './paths.ts';

export const noWayOut = threat({
  id: 'no-way-out',
  title: 'People who cannot see or erase their data',
  subject: 'api',
  stride: [],
  linddun: 'unawareness',
  harm: 'privacy',
  ease: 0,
  attack:
    'Nobody attacks: the people concerned have no way to see, correct or erase what is kept about them (GDPR articles 15–17).',
  ways: [way('Silence', 'a person asks for erasure', ['no operation does it', 'subject-rights'])],
  find: ({ operations, data }) => {
    const personal = data.classes.filter(
      (one) => one.data === 'contact' || one.data === 'personal' || one.data === 'special',
    );
    if (personal.length === 0) return undefined;
    const found = operations.some((operation) => erases(operation));
    return [
      need(
        'subject-rights',
        found,
        'personal data is handled, and no operation erases a person',
        'an operation erases people',
      ),
    ];
  },
  bad: [
    {
      name: 'nothing erases',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'people can be erased',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people/{id}': { get: { answer: 'Person' }, delete: {} } },
    },
  ],
});
