import { contractRule, graded } from '../rule.ts';
import { using } from '../schemes.ts';

export const rule = contractRule({
  id: 'http-basic',
  title: 'Password sent with every request',
  owasp: ['API2:2023'],
  asvs: ['V6.3.2', 'V13.2.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'HTTP Basic sends the password itself with every request: it can be neither limited in time nor in scope, and a single leaked log line gives it away.',
  mend: 'issue short-lived tokens (oauth2, openIdConnect) or bind clients by certificate (mutualTLS)',
  bad: [
    `security: [{ basic: [] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { basic: { type: http, scheme: basic } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer }, basic: { type: http, scheme: basic } } }`,
  ],
  *find(api) {
    for (const { scheme, operations } of using(api))
      if (scheme.type === 'http' && scheme.scheme === 'basic')
        yield { at: scheme.location, message: `${scheme.name} is HTTP Basic`, operations };
  },
});
