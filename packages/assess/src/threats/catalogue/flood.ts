import { need, threat, way } from '../definition.ts';
import { isPaced } from './paths.ts';

export const flood = threat({
  id: 'flood',
  title: 'More calls than the API can bear',
  subject: 'operation',
  stride: ['denial'],
  owasp: 'API4:2023',
  harm: 'availability',
  ease: 1,
  attack: 'Calls so often that others wait, or that the bill grows.',
  ways: [
    way('One client', ['sends as many calls as it can', 'rate-limit']),
    way('Many clients', 'signs up many times', ['sends calls from all of them', 'rate-limit']),
  ],
  find: ({ operation, api }) => [
    need('rate-limit', isPaced(operation, api), 'no rate limit is declared', 'a rate limit is declared'),
  ],
  bad: [{ name: 'no limit', paths: { '/orders': { get: {} } } }],
  good: [
    {
      name: 'a limit for the whole API',
      root: { rateLimit: { rate: '60/minute' } },
      paths: { '/orders': { get: {} } },
    },
  ],
});
