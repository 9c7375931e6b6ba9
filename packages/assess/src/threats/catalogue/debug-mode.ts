import { need, threat, way } from '../definition.ts';

export const debugMode = threat({
  id: 'debug-mode',
  title: 'Debug settings in the open',
  subject: 'process',
  stride: ['disclosure', 'elevation'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Reads stack traces and settings, or attaches a debugger.',
  ways: [
    way('Look', 'provokes an error', ['reads internal details', 'no-debug']),
    way('Attach', ['reaches the debugger', 'network-isolation'], ['runs code', 'no-debug']),
  ],
  find: ({ element }) => {
    if (element.component === undefined) return undefined;
    const found = element.component.settings.find(({ kind }) => kind === 'debug');
    return [
      need('no-debug', found === undefined, found?.detail ?? '', 'no debug setting is written', {
        place: found?.place,
      }),
    ];
  },
  bad: [
    {
      name: 'development mode',
      paths: {},
      files: { 'compose.yaml': 'services:\n  api: { image: x, environment: { NODE_ENV: development } }\n' },
    },
  ],
  good: [
    {
      name: 'production mode',
      paths: {},
      files: { 'compose.yaml': 'services:\n  api: { image: x, environment: { NODE_ENV: production } }\n' },
    },
  ],
});
