import { need, threat, way } from '../definition.ts';

export const exposedManagement = threat({
  id: 'exposed-management',
  title: 'Management in public',
  subject: 'process',
  stride: ['elevation', 'disclosure'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Opens the administration page, the debugger or the metrics that were meant for operators.',
  ways: [way('Scan', 'scans the address for well-known ports', ['opens the management port', 'network-isolation'])],
  find: ({ element }) => {
    const ports = element.component?.ports.filter(({ management }) => management) ?? [];
    const open = ports.find(({ exposure }) => exposure === 'public');
    if (ports.length === 0) return undefined;
    return [
      need(
        'network-isolation',
        open === undefined,
        `management port ${open?.number ?? ''} can be reached by anyone`,
        'management ports are closed to the outside',
        { place: open?.place },
      ),
    ];
  },
  bad: [
    {
      name: 'debugger published',
      paths: {},
      files: { 'compose.yaml': "services:\n  api: { image: x, ports: ['9229:9229'] }\n" },
    },
  ],
  good: [
    {
      name: 'debugger on loopback',
      paths: {},
      files: { 'compose.yaml': "services:\n  api: { image: x, ports: ['127.0.0.1:9229:9229'] }\n" },
    },
  ],
});
