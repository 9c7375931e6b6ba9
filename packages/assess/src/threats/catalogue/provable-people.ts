import { need, threat, way } from '../definition.ts';

export const provablePeople = threat({
  id: 'provable-people',
  title: 'A trail that says too much about people',
  subject: 'api',
  stride: [],
  linddun: 'non-repudiation',
  harm: 'privacy',
  ease: -1,
  attack: 'Uses records that were kept too long to prove what a person did, read or bought.',
  ways: [way('Old records', 'gets hold of records, by force or by law', ['which should have been gone', 'retention'])],
  find: ({ data, castellan, operations }) => {
    const personal = data.classes.some((one) => one.data !== 'secret');
    if (!personal || operations.length === 0) return undefined;
    return [
      need(
        'retention',
        false,
        castellan === undefined
          ? 'nobody has said how long personal data is kept'
          : 'nobody has said how long personal data and audit trail are kept',
        '',
      ),
    ];
  },
  bad: [
    {
      name: 'personal data, no word about its end',
      schemas: { Person: { type: 'object', properties: { email: { type: 'string' } } } },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
  good: [{ name: 'no personal data', paths: { '/products': { get: {} } } }],
});
