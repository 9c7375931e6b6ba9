import { need, threat, way } from '../definition.ts';

export const weakCredential = threat({
  id: 'weak-credential',
  title: 'A credential that is easily stolen or guessed',
  subject: 'operation',
  stride: ['spoofing'],
  owasp: 'API2:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Takes or guesses a password or long-lived key, which then works until somebody notices.',
  ways: [
    way(
      'Credential stuffing',
      'buys a list of leaked passwords',
      ['tries them', 'rate-limit'],
      ['comes in with one that fits', 'strong-authentication'],
    ),
    way('A leaked key', 'finds a key in a repository, log or device', ['uses it', 'strong-authentication']),
  ],
  find: ({ authentication }) => {
    if (authentication.anonymous || authentication.alternatives.length === 0) return undefined;
    return [
      need(
        'strong-authentication',
        authentication.strength >= 2,
        `${authentication.alternatives.join(', or ')} is a password, a key in the URL or an outdated flow`,
        `${authentication.alternatives.join(', or ')} is not the weakest kind`,
      ),
    ];
  },
  bad: [{ name: 'HTTP Basic', paths: { '/orders': { get: { security: [{ basic: [] }] } } } }],
  good: [{ name: 'OAuth', paths: { '/orders': { get: {} } } }],
});
