import { need, threat, way } from '../definition.ts';

export const failsOpen = threat({
  id: 'fails-open',
  title: 'A check that is skipped when it fails',
  subject: 'process',
  stride: ['spoofing', 'elevation'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: 0,
  attack: 'Waits for, or causes, a failure of the authorizer, and is let in.',
  ways: [way('Overload', 'overloads the authorizer', ['is let in unchecked', 'authentication'])],
  find: ({ element }) => {
    if (element.component === undefined) return undefined;
    const off = element.component.settings.find(({ kind }) => kind === 'authentication-off');
    return off === undefined ? undefined : [need('authentication', false, off.detail, '', { place: off.place })];
  },
  bad: [
    {
      name: 'authorizer that fails open',
      paths: {},
      files: { 'compose.yaml': 'services:\n  api: { image: x, environment: { DISABLE_AUTH: "true" } }\n' },
    },
  ],
  good: [{ name: 'nothing switched off', paths: {}, files: { 'compose.yaml': 'services:\n  api: { image: x }\n' } }],
});
