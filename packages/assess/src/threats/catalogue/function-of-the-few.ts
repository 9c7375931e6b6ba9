import { need, threat, way } from '../definition.ts';

export const functionOfTheFew = threat({
  id: 'function-of-the-few',
  title: 'A function that is only for the few',
  subject: 'operation',
  stride: ['elevation'],
  owasp: 'API5:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Calls an administrative operation with an ordinary account.',
  ways: [
    way('Just call it', ['uses an ordinary account', 'authentication'], 'guesses or reads the path', [
      'calls the administrative operation',
      'function-authorization',
    ]),
  ],
  find: ({ api, operation, authentication, purpose }) => {
    if (!purpose.administration) return undefined;
    const ordinary = new Set(
      api.operations.filter((one) => !one.purpose.administration).flatMap((one) => one.authentication.scopes),
    );
    const own = authentication.scopes.some((scope) => !ordinary.has(scope));
    return [
      need(
        'function-authorization',
        own || api.policies,
        `${operation.method} ${operation.path} asks for nothing that ordinary callers do not have`,
        own ? 'a scope of its own is asked for' : 'policies are configured',
      ),
    ];
  },
  bad: [
    {
      name: 'administration with the scope of everybody',
      paths: { '/admin/users': { get: {} }, '/orders': { get: {} } },
    },
  ],
  good: [
    {
      name: 'a scope of its own',
      paths: { '/admin/users': { get: { security: [{ oauth: ['admin'] }] } }, '/orders': { get: {} } },
    },
  ],
});
