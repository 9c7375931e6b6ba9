import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'third-party-without-contract',
  title: 'A third-party API without a contract',
  owasp: ['API10:2023'],
  asvs: ['V13.1.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Whatever it answers is believed.',
  mend: 'name its OpenAPI document: contract:',
  bad: [{ 'castellan.yaml': 'apis: [{ name: a, contract: b }]\nconsumes: [{ name: pay }]\naudit: { dir: x }\n' }],
  good: [
    {
      'castellan.yaml':
        'apis: [{ name: a, contract: b }]\nconsumes: [{ name: pay, contract: pay.yaml }]\naudit: { dir: x }\n',
    },
  ],
  *find({ castellan }) {
    for (const { consumes } of castellan)
      for (const { name, contract, place } of consumes)
        if (contract === undefined) yield { at: place, message: `nothing says what ${name} may answer` };
  },
});
