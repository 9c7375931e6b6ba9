import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'debug-parameter',
  title: 'Debug switch for callers',
  owasp: ['API8:2023'],
  asvs: ['V13.4.2'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Callers turn on what was made for developers: traces, queries and timings in the answer, and checks turned off.',
  mend: 'remove it, or bind it to a group by policy',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: debug, in: query, schema: { type: boolean } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: verbose, in: query, schema: { type: boolean } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        field.parameter !== undefined &&
        /^x?(?:debug|debugmode|isdebug|trace|showstacktrace|stacktrace|profiler|explainquery|showsql|devmode)$/.test(
          plain(field.name),
        ) &&
        !/traceparent/.test(field.name)
      )
        yield {
          at: field.location,
          message: `${field.name} in the ${field.parameter.in} (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
