import { need, threat, way } from '../definition.ts';
import { isProofRequired } from './paths.ts';

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
  find: ({ api, authentication, data, purpose }) => {
    const bound = !authentication.bearer || isProofRequired(api, authentication.alternatives);
    const precious =
      purpose.money ||
      purpose.safety ||
      [...data.gives, ...data.takes].some((one) => one === 'financial' || one === 'special' || one === 'secret');
    if (authentication.anonymous || !precious) return undefined;
    return [
      need('sender-constraint', bound, 'whoever holds the token is the caller', 'the caller must prove to hold a key'),
    ];
  },
  bad: [{ name: 'a payout with a bearer token', paths: { '/payouts': { post: {} } } }],
  good: [
    {
      name: 'a payout with mutual TLS',
      paths: { '/payouts': { post: { security: [{ mtls: [], oauth: ['write'] }] } } },
    },
  ],
});
