import { contractRule } from '../rule.ts';

export const rule = contractRule({
  id: 'oauth-url-plain-http',
  title: 'Identity provider without TLS',
  owasp: ['API2:2023', 'API8:2023'],
  asvs: ['V12.2.1', 'V12.3.1'],
  severity: { toy: 'medium', internal: 'high', standard: 'critical', bank: 'critical' },
  confidence: 'high',
  why: 'Codes, tokens and passwords travel to the identity provider in plain text, and whoever sits in between can answer in its place.',
  mend: 'write the https address',
  bad: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: http://login.example.com/token, scopes: {} } } } } }`,
    `paths: {}
components: { securitySchemes: { oidc: { type: openIdConnect, openIdConnectUrl: http://login.example.com/.well-known/openid-configuration } } }`,
  ],
  good: [
    `paths: {}
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com/token, scopes: {} } } } } }`,
  ],
  *find({ contract }) {
    for (const scheme of contract.securitySchemes.values()) {
      const urls =
        scheme.type === 'oauth2'
          ? scheme.flows.flatMap(({ authorizationUrl, tokenUrl }) => [authorizationUrl, tokenUrl])
          : scheme.type === 'openIdConnect'
            ? [scheme.openIdConnectUrl]
            : [];
      const plain = urls.find((url) => url !== undefined && /^http:\/\/(?!localhost\b|127\.)/i.test(url));
      if (plain !== undefined) yield { at: scheme.location, message: `${scheme.name} talks to ${plain} in plain text` };
    }
  },
});
