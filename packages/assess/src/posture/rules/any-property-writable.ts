import { bodyObjects } from '../bodies.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'any-property-writable',
  title: 'Any property may be sent on purpose',
  owasp: ['API3:2023'],
  asvs: ['V15.3.3', 'V2.2.1'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'Beside the properties that it names, the schema invites any other: what the handler binds or stores is up to the caller.',
  mend: 'name what is meant, or move free properties into a map of their own with bounds (maxProperties, a schema for the values)',
  docs: 'Only where `additionalProperties: true` (or `{}`) stands beside named properties; a pure map is judged by map-unbounded.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, additionalProperties: true, properties: { item: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, additionalProperties: false, properties: { item: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, shapes }) {
    for (const shape of shapes) {
      const additional = shape.node.raw['additionalProperties'];
      const anything =
        additional === true ||
        (typeof additional === 'object' && additional !== null && Object.keys(additional).length === 0);
      if (!anything || shape.fields.length === 0 || shape.writtenBy.length === 0) continue;
      const operations = shape.writtenBy.filter((operation) => bodyObjects(contract, operation).has(shape.node.raw));
      if (operations.length > 0)
        yield {
          at: shape.node.location,
          message: `any property may be sent beside those named (${named(operations)})`,
          operations,
        };
    }
  },
});
