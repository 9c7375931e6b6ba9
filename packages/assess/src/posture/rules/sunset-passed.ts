import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'sunset-passed',
  title: 'Past its end and still offered',
  owasp: ['API9:2023'],
  asvs: ['V15.2.3'],
  severity: graded('high'),
  confidence: 'high',
  why: 'An operation that should be gone is one that nobody watches, patches or tests.',
  mend: 'set lifecycle.state to retired (it is then answered 410) and remove it, or move the date with a reason',
  bad: [
    `paths: { /old: { get: { x-castellan: { lifecycle: { state: deprecated, sunset: '2020-01-01' } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /old: { get: { x-castellan: { lifecycle: { state: retired, sunset: '2020-01-01' } }, responses: {} } } }`,
  ],
  *find({ operations, now }) {
    for (const operation of operations) {
      const { lifecycle } = operation.castellan;
      if (lifecycle?.sunset !== undefined && lifecycle.state !== 'retired' && Date.parse(lifecycle.sunset) < now)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} should have ended on ${lifecycle.sunset}`,
          operations: [operation],
        };
    }
  },
});
