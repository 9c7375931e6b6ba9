import { isJsonType, nodeOf, successes } from '../bodies.ts';
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
  id: 'response-anything',
  title: 'Answers that may hold anything',
  owasp: ['API3:2023', 'API8:2023'],
  asvs: ['V15.3.1'],
  severity: graded('low'),
  weighed: true,
  confidence: 'high',
  why: 'Where the schema of an answer says nothing, nothing can notice a property that should not have left: the whole database row is as valid as the one field that was meant.',
  mend: 'describe the properties that are answered',
  docs: 'For JSON answers of success without a schema, or with one that is empty or only says `type: object`. Maps with described values are fine.',
  bad: [
    `paths: { /orders: { get: { responses: { '200': { description: ok, content: { application/json: {} } } } } } }`,
    `paths: { /orders: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } } } } } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations)
      for (const response of successes(operation))
        for (const media of response.content) {
          if (!isJsonType(media.type)) continue;
          const node = nodeOf(media);
          const target = node === undefined ? undefined : follow(contract, node);
          if (
            target !== undefined &&
            (SAYS.some((keyword) => target.raw[keyword] !== undefined) ||
              (target.raw['type'] !== undefined && target.raw['type'] !== 'object'))
          )
            continue;
          if (response.status === '204' || response.status === '202') continue;
          yield {
            at: target?.location ?? media.location,
            message: `the answer ${response.status} of ${operation.method} ${operation.path} may be any object`,
            operations: [operation],
          };
        }
  },
});
