import { need, threat, way } from '../definition.ts';

export const credentialInUrl = threat({
  id: 'credential-in-url',
  title: 'A credential read from a URL',
  subject: 'operation',
  stride: ['disclosure', 'spoofing'],
  owasp: 'API2:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Reads the key from the access log of a server or proxy, from browser history, or from a Referer field.',
  ways: [way('Logs', 'reads an access log or history', ['takes the key out of the URL', 'credential-out-of-url'])],
  find: ({ operation, authentication }) => {
    const keys = operation.security.some(({ schemes }) => schemes.some(({ scheme }) => scheme.type === 'apiKey'));
    return keys
      ? [
          need(
            'credential-out-of-url',
            !authentication.inUrl,
            'the key travels in the query',
            'the key travels in a field',
          ),
        ]
      : undefined;
  },
  bad: [{ name: 'a key in the query', paths: { '/orders': { get: { security: [{ queryKey: [] }] } } } }],
  good: [{ name: 'a key in a field', paths: { '/orders': { get: { security: [{ headerKey: [] }] } } } }],
});
