import { follow, isRaw } from '../constraint.ts';
import type { Raw } from '../fields.ts';
import { contractRule } from '../rule.ts';
import { named } from '../summary.ts';
import type { Contract } from '@castellan/contract';

export const rule = contractRule({
  id: 'recursion-unbounded',
  title: 'Requests nested without end',
  owasp: ['API4:2023'],
  asvs: ['V2.2.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  reads: 'requests',
  confidence: 'medium',
  why: 'A schema that contains itself lets a caller nest as deep as the parser goes; what walks it recursively overflows its stack.',
  mend: 'bound the depth where it is read, or write out the few levels that are meant',
  docs: "Castellan's guard bounds the depth of every body; this is about what stands behind it.",
  bad: [
    `paths: { /filters: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Filter' } } } }, responses: {} } } }
components: { schemas: { Filter: { type: object, properties: { and: { type: array, items: { $ref: '#/components/schemas/Filter' } } } } } }`,
  ],
  good: [
    `paths: { /filters: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Filter' } } } }, responses: {} } } }
components: { schemas: { Filter: { type: object, properties: { and: { type: array, items: { type: string } } } } } }`,
  ],
  *find({ contract, shapes }) {
    for (const shape of shapes) {
      if (shape.writtenBy.length === 0 || shape.name === '') continue;
      const way = shape.fields.find((field) => leadsTo(contract, field.target.raw, shape.node.raw));
      if (way !== undefined)
        yield {
          at: shape.node.location,
          message: `${shape.name} contains itself through ${way.name} (${named(shape.writtenBy)})`,
          operations: shape.writtenBy,
        };
    }
  },
});

/** Whether a schema is, or lists, or refers in one of its parts to, another one. */
function leadsTo(contract: Contract, raw: Raw, goal: Raw): boolean {
  if (raw === goal) return true;
  const location = { document: contract.documents[0] ?? '', pointer: '' };
  for (const part of [
    raw['items'],
    raw['additionalProperties'],
    ...['allOf', 'anyOf', 'oneOf'].flatMap((keyword) =>
      Array.isArray(raw[keyword]) ? (raw[keyword] as unknown[]) : [],
    ),
  ])
    if (isRaw(part) && typeof part['$ref'] === 'string' && follow(contract, { raw: part, location })?.raw === goal)
      return true;
  return false;
}
