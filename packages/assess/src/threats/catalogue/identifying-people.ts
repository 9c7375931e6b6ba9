import { need, threat, way } from '../definition.ts';
import { isPaced } from './paths.ts';

export const identifyingPeople = threat({
  id: 'identifying-people',
  title: 'A person found by what is known of them',
  subject: 'operation',
  stride: [],
  linddun: 'identifying',
  harm: 'privacy',
  ease: 0,
  attack: 'Asks with the e-mail address or telephone number of a person, and learns who and what they are.',
  ways: [way('Ask', 'knows an e-mail address or number', ['asks for each of a long list', 'rate-limit'])],
  find: ({ operation, data, api }) => {
    const asked = data.sent.filter(
      ({ field, data: one }) => field.parameter?.in === 'query' && (one === 'contact' || one === 'personal'),
    );
    if (operation.method !== 'GET' || asked.length === 0) return undefined;
    return [
      need(
        'rate-limit',
        isPaced(operation, api),
        `people can be looked up by ${asked[0]?.field.name ?? ''} without a limit`,
        'lookups are limited',
      ),
    ];
  },
  bad: [{ name: 'search by e-mail', paths: { '/people': { get: { query: 'email' } } } }],
  good: [
    {
      name: 'search with a limit',
      root: { rateLimit: { rate: '60/minute' } },
      paths: { '/people': { get: { query: 'email' } } },
    },
  ],
});
