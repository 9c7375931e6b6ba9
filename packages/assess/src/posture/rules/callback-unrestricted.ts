import { contractRule, graded } from '../rule.ts';
import { follow, isRaw } from '../constraint.ts';
import { escapePointer, type Location, type Operation } from '@castellan/contract';
import type { Field } from '../fields.ts';
import { list } from '../summary.ts';

export const rule = contractRule({
  id: 'callback-unrestricted',
  title: 'Callbacks to wherever the caller says',
  owasp: ['API7:2023', 'API10:2023'],
  asvs: ['V1.3.6', 'V13.2.4'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'medium',
  why: 'The service sends its events, often with data of others, to an address that the caller chose, also inside the network.',
  mend: 'restrict the property that the callback expression reads: x-castellan: { url: { schemes: [https], private: deny } }',
  docs: 'For callbacks whose expression reads a part of the request (`{$request.body#/callbackUrl}`) that has no restriction.',
  bad: [
    `paths:
  /jobs:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { tellMe: { type: string } } } } } }
      callbacks: { done: { '{$request.body#/tellMe}': { post: { responses: {} } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /jobs:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { tellMe: { type: string, x-castellan: { url: { schemes: [https] } } } } } } } }
      callbacks: { done: { '{$request.body#/tellMe}': { post: { responses: {} } } } }
      responses: {}`,
  ],
  *find({ contract, operations, fields }) {
    for (const operation of operations) {
      const written: unknown = contract.at(operation.location);
      const callbacks: unknown = isRaw(written) ? written['callbacks'] : undefined;
      if (!isRaw(callbacks)) continue;
      const leading = new Map<string, { readonly at: Location; readonly names: string[] }>();
      for (const [name, raw] of Object.entries(callbacks)) {
        const location = {
          document: operation.location.document,
          pointer: `${operation.location.pointer}/callbacks/${escapePointer(name)}`,
        };
        const target = isRaw(raw) ? follow(contract, { raw, location }) : undefined;
        for (const expression of Object.keys(target?.raw ?? {})) {
          const read = /\{\$request\.(?:body#\/|query\.|header\.|path\.)([\w~/-]+)\}/
            .exec(expression)?.[1]
            ?.split('/')
            .at(-1);
          if (read === undefined || isRestricted(fields, operation, read)) continue;
          const known = leading.get(read) ?? { at: target?.location ?? location, names: [] };
          leading.set(read, known);
          if (!known.names.includes(name)) known.names.push(name);
        }
      }
      for (const [read, { at, names }] of leading)
        yield {
          at,
          message: `${names.length === 1 ? `the callback ${names[0] ?? ''}` : `the callbacks ${list(names, 3)}`} of ${operation.method} ${operation.path} ${names.length === 1 ? 'goes' : 'go'} wherever ${read} leads`,
          members: names,
          operations: [operation],
        };
    }
  },
});

function isRestricted(fields: readonly Field[], operation: Operation, name: string): boolean {
  return fields.some(
    (field) =>
      field.name === name &&
      field.writtenBy.includes(operation) &&
      JSON.stringify([field.node.raw['x-castellan'], field.parameter?.castellan.url ?? null]).includes('schemes'),
  );
}
