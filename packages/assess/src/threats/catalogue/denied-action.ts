import { need, threat, way } from '../definition.ts';

export const deniedAction = threat({
  id: 'denied-action',
  title: 'An action that can be denied',
  subject: 'actor',
  stride: ['repudiation'],
  owasp: 'API8:2023',
  harm: 'accountability',
  ease: 0,
  attack: 'Does harm and denies it; or somebody else did, and nobody can tell.',
  ways: [way('Deny', 'misuses a right', ['no record shows who it was', 'audit'])],
  find: ({ system }) => [
    need(
      'audit',
      system.architecture.auditSinks.length > 0,
      'no audit sink is configured',
      `events go to ${system.architecture.auditSinks[0]?.kind ?? ''}`,
      { place: system.architecture.castellan[0]?.place },
    ),
  ],
  bad: [{ name: 'no audit sink', paths: { '/orders': { get: {} } } }],
  good: [
    {
      name: 'an audit sink',
      paths: { '/orders': { get: {} } },
      files: { 'castellan.yaml': 'apis: [{ name: x, contract: y }]\naudit: { dir: .castellan/audit }\n' },
    },
  ],
});
