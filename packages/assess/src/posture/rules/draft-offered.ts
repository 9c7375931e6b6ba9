import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'draft-offered',
  title: 'Drafts in a published document',
  owasp: ['API9:2023'],
  asvs: ['V15.2.3'],
  severity: graded('low'),
  confidence: 'high',
  why: 'What is still being built has not been tested or reviewed, and is reachable as soon as the document is enforced.',
  mend: 'publish without it, or finish and review it',
  bad: [
    `x-castellan: { lifecycle: { state: published } }
paths: { /new: { get: { x-castellan: { lifecycle: { state: draft } }, responses: {} } } }`,
  ],
  good: [
    `x-castellan: { lifecycle: { state: draft } }
paths: { /new: { get: { x-castellan: { lifecycle: { state: draft } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    if (contract.castellan.lifecycle?.state !== 'published') return;
    for (const operation of operations)
      if (operation.castellan.lifecycle?.state === 'draft')
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} is a draft in a published document`,
          operations: [operation],
        };
  },
});
