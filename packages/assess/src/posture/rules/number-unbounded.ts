import { isListed, mayBe, meets } from '../constraint.ts';
import { updating } from '../patch.ts';
import { isFilter } from '../filters.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

const AMOUNT =
  /^(?:quantity|amount|count|copies|repeat|repetitions|iterations|days|timeout|threads|workers|replicas|qty|menge|anzahl|quantite|cantidad|quantita)$/;

export const rule = contractRule({
  id: 'number-unbounded',
  title: 'Amounts without a bound',
  owasp: ['API4:2023', 'API6:2023'],
  asvs: ['V2.2.1', 'V1.4.2'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'The caller decides how much is made, moved, reserved or waited for; a negative or huge number does what nobody meant.',
  mend: 'add minimum and maximum',
  docs: 'Only for numbers that by their name decide how much is done. Page sizes are judged by page-size-uncapped. Both bounds are asked for.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { quantity: { type: integer } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { quantity: { type: integer, minimum: 1, maximum: 100 }, size: { type: integer, readOnly: true } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (
        field.writtenBy.length === 0 ||
        (field.kind !== 'property' && field.kind !== 'parameter') ||
        !AMOUNT.test(plain(field.name)) ||
        isFilter(contract, field) ||
        // A page size: page-size-uncapped.
        (field.parameter?.in === 'query' && plain(field.name) === 'count')
      )
        continue;
      if (!mayBe(contract, field.node, 'integer') && !mayBe(contract, field.node, 'number')) continue;
      if (
        meets(
          contract,
          field.node,
          (raw) =>
            isListed(raw) ||
            ((typeof raw['maximum'] === 'number' || typeof raw['exclusiveMaximum'] === 'number') &&
              (typeof raw['minimum'] === 'number' || typeof raw['exclusiveMinimum'] === 'number')),
        )
      )
        continue;
      const missing = ['minimum', 'maximum'].filter(
        (keyword) => !meets(contract, field.node, (raw) => typeof raw[keyword] === 'number'),
      );
      yield {
        at: field.target.location,
        message: `${field.name} has no ${missing.join(' and no ')} (${named(field.writtenBy)})`,
        operations: field.writtenBy,
        mend: updating(
          contract,
          'bound it; the numbers are a proposal',
          [
            {
              at: field.target.location,
              update: Object.fromEntries(missing.map((keyword) => [keyword, keyword === 'minimum' ? 0 : 1_000_000])),
            },
          ],
          false,
        ),
      };
    }
  },
});
