import { need, threat, way } from '../definition.ts';

export const stolenToken = threat({
  id: 'stolen-token',
  title: 'A stolen token used by somebody else',
  subject: 'operation',
  stride: ['spoofing'],
  owasp: 'API2:2023',
  harm: 'integrity',
  ease: -1,
  attack: 'Uses a bearer token that leaked through a log, a proxy, a browser extension or a compromised client.',
  ways: [
    way(
      'Replay',
      'takes a token from a log, proxy or device',
      ['sends it from another machine', 'sender-constraint'],
      ['takes away as much as it allows', 'data-budget'],
    ),
  ],
  find: ({ authentication, data, purpose }) => {
    const precious =
      purpose.money ||
      purpose.safety ||
      [...data.gives, ...data.takes].some((one) => one === 'financial' || one === 'special' || one === 'secret');
    if (authentication.anonymous || !precious) return undefined;
    return [
      need(
        'sender-constraint',
        !authentication.bearer,
        'whoever holds the token is the caller',
        'mutual TLS binds the caller',
      ),
    ];
  },
  bad: [{ name: 'a transfer with a bearer token', paths: { '/transfers': { post: {} } } }],
  good: [
    {
      name: 'a transfer with mutual TLS',
      paths: { '/transfers': { post: { security: [{ mtls: [], oauth: ['write'] }] } } },
    },
  ],
});
