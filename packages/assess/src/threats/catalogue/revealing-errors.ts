import { need, threat, way } from '../definition.ts';

export const revealingErrors = threat({
  id: 'revealing-errors',
  title: 'Errors that show internal details',
  subject: 'api',
  stride: ['disclosure'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Provokes errors and reads versions, queries, paths and stack traces.',
  ways: [way('Provoke', ['sends nonsense', 'input-validation'], ['reads the error', 'safe-errors'])],
  find: ({ operations }) => {
    if (operations.length === 0) return undefined;
    const bare = operations.filter(
      ({ operation }) =>
        !operation.responses.some(
          ({ status, content }) =>
            /^(?:4|5|default)/.test(status) && content.some(({ schema }) => schema !== undefined),
        ),
    );
    const enough = bare.length <= operations.length / 10;
    return [
      need(
        'safe-errors',
        enough,
        `${bare.length} of ${operations.length} operations document no error body`,
        'errors are documented',
      ),
    ];
  },
  bad: [{ name: 'no errors documented', paths: { '/orders': { get: {} } } }],
  good: [
    {
      name: 'one error format',
      schemas: { Problem: { type: 'object', properties: { title: { type: 'string' } } } },
      paths: { '/orders': { get: { error: 'Problem' } } },
    },
  ],
});
