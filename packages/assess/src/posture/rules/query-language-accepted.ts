import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { mayBeText } from '../text-value.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'query-language-accepted',
  title: 'Callers write queries',
  owasp: ['API4:2023', 'API8:2023'],
  asvs: ['V1.2.4', 'V4.3.1'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'A parameter that holds SQL, a where clause or an expression lets callers read other tables and run queries that never end.',
  mend: 'offer named filters with their own schemas',
  docs: 'By names that say a language: sql, where, hql, xpath, script, eval, expression of an order. A search text (`q`, `query`, `filter`) is not one.',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: where, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: q, in: query, schema: { type: string } }, { name: status, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        (field.kind === 'parameter' || field.kind === 'property') &&
        field.writtenBy.length > 0 &&
        /^(?:(?:raw|custom)?sql(?:query|statement|text|string|abfrage|anweisung)?|consultasql|requetesql|where|whereclause|hql|jpql|xpath|eval|jsexpression|orderbyclause|groovy|cql)$/.test(
          plain(field.name),
        ) &&
        mayBeText(field)
      )
        yield {
          at: field.location,
          message: `${field.name} holds a query that the caller writes (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
