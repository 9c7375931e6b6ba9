import { need, threat, way } from '../definition.ts';
import { isPaced } from './paths.ts';

export const automatedFlow = threat({
  id: 'automated-flow',
  title: 'A business flow run by machines',
  subject: 'operation',
  stride: ['denial', 'tampering'],
  owasp: 'API6:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Runs the flow by script: buys everything, tries every voucher, opens accounts, sends messages in bulk.',
  ways: [
    way(
      'A script',
      'records one honest pass',
      ['repeats it faster than people could', 'flow-control'],
      ['from many accounts', 'rate-limit'],
    ),
    way('A shortcut', ['leaves out steps that were meant to come before', 'flow-control']),
  ],
  find: ({ operation, purpose, api }) => {
    const { misuse } = purpose;
    if (misuse === undefined || ['login', 'recovery', 'upload', 'export'].includes(misuse)) return undefined;
    const { flow } = operation.castellan;
    return [
      need(
        'flow-control',
        flow?.pace !== undefined ||
          (flow?.after.length ?? 0) > 0 ||
          // Opening an account has no order; a limit of its own is its pace.
          (misuse === 'signup' && operation.castellan.rateLimit !== undefined),
        `nothing bounds order and pace of this ${misuse === 'declared' ? 'flow' : misuse}`,
        'order or pace are declared',
      ),
      need('rate-limit', isPaced(operation, api), 'no rate limit is declared', 'a rate limit is declared'),
    ];
  },
  bad: [{ name: 'checkout without pace', paths: { '/checkout': { post: {} } } }],
  good: [
    {
      name: 'checkout with order and pace',
      paths: {
        '/cart': { get: { operationId: 'getCart', 'x-castellan': { rateLimit: { rate: '60/minute' } } } },
        '/checkout': {
          post: {
            'x-castellan': {
              flow: { name: 'buying', after: ['getCart'], pace: '5/minute' },
              rateLimit: { rate: '10/minute' },
            },
          },
        },
      },
    },
  ],
});
