import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'firewall-open',
  title: 'A firewall that lets everything in',
  owasp: ['API8:2023'],
  asvs: ['V13.2.4'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Services that were never meant to be reached are reached.',
  mend: 'open only the port of the entry, and to the world only 443',
  bad: [
    {
      'main.tf':
        'resource "aws_security_group" "a" {\n  ingress {\n    from_port = 0\n    to_port = 65535\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
    },
  ],
  good: [
    {
      'main.tf':
        'resource "aws_security_group" "a" {\n  ingress {\n    from_port = 443\n    to_port = 443\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
    },
  ],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'wide-open-firewall') yield { at: place, message: `${name}: ${detail}` };
  },
});
