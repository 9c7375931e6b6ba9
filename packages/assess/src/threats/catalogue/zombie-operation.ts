import { need, threat, way } from '../definition.ts';

export const zombieOperation = threat({
  id: 'zombie-operation',
  title: 'An old operation that nobody watches',
  subject: 'operation',
  stride: ['elevation'],
  owasp: 'API9:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Uses the deprecated version, where the mistakes of that time are still there.',
  ways: [
    way('The old door', 'finds the old version in old documents or clients', [
      'uses it, because it still answers',
      'lifecycle',
    ]),
  ],
  find: ({ operation, api }) => {
    const { lifecycle } = operation.castellan;
    if (!operation.deprecated && lifecycle?.state !== 'deprecated') return undefined;
    return [
      need(
        'lifecycle',
        (lifecycle ?? api.contract.castellan.lifecycle)?.sunset !== undefined,
        'it is deprecated without a date of its end',
        'its sunset is declared',
      ),
    ];
  },
  bad: [{ name: 'deprecated for ever', paths: { '/orders': { get: { deprecated: true } } } }],
  good: [
    {
      name: 'with an end',
      paths: {
        '/orders': {
          get: { deprecated: true, 'x-castellan': { lifecycle: { state: 'deprecated', sunset: '2027-01-01' } } },
        },
      },
    },
  ],
});
