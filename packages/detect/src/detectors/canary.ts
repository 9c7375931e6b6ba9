import { callerOf, type Detector } from '../detector.ts';

/** Somebody touches what nobody has business with. */
export const canary: Detector = {
  id: 'canary',
  title: 'A canary was touched',
  owasp: ['API1:2023', 'API9:2023'],
  severity: 'critical',
  sees: 'Any call of an operation marked `x-castellan: { canary: true }`, any request for a honey path (option `honey`), any answer that holds a canary object (option `canaries`). No client has a reason for it, so that one is enough.',
  remediation: 'Treat the credential as stolen: revoke it, and look at everything that it did.',
  response: 'ban',
  atOnce: true,
  compile(operation, memory) {
    const { canaries, unknownPaths } = memory;
    if (operation.canary)
      return (moment) => ({
        about: callerOf(moment),
        what: operation.id,
        why: `${operation.id} was called, which nobody has business with`,
        strength: 10,
      });
    if (canaries.size === 0 && operation.id !== '') return undefined;
    return (moment) => {
      const { facts } = moment;
      const honey = operation.id === '' ? unknownPaths.honeyOf(facts) : undefined;
      if (honey !== undefined)
        return {
          about: callerOf(moment),
          what: honey,
          why: `the honey path ${honey} was asked for`,
          strength: 10,
        };
      const touched = facts.objects.find(({ id }) => canaries.has(id));
      if (touched === undefined) return undefined;
      return {
        about: callerOf(moment),
        what: `${touched.type}/${touched.id}`,
        why: `a canary object (${touched.type}) was ${touched.verdict === 'permitted' ? 'handed out' : 'asked for'}`,
        strength: 10,
      };
    };
  },
  good: [{ title: 'an order like any other', steps: [{ by: 'user31', call: 'GET /orders/{id}' }] }],
  bad: [
    { title: 'an operation that no client has', steps: [{ by: 'user32', call: 'GET /internal/keys' }] },
    {
      title: 'a path that only thieves ask for',
      steps: [{ call: 'GET /backup.sql', status: 404, from: '192.0.2.33' }],
    },
  ],
};
