import type { ModeSetting } from '@castellan/contract';
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
  bad: [
    `paths: { /orders: { get: { x-castellan: { mode: off }, responses: {} } } }`,
    `paths: { /orders: { get: { x-castellan: { mode: { responses: off } }, responses: {} } } }`,
  ],
  good: [`paths: { /orders: { get: { x-castellan: { mode: enforce }, responses: {} } } }`],
  *find({ contract, operations, profile }) {
    const of = (setting: ModeSetting | undefined): readonly unknown[] =>
      typeof setting === 'object' ? Object.values(setting) : [setting];
    const worth = (setting: ModeSetting | undefined): boolean =>
      of(setting).includes('off') || (of(setting).includes('observe') && profile === 'bank');
    if (worth(contract.castellan.mode))
      yield {
        at: under(rootOf(contract), 'x-castellan'),
        message: `the controls of the whole API are ${of(contract.castellan.mode).includes('off') ? 'off' : 'only observing'}`,
        operations,
      };
    for (const operation of operations)
      if (worth(operation.castellan.mode))
        yield {
          at: operation.location,
          message: `the controls of ${operation.method} ${operation.path} are ${of(operation.castellan.mode).includes('off') ? 'off' : 'only observing'}`,
          operations: [operation],
        };
  },
});
