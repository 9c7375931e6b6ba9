import { under } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'oauth-password-flow',
  title: 'OAuth password flow',
  owasp: ['API2:2023'],
  asvs: ['V10.4.4'],
  severity: graded('high'),
  confidence: 'high',
  why: "The password flow hands the user's password to the client and leaves out second factors (RFC 9700 section 2.4).",
  mend: 'use authorizationCode with PKCE for people, clientCredentials for services',
  bad: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { password: { tokenUrl: https://login.example.com/token, scopes: {} } } } } }`,
  ],
  good: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com/token, scopes: {} } } } } }`,
  ],
  *find({ contract }) {
    for (const scheme of contract.securitySchemes.values())
      if (scheme.type === 'oauth2' && scheme.flows.some(({ flow }) => flow === 'password'))
        yield {
          at: contract.openapi.startsWith('2') ? scheme.location : under(scheme.location, 'flows', 'password'),
          message: `${scheme.name} offers the password flow`,
        };
  },
});
