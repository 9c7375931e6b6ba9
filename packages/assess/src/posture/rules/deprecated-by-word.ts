import { contractRule, graded } from '../rule.ts';
import { updating } from '../patch.ts';

export const rule = contractRule({
  id: 'deprecated-by-word',
  title: 'Deprecated in words only',
  owasp: ['API9:2023'],
  asvs: ['V15.2.3'],
  severity: graded('low'),
  confidence: 'medium',
  why: 'Tools do not read sentences: clients are not warned, the inventory counts it as current, and it outlives everyone who knew.',
  mend: 'add deprecated: true',
  docs: 'Where the summary or description begins by saying that the operation is deprecated.',
  bad: [`paths: { /old: { get: { summary: 'Deprecated: use /new', responses: {} } } }`],
  good: [`paths: { /old: { get: { deprecated: true, summary: 'Deprecated: use /new', responses: {} } } }`],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if (operation.deprecated || operation.castellan.lifecycle !== undefined) continue;
      const begins =
        /^\W*(?:\*\*)?(?:deprecat(?:ed|ion)(?: notice)?\b|\[deprecated\]|this (?:endpoint|operation|api|method|call) (?:is|has been) deprecated)/i;
      if (begins.test(operation.summary ?? '') || begins.test((operation.description ?? '').slice(0, 200)))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} is deprecated in words only`,
          operations: [operation],
          mend: updating(
            contract,
            'say it so that tools read it',
            [{ at: operation.location, update: { deprecated: true } }],
            true,
          ),
        };
    }
  },
});
