import { contractRule } from '../rule.ts';
import { secretsOf } from '../secrets.ts';

export const rule = contractRule({
  id: 'secret-in-document',
  title: 'Live credentials in the document',
  owasp: ['API8:2023', 'API2:2023'],
  asvs: ['V13.3.1'],
  severity: { toy: 'high', internal: 'high', standard: 'critical', bank: 'critical' },
  confidence: 'medium',
  why: 'Whoever reads the documentation can use the key; documents are copied, indexed and kept for ever.',
  mend: 'revoke the credential now, then replace it with one that is visibly made up: EXAMPLE-…',
  docs: 'For strings anywhere in the document that have the form of keys of AWS, Google, GitHub, GitLab, Slack, Stripe, SendGrid, npm, of private keys and of JWTs that have not expired; the last two count less, since they may be made up. Those that are visibly made up (example, xxxx, repeated or counting characters, well-known samples) are left alone; so are public test keys that say so.',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: X-Key, in: header, example: AKIAQ3EGRZV7LXWKPT2M, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: X-Key, in: header, example: AKIAIOSFODNN7EXAMPLE, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ contract, now }) {
    for (const { location, kind, shown, known } of secretsOf(contract, now))
      yield {
        at: location,
        message: `${shown} looks like ${kind}`,
        ...(known ? {} : ({ severity: 'medium', confidence: 'low' } as const)),
      };
  },
});
