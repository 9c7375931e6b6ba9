import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API6:2023 say. */
export const verdicts: Verdicts = {
  'flow-out-of-order': [
    [
      {
        says: 'nothing says what must come before POST /orders/{id}/confirm',
        at: '/paths/~1orders~1{id}~1confirm/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postOrdersIdConfirm'],
        mend: 'say what must have come before: x-castellan: { flow: { name: …, after: [previousStep] } }',
      },
    ],
  ],
  'flow-unprotected': [
    [
      {
        says: 'POST /orders takes a step of a purchase flow, and nothing bounds its pace',
        at: '/paths/~1orders/post',
        severity: 'low low medium high',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'declare the flow and its pace; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/orders\'].post {"x-castellan":{"flow":{"name":"purchase","pace":"20/minute"}}}'],
      },
    ],
  ],
  'flow-without-pace': [
    [
      {
        says: 'the step postOrders of ordering has no pace',
        at: '/paths/~1orders/post',
        severity: 'info info low medium',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'add a pace; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/orders\'].post {"x-castellan":{"flow":{"pace":"20/minute"}}}'],
      },
    ],
  ],
  'idempotency-missing': [
    [
      {
        says: 'POST /payments does it again when it is sent again',
        at: '/paths/~1payments/post',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postPayments'],
        mend: 'take an Idempotency-Key header field and answer a repeated key with the first result',
      },
    ],
  ],
  'registration-unprotected': [
    [
      {
        says: 'POST /register opens accounts for anyone, as fast as they ask',
        at: '/paths/~1register/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postRegister'],
        mend: 'bound it by address; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/register\'].post {"x-castellan":{"rateLimit":{"rate":"5/hour","by":"address"}}}'],
      },
    ],
  ],
};
