import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'container-privileges',
  title: 'Privileges that an API does not need',
  owasp: ['API8:2023'],
  asvs: ['V13.2.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'A hole in the application becomes the whole machine.',
  mend: 'drop it',
  bad: [
    { 'compose.yaml': 'services: { api: { image: x, privileged: true } }' },
    { 'compose.yaml': "services: { api: { image: x, volumes: ['/var/run/docker.sock:/var/run/docker.sock'] } }" },
  ],
  good: [{ 'compose.yaml': "services: { api: { image: x, volumes: ['data:/data'] } }" }],
  *find({ components }) {
    const worse = new Set(['privileged', 'docker-socket']);
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (
          /^(?:privileged|host-network|host-path|docker-socket|runs-as-root|added-capability|privilege-escalation)$/.test(
            kind,
          )
        )
          yield { at: place, message: `${name}: ${detail}`, ...(worse.has(kind) ? { severity: 'high' as const } : {}) };
  },
});
