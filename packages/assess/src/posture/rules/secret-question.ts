import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'secret-question',
  title: 'Secret questions',
  owasp: ['API2:2023'],
  asvs: ['V6.4.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'The answers stand in social networks and do not change: whoever looks them up gets in without a password.',
  mend: 'recover accounts by a one-time code over a registered channel, or a second factor',
  bad: [
    `paths: { /recovery: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { securityAnswer: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /recovery: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { code: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        field.kind === 'property' &&
        field.writtenBy.length > 0 &&
        /^(?:(?:security|secret)(?:question|answer)s?|passwordhint|hintquestion|mothersmaidenname|sicherheitsfrage|geheimfrage)$/.test(
          plain(field.name),
        )
      )
        yield {
          at: field.location,
          message: `${field.name} is a secret question or its answer`,
          operations: field.writtenBy,
        };
  },
});
