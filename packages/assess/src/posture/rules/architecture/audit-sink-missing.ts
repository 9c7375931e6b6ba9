import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'audit-sink-missing',
  title: 'Nothing keeps who did what',
  owasp: ['API8:2023'],
  asvs: ['V16.2.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'An attack leaves no trace, and nobody can be held to what they did.',
  mend: 'write audit: { dir: .castellan/audit }, or an otlp collector, into castellan.yaml',
  docs: 'Asked only where there is a castellan.yaml: elsewhere the trail may be kept where no file tells.',
  bad: [{ 'castellan.yaml': 'apis: [{ name: a, contract: b }]\n' }],
  good: [{ 'castellan.yaml': 'apis: [{ name: a, contract: b }]\naudit: { dir: .castellan/audit }\n' }],
  *find({ castellan, auditSinks }) {
    const [first] = castellan;
    if (first !== undefined && auditSinks.length === 0)
      yield { at: first.place, message: 'no audit sink is configured' };
  },
});
