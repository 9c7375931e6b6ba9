import { isListed, meets } from '../constraint.ts';
import { sizeParameter } from '../pages.ts';
import { under, updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import type { Operation, Parameter } from '@castellan/contract';

export const rule = contractRule({
  id: 'page-size-uncapped',
  title: 'Pages as large as the caller likes',
  owasp: ['API4:2023'],
  asvs: ['V2.2.1', 'V2.4.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'A limit that the caller may set to a million is no limit: one request reads the whole collection.',
  mend: 'add maximum to the schema of the parameter, or x-castellan: { page: { limit: …, max: 100 } } to the operation',
  docs: 'A maximum that stands only in the description is not enforced by anything: the finding then says so, one step milder.',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: limit, in: query, schema: { type: integer } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 100 } }], responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    const uncapped = new Map<string, { readonly parameter: Parameter; readonly operations: Operation[] }>();
    for (const operation of operations) {
      const parameter = sizeParameter(operation);
      if (
        operation.method !== 'GET' ||
        parameter?.schema === undefined ||
        typeof parameter.schema.raw === 'boolean' ||
        operation.castellan.page !== undefined
      )
        continue;
      const node = { raw: parameter.schema.raw, location: parameter.schema.location };
      if (
        meets(
          contract,
          node,
          (raw) => isListed(raw) || typeof raw['maximum'] === 'number' || typeof raw['exclusiveMaximum'] === 'number',
        )
      )
        continue;
      const key = `${parameter.location.document}#${parameter.location.pointer}`;
      const known = uncapped.get(key);
      if (known === undefined) uncapped.set(key, { parameter, operations: [operation] });
      else known.operations.push(operation);
    }
    for (const { parameter, operations: touched } of uncapped.values()) {
      const told = /\bmax(?:imum)?\b[^.]{0,40}?(\d{1,6})|\b(?:up to|at most|between \d+ and)\s+(\d{1,6})/i.exec(
        parameter.description ?? '',
      );
      const said = told?.[1] ?? told?.[2];
      yield {
        at: parameter.location,
        message:
          said === undefined
            ? `${parameter.name} has no maximum (${named(touched)})`
            : `${parameter.name} has a maximum of ${said} in its description only (${named(touched)})`,
        operations: touched,
        ...(said === undefined ? {} : ({ severity: 'low' } as const)),
        mend: updating(
          contract,
          'cap it',
          [{ at: schemaOf(parameter), update: { maximum: said === undefined ? 100 : Number(said) } }],
          said !== undefined,
        ),
      };
    }
  },
});

function schemaOf(parameter: Parameter) {
  return parameter.schema?.location ?? under(parameter.location, 'schema');
}
