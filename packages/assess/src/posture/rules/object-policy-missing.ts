import { isOpen } from '../api.ts';
import { rootOf } from '../patch.ts';
import { isOnAskedObject, isOnObject } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { counted, named } from '../summary.ts';

export const rule = contractRule({
  id: 'object-policy-missing',
  title: 'Objects that nothing says who may reach',
  owasp: ['API1:2023'],
  asvs: ['V8.1.1', 'V8.2.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: "Whoever knows or guesses the id of somebody else's object gets it, unless each handler checks it.",
  mend: 'add x-castellan: { resource: … } to the schema of each object, so that a policy decides about every one',
  docs: 'An operation acts on an object where a path parameter names one, at the end of the path or before what belongs to it (`/vehicles/{vehicleId}/location`); versions, languages, formats and days name none. So does an id in the query that has to be given and is called as the path is (`GET /orders/details?orderId=`). Where the document declares no resource at all, that is one finding for the whole document. Operations that anyone may call are left out: their objects are public.',
  bad: [
    `security: [{ token: [] }]
paths: { /orders/details: { get: { parameters: [{ name: orderId, in: query, required: true, schema: { type: string } }], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `security: [{ token: [] }]
paths: { '/vehicles/{vehicleId}/location': { get: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `security: [{ token: [] }]
paths: { '/invoices/{id}': { get: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { '/{version}/prices': { get: { responses: {} } }, '/rates/{date}': { get: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `security: [{ token: [] }]
paths:
  /invoices/{id}:
    get: { x-castellan: { resource: { type: Invoice, id: path.id } }, responses: {} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `paths: { '/posts/{id}': { get: { responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    const declared = (type: string): boolean => contract.resources.get(type)?.declared === true;
    const undecided = operations.filter(
      (operation) =>
        (isOnObject(operation) || isOnAskedObject(operation)) &&
        !isOpen(operation) &&
        !(operation.resource !== undefined && (operation.resource.declared || declared(operation.resource.type))),
    );
    if (undecided.length === 0) return;
    const some =
      operations.some((operation) => operation.castellan.resource !== undefined) ||
      [...contract.resources.values()].some((resource) => resource.declared);
    if (some)
      for (const operation of undecided)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} acts on an object that no schema declares as a resource`,
          operations: [operation],
        };
    else
      yield {
        at: rootOf(contract),
        message: `${counted(undecided.length, 'operation', 'acts', 'act')} on single objects, and nothing says who may reach which: ${named(undecided)}`,
        operations: undecided,
      };
  },
});
