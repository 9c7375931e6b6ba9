import { contractRule, graded } from '../rule.ts';
import { using } from '../schemes.ts';

export const rule = contractRule({
  id: 'http-scheme-weak',
  title: 'Outdated HTTP authentication scheme',
  owasp: ['API2:2023'],
  asvs: ['V6.1.3'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Digest, OAuth 1, NTLM and home-made schemes rest on broken hashes or on code that nobody else has reviewed.',
  mend: 'use bearer tokens of a maintained identity provider, or mutualTLS',
  docs: 'Knows the schemes of the IANA registry that are still sound: bearer, dpop, gnap, hoba, mutual, privatetoken, scram-sha-256, vapid, and signatures (RFC 9421).',
  bad: [
    `security: [{ digest: [] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { digest: { type: http, scheme: digest } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find(api) {
    for (const { scheme, operations } of using(api))
      if (
        scheme.type === 'http' &&
        /^(?:digest|oauth|negotiate|ntlm|token|custom|hmac|md5|wsse|cram-md5)$/.test(scheme.scheme)
      )
        yield { at: scheme.location, message: `${scheme.name} uses the HTTP scheme ${scheme.scheme}`, operations };
  },
});
