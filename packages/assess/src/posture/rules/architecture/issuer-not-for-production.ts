import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'issuer-not-for-production',
  title: 'A production API that believes a development identity provider',
  owasp: ['API2:2023', 'API9:2023'],
  asvs: ['V10.5.1'],
  severity: graded('critical'),
  confidence: 'medium',
  why: 'Whoever can get a token there, and mostly anybody can, is let into production.',
  mend: 'name the issuer of production, by https',
  bad: [
    {
      'castellan.yaml':
        'apis: [{ name: a, contract: b, environment: production, authentication: { oauth: { issuer: "http://localhost:9000" } } }]\naudit: { dir: x }\n',
    },
  ],
  good: [
    {
      'castellan.yaml':
        'apis: [{ name: a, contract: b, environment: production, authentication: { oauth: { issuer: "https://login.example.com" } } }]\naudit: { dir: x }\n',
    },
  ],
  *find({ castellan }) {
    for (const { apis } of castellan)
      for (const { name, environment, authentication } of apis) {
        if (environment !== 'production') continue;
        for (const { issuer, place } of authentication)
          if (
            issuer !== undefined &&
            (!issuer.startsWith('https:') ||
              /(?:^|[./-])(?:localhost|127\.0\.0\.1|dev|development|test|staging|stage|mock|sandbox)(?=$|[./:-])/i.test(
                issuer,
              ))
          )
            yield { at: place, message: `${name} is in production and believes ${issuer}` };
      }
  },
});
