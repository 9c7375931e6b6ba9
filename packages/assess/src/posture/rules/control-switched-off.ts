import { contractRule, graded } from '../rule.ts';
import { rootOf, under } from '../patch.ts';

export const rule = contractRule({
  id: 'control-switched-off',
  title: 'Controls that are switched off',
  owasp: ['API8:2023', 'API9:2023'],
  asvs: ['V16.3.3'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'An operation whose controls rest is as open as one that has none, and nobody notices that the switch was left.',
  mend: 'write mode: enforce, or observe while you look at what it would refuse',
  docs: '`observe` is information, not a weakness, outside of a bank.',
  bad: [`paths: { /orders: { get: { x-castellan: { mode: off }, responses: {} } } }`],
  good: [`paths: { /orders: { get: { x-castellan: { mode: enforce }, responses: {} } } }`],
  *find({ contract, operations, profile }) {
    const worth = (mode: string | undefined) => mode === 'off' || (mode === 'observe' && profile === 'bank');
    if (worth(contract.castellan.mode))
      yield {
        at: under(rootOf(contract), 'x-castellan'),
        message: `the controls of the whole API are ${contract.castellan.mode === 'off' ? 'off' : 'only observing'}`,
        operations,
      };
    for (const operation of operations)
      if (worth(operation.castellan.mode))
        yield {
          at: operation.location,
          message: `the controls of ${operation.method} ${operation.path} are ${operation.castellan.mode === 'off' ? 'off' : 'only observing'}`,
          operations: [operation],
        };
  },
});
