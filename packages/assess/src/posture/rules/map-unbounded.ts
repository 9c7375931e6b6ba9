import { meets } from '../constraint.ts';
import { updating } from '../patch.ts';
import { contractRule } from '../rule.ts';

export const rule = contractRule({
  id: 'map-unbounded',
  title: 'Maps of any size',
  owasp: ['API4:2023'],
  asvs: ['V2.2.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  reads: 'requests',
  confidence: 'high',
  why: 'A map whose keys the caller makes up can have any number of them, each stored, indexed or compared.',
  mend: 'add maxProperties, and bound the keys with propertyNames',
  docs: 'For objects in bodies that name no properties and describe their values by `additionalProperties`.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { labels: { type: object, additionalProperties: { type: string } } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { labels: { type: object, maxProperties: 20, additionalProperties: { type: string } } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const { raw } = field.target;
      const values = raw['additionalProperties'];
      if (field.writtenBy.length === 0 || field.parameter !== undefined || raw['properties'] !== undefined) continue;
      if (
        values === undefined ||
        values === false ||
        meets(contract, field.node, (one) => typeof one['maxProperties'] === 'number' || isListed(one['propertyNames']))
      )
        continue;
      yield {
        at: field.target.location,
        message: `${field.name === '' ? 'the body' : field.name} is a map of any size`,
        operations: field.writtenBy,
        mend: updating(
          contract,
          'bound it; the number is a proposal',
          [{ at: field.target.location, update: { maxProperties: 100 } }],
          false,
        ),
      };
    }
  },
});

function isListed(names: unknown): boolean {
  return typeof names === 'object' && names !== null && 'enum' in names;
}
