import { meets } from '../constraint.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';
import { wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'array-unbounded',
  title: 'Lists of any length',
  owasp: ['API4:2023'],
  asvs: ['V2.2.1', 'V2.4.1'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'high',
  why: 'Each item costs a check, a query or a write: one request with a hundred thousand of them does the work of a hundred thousand requests, past every rate limit.',
  mend: 'add maxItems',
  docs: 'Bodies only. Lists of ids are judged by bulk-ids-unbounded.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { lines: { type: array, items: { type: object } } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { lines: { type: array, maxItems: 100, items: { type: object } }, days: { type: array, uniqueItems: true, items: { type: string, enum: [mo, tu] } } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const { raw } = field.target;
      if (field.writtenBy.length === 0 || field.parameter !== undefined || raw['type'] !== 'array') continue;
      const last = wordsOf(field.name).at(-1);
      if (
        last === 'ids' ||
        last === 'gids' ||
        last === 'uuids' ||
        meets(contract, field.node, (one) => typeof one['maxItems'] === 'number')
      )
        continue;
      if (raw['uniqueItems'] === true && isListed(raw['items'])) continue;
      yield {
        at: field.target.location,
        message: `${field.name === '' ? 'the body' : field.name} is a list of any length`,
        operations: field.writtenBy,
        mend: updating(
          contract,
          'bound it; the number is a proposal',
          [{ at: field.target.location, update: { maxItems: 100 } }],
          false,
        ),
      };
    }
  },
});

function isListed(items: unknown): boolean {
  return typeof items === 'object' && items !== null && 'enum' in items;
}
