import { isJsonType, nodeOf } from '../bodies.ts';
import { follow } from '../constraint.ts';
import { contractRule, graded } from '../rule.ts';

const SAYS = [
  'properties',
  'additionalProperties',
  'items',
  'allOf',
  'anyOf',
  'oneOf',
  'enum',
  'const',
  'patternProperties',
  'not',
  'if',
  '$dynamicRef',
  'maxProperties',
];

export const rule = contractRule({
  id: 'request-anything',
  title: 'Requests that may hold anything',
  owasp: ['API8:2023', 'API3:2023'],
  asvs: ['V2.1.1', 'V2.2.1'],
  severity: graded('medium'),
  weighed: true,
  confidence: 'high',
  why: 'No validator can refuse what no schema describes: whatever a caller sends reaches the handler.',
  mend: 'describe the properties that are accepted, with additionalProperties: false',
  docs: 'For JSON bodies without a schema, or with one that is empty or only says `type: object`. One schema that several operations share is one finding. GraphQL and maps with described values are fine.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { item: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations)
      for (const media of operation.body?.content ?? []) {
        if (!isJsonType(media.type)) continue;
        const node = nodeOf(media);
        const target = node === undefined ? undefined : follow(contract, node);
        if (
          target !== undefined &&
          (SAYS.some((keyword) => target.raw[keyword] !== undefined) ||
            (target.raw['type'] !== undefined && target.raw['type'] !== 'object'))
        )
          continue;
        yield {
          at: target?.location ?? media.location,
          message: `the body of ${operation.method} ${operation.path} may be anything`,
          operations: [operation],
        };
      }
  },
});
