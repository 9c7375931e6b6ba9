import type { SecurityScheme } from '@castellan/contract';

/** What to write for a scheme that nothing is configured for. */
export function exampleOf(scheme: SecurityScheme): string {
  if (scheme.type === 'apiKey') {
    return scheme.in === 'cookie'
      ? '{ sessions: new Sessions() }'
      : "{ store: 'keys' } (castellan keys create), or { keys: { '<random key>': { subject: 'someone' } } }";
  }
  if (scheme.type === 'mutualTLS')
    return "{ certificates: { known: { '<SHA-256 fingerprint>': { subject: 'someone' } } } }";
  if (scheme.type === 'http' && scheme.scheme === 'basic')
    return "{ store: 'users' } (castellan keys create --user), or { users: { someone: { hash: '$argon2id$…' } } }";
  if (scheme.type === 'http' && scheme.scheme === 'signature')
    return "{ signatures: { keys: { '<keyid>': { key: <public JWK>, subject: 'someone' } } } }";
  if (scheme.type === 'http' && scheme.scheme !== 'bearer' && scheme.scheme !== 'dpop')
    return '{ verify: async (credential) => identity }';
  return "{ issuer: 'https://…', audience: '…' }";
}
