import { failures, isJsonType, nodeOf } from '../bodies.ts';
import { follow } from '../constraint.ts';
import { contractRule } from '../rule.ts';
import { named } from '../summary.ts';
import type { Location, Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'error-anything',
  title: 'Error bodies that may hold anything',
  owasp: ['API8:2023'],
  asvs: ['V16.5.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'low' },
  confidence: 'high',
  why: 'An error body without properties lets internals out: nothing can tell a sentence for the caller from a stack trace.',
  mend: 'describe the properties of errors: type, title, status, detail (RFC 9457)',
  bad: [
    `paths: { /orders: { get: { responses: { '500': { description: failed, content: { application/json: { schema: { type: object } } } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { responses: { '500': { description: failed, content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } } } } } }`,
  ],
  *find({ contract, operations }) {
    const found = new Map<string, { readonly at: Location; readonly operations: Operation[] }>();
    for (const operation of operations)
      for (const response of failures(operation))
        for (const media of response.content) {
          if (!isJsonType(media.type)) continue;
          const node = nodeOf(media);
          const target = node === undefined ? undefined : follow(contract, node);
          if (
            target !== undefined &&
            ['properties', 'allOf', 'anyOf', 'oneOf', 'items', 'additionalProperties', 'enum'].some(
              (keyword) => target.raw[keyword] !== undefined,
            )
          )
            continue;
          if (target !== undefined && target.raw['type'] !== undefined && target.raw['type'] !== 'object') continue;
          const at = target?.location ?? media.location;
          const key = `${at.document}#${at.pointer}`;
          const known = found.get(key);
          if (known === undefined) found.set(key, { at, operations: [operation] });
          else known.operations.push(operation);
        }
    for (const { at, operations: touched } of found.values())
      yield { at, message: `errors may hold anything (${named(touched)})`, operations: touched };
  },
});
