import { under } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'oauth-implicit-flow',
  title: 'OAuth implicit flow',
  owasp: ['API2:2023'],
  asvs: ['V10.4.4'],
  severity: graded('high'),
  confidence: 'high',
  why: "The implicit flow puts the access token into the browser's address, where histories, logs and scripts find it (RFC 9700 section 2.1.2).",
  mend: 'use authorizationCode with PKCE',
  bad: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { implicit: { authorizationUrl: https://login.example.com, scopes: {} } } } } }`,
  ],
  good: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { authorizationCode: { authorizationUrl: https://login.example.com, tokenUrl: https://login.example.com/token, scopes: {} } } } } }`,
  ],
  *find({ contract }) {
    for (const scheme of contract.securitySchemes.values())
      if (scheme.type === 'oauth2' && scheme.flows.some(({ flow }) => flow === 'implicit'))
        yield {
          at: contract.openapi.startsWith('2') ? scheme.location : under(scheme.location, 'flows', 'implicit'),
          message: `${scheme.name} offers the implicit flow`,
        };
  },
});
