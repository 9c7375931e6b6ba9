import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';
import { rootOf } from '../patch.ts';
import { count, list } from '../summary.ts';

export const rule = contractRule({
  id: 'outbound-webhook-unsigned',
  title: 'Webhooks that receivers cannot verify',
  owasp: ['API10:2023'],
  asvs: ['V4.1.5'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Receivers cannot tell your events from those that an attacker sends to the same address.',
  mend: 'sign each event (RFC 9421, or an HMAC over the body) and document the header field',
  docs: 'For the webhooks of the document; one finding where none has a header parameter that speaks of a signature, and no security.',
  bad: [
    `paths: {}
webhooks: { paid: { post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: {}
webhooks: { paid: { post: { parameters: [{ name: Example-Signature, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ contract }) {
    const unsigned = contract.webhooks.filter(
      (webhook) =>
        // What the document asks of its callers is not what it shows to receivers.
        (webhook.securityFrom !== 'operation' || webhook.security.every(({ schemes }) => schemes.length === 0)) &&
        !webhook.parameters.some(
          (parameter) => parameter.in === 'header' && /signature|hmac|digest|authorization/.test(plain(parameter.name)),
        ),
    );
    if (unsigned.length > 0)
      yield {
        at: { ...rootOf(contract), pointer: '/webhooks' },
        message: `${count(unsigned.length, 'webhook')} without a signature: ${list(
          unsigned.map(({ path }) => path),
          3,
        )}`,
        members: unsigned.map(({ method, path }) => `${method} ${path}`),
      };
  },
});
