import { need, threat, way } from '../definition.ts';

export const readRightWrites = threat({
  id: 'read-right-writes',
  title: 'A right to read that also writes',
  subject: 'operation',
  stride: ['elevation', 'tampering'],
  owasp: 'API5:2023',
  harm: 'integrity',
  ease: 0,
  attack: 'Uses a token that was given for reading to change things.',
  ways: [
    way('A harmless token', 'is given a token for reading, or takes one', [
      'changes things with it',
      'scope-separation',
    ]),
  ],
  find: ({ api, operation, authentication, changes }) => {
    const oauth = operation.security.some(({ schemes }) =>
      schemes.some(({ scheme }) => scheme.type === 'oauth2' || scheme.type === 'openIdConnect'),
    );
    if (!oauth || !changes || authentication.anonymous) return undefined;
    const reading = new Set(api.operations.filter((one) => !one.changes).flatMap((one) => one.authentication.scopes));
    const own = authentication.scopes.some((scope) => !reading.has(scope));
    return [
      need(
        'scope-separation',
        own,
        authentication.scopes.length === 0
          ? 'no scope is asked for'
          : `${authentication.scopes.join(', ')} is asked for reading as well`,
        'changing asks for a scope of its own',
      ),
    ];
  },
  bad: [{ name: 'one scope for all', paths: { '/orders': { get: {}, post: {} } } }],
  good: [{ name: 'two scopes', paths: { '/orders': { get: {}, post: { security: [{ oauth: ['write'] }] } } } }],
});
