import { isPaced } from '../flows.ts';
import { updating } from '../patch.ts';
import { isRecord } from '../records.ts';
import { contractRule, graded } from '../rule.ts';
import { endsInParameter, segmentsOf, wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'paid-by-message',
  title: 'Each call costs money elsewhere',
  owasp: ['API4:2023'],
  asvs: ['V2.4.1', 'V2.1.3'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Text messages, calls and e-mails are paid by the piece: a script that asks for codes runs up a bill over night (scenario of OWASP API4:2023).',
  mend: 'give it a pace and a budget: x-castellan: { rateLimit: { rate: 5/hour }, … }, and a spending limit at the provider',
  bad: [`paths: { /phone/send-code: { post: { responses: {} } } }`, `paths: { /sms: { post: { responses: {} } } }`],
  good: [`paths: { /phone/send-code: { post: { x-castellan: { rateLimit: { rate: 5/hour } }, responses: {} } } }`],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if (operation.method !== 'POST' || isPaced(operation) || isRecord(contract, operation)) continue;
      const last = wordsOf(segmentsOf(operation.path).at(-1) ?? '').join('');
      const before = wordsOf(segmentsOf(operation.path).at(-2) ?? '').join('');
      const sends =
        /^(?:sendcode|sendotp|sendsms|resendcode|resendotp|sendverificationcode|sms|textmessages?|voicecalls?|sendemail|resendverification|resendverificationemail)$/.test(
          last,
        ) ||
        (/^(?:send|resend)$/.test(last) &&
          /^(?:otp|code|codes|sms|phone|mobile|verification|verifications|emails?)$/.test(before));
      if (sends && !endsInParameter(operation.path))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} sends a message for every call`,
          operations: [operation],
          mend: updating(
            contract,
            'bound how often; the number is a proposal',
            [{ at: operation.location, update: { 'x-castellan': { rateLimit: { rate: '5/hour' } } } }],
            false,
          ),
        };
    }
  },
});
