import { isOpen } from '../api.ts';
import { mayBe } from '../constraint.ts';
import type { Operation } from '@castellan/contract';
import type { Field } from '../fields.ts';
import { contractRule } from '../rule.ts';
import { named } from '../summary.ts';
import { wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'object-id-guessable',
  title: 'Object ids that count up',
  owasp: ['API1:2023'],
  asvs: ['V8.2.2'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  confidence: 'medium',
  why: 'With ids that count up, a caller reaches every object by trying, wherever one check of ownership is missing.',
  mend: 'use random ids (type: string, format: uuid), and let a policy decide about each object all the same',
  docs: 'Silent where anyone may call the operation, where a policy decides about the object (`x-castellan.resource`), and for numbers that are no id: pages, versions, years, positions. One finding for each kind of object.',
  bad: [
    `security: [{ token: [] }]
paths:
  /invoices/{invoiceId}:
    get: { parameters: [{ name: invoiceId, in: path, required: true, schema: { type: integer } }], responses: {} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths:
  /invoices/{invoiceId}:
    get: { parameters: [{ name: invoiceId, in: path, required: true, schema: { type: string, format: uuid } }], responses: {} }
  /archive/{year}:
    get: { parameters: [{ name: year, in: path, required: true, schema: { type: integer } }], responses: {} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, fields }) {
    const kinds = new Map<string, { readonly field: Field; readonly operations: Set<Operation> }>();
    for (const field of fields) {
      const { parameter } = field;
      if (parameter?.in !== 'path' || !mayBe(contract, field.node, 'integer') || !isId(field.name)) continue;
      const operations = field.writtenBy.filter(
        (operation) => !isOpen(operation) && operation.castellan.resource === undefined,
      );
      const [first] = operations;
      if (first === undefined) continue;
      const shared =
        parameter.location.pointer.startsWith('/components/') || !parameter.location.pointer.startsWith('/paths/');
      const kind = shared
        ? `${parameter.location.document}#${parameter.location.pointer}`
        : kindOf(first.path, field.name);
      const known = kinds.get(kind) ?? { field, operations: new Set() };
      kinds.set(kind, known);
      for (const operation of operations) known.operations.add(operation);
    }
    for (const [kind, { field, operations }] of kinds)
      yield {
        at: field.location,
        cause: kind,
        message: `the path parameter ${field.name} is a number that counts up (${named(operations)})`,
        operations,
      };
  },
});

/** The path down to the parameter: every operation on such an object names it so. */
function kindOf(path: string, name: string): string {
  const at = path.indexOf(`{${name}}`);
  return at === -1 ? path : path.slice(0, at + name.length + 2);
}

/** Numbers of pages, epochs and blocks are counted by everyone, and are nobody's. */
function isId(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (last === 'number' || last === 'no')
    return !/^(?:epoch|slot|block|page|version|line|row|chapter|season|episode|week|day|sequence|attempt|build|port|level|part|step|position|index)$/.test(
      words.at(-2) ?? '',
    );
  return last === 'id' || last === 'key';
}
