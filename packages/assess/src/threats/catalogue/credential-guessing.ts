import { need, threat, way } from '../definition.ts';
import { isPaced } from './paths.ts';

export const credentialGuessing = threat({
  id: 'credential-guessing',
  title: 'Brute force on passwords and codes',
  subject: 'operation',
  stride: ['spoofing'],
  owasp: 'API2:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Tries passwords, one-time codes or reset tokens by the thousand.',
  ways: [
    way('Stuffing', 'buys leaked credentials', ['tries them all', 'rate-limit'], 'takes over the accounts that fit'),
    way('Short codes', 'asks for a reset code for the victim', ['tries all codes', 'rate-limit']),
  ],
  find: ({ operation, purpose, api }) =>
    purpose.login
      ? [need('rate-limit', isPaced(operation, api), 'nothing limits how often it may be tried', 'tries are limited')]
      : undefined,
  bad: [{ name: 'login without a limit', paths: { '/login': { post: { security: [] } } } }],
  good: [
    {
      name: 'login with a limit',
      paths: {
        '/login': { post: { security: [], 'x-castellan': { rateLimit: { rate: '5/minute', by: 'address' } } } },
      },
    },
  ],
});
