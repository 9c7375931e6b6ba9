import { need, threat, way } from '../definition.ts';

export const eavesdropping = threat({
  id: 'eavesdropping',
  title: 'Listening on the way',
  subject: 'flow',
  stride: ['disclosure', 'tampering'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 0,
  attack:
    'Reads or changes the traffic on the way: a shared network, a compromised router, a neighbour in the cluster.',
  ways: [
    way('On the way', 'gets between the two', ['reads or changes what passes', 'transport-encryption']),
    way('Inside', 'comes into one machine of the network', ['listens there', 'internal-encryption']),
  ],
  find: ({ flow, from, to }) => {
    const outside = from.boundary === 'internet' || to.boundary === 'third-party';
    if (flow.encrypted === undefined && !outside) return undefined;
    if (flow.encrypted === undefined && to.boundary === 'third-party') return undefined;
    const control = outside ? 'transport-encryption' : 'internal-encryption';
    return [
      need(
        control,
        flow.encrypted === true,
        flow.encrypted === false ? `${flow.protocol} is not encrypted` : 'nothing says that it is encrypted',
        'it is encrypted',
        { place: flow.place },
      ),
    ];
  },
  bad: [{ name: 'plain http', servers: ['http://api.example.com'], paths: { '/orders': { get: {} } } }],
  good: [{ name: 'https', servers: ['https://api.example.com'], paths: { '/orders': { get: {} } } }],
});
