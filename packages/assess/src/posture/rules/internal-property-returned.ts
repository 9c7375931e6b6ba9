import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'internal-property-returned',
  title: 'Internal details of the service in answers',
  owasp: ['API3:2023', 'API8:2023'],
  asvs: ['V16.5.1', 'V13.4.6'],
  severity: graded('medium'),
  reads: 'answers',
  confidence: 'high',
  why: 'Stack traces, queries, file paths and internal notes tell an attacker what runs inside and where to aim.',
  mend: 'leave the property out, and put an id of the request in its place, by which the log is found',
  bad: [
    `paths: { /orders: { get: { responses: { '500': { description: failed, content: { application/json: { schema: { type: object, properties: { message: { type: string }, stackTrace: { type: string } } } } } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { responses: { '500': { description: failed, content: { application/json: { schema: { type: object, properties: { title: { type: string }, requestId: { type: string } } } } } } } } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        field.kind === 'property' &&
        field.readBy.length > 0 &&
        /^(?:stacktrace|stacktraces|traceback|exceptionstack|innerexception|exceptiontype|exceptionclass|exceptionmessage|debuginfo|debugmessage|debugdata|sql|sqlquery|sqlstate|sqlerror|rawquery|internalnotes?|internalcomments?|internalerror|internalid|dbid|databaseid|javaclass|serverpath|filesystempath|hostinternal|environmentvariables|envvars)$/.test(
          plain(field.name),
        )
      )
        yield {
          at: field.location,
          message: `${field.name} is answered by ${named(field.readBy)}`,
          operations: field.readBy,
          ...(/^database ?id$/i.test(field.name.replaceAll(/[_-]/g, ' ')) ? ({ severity: 'info' } as const) : {}),
        };
  },
});
