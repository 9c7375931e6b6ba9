import { need, threat, way } from '../definition.ts';

export const openFirewall = threat({
  id: 'open-firewall',
  title: 'A network open to the world',
  subject: 'process',
  stride: ['elevation'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Reaches services that were never meant to be reached.',
  ways: [way('Scan', 'scans the address range', ['reaches inner services', 'network-isolation'])],
  find: ({ element }) => {
    const rule = element.component?.settings.find(({ kind }) => kind === 'wide-open-firewall');
    return rule === undefined ? undefined : [need('network-isolation', false, rule.detail, '', { place: rule.place })];
  },
  bad: [
    {
      name: 'all ports from anywhere',
      paths: {},
      files: {
        'main.tf':
          'resource "aws_security_group" "a" {\n  ingress {\n    from_port = 0\n    to_port = 65535\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      },
    },
  ],
  good: [
    {
      name: 'only 443',
      paths: {},
      files: {
        'main.tf':
          'resource "aws_security_group" "a" {\n  ingress {\n    from_port = 443\n    to_port = 443\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      },
    },
  ],
});
