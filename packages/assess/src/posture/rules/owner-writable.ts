import { isUnsafe } from '../api.ts';
import { storedObjects } from '../bodies.ts';
import { mayBeText } from '../text-value.ts';
import { updating } from '../patch.ts';
import type { Field } from '../fields.ts';
import { contractRule, graded } from '../rule.ts';
import { decisionOf, isAdmin, plain, takesArguments } from '@castellan/meaning';

export const rule = contractRule({
  id: 'owner-writable',
  title: 'Callers choose the owner',
  owasp: ['API3:2023', 'API1:2023'],
  asvs: ['V15.3.3', 'V8.2.2'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'medium',
  why: "Who owns an object decides who may reach it: a caller who writes the owner takes objects over, or puts their own in other people's names.",
  mend: 'mark the property readOnly and set it from the credential, or say who may write it: x-castellan: { write: […] }',
  docs: "Silent under administrators' paths where `x-castellan.write` says who may, and where the body says whose data is meant and nothing is stored: DELETE, and reads called by POST (`POST /items/get`, `POST /users:search`, an operationId that begins with a verb such as get, list, find). A transfer of ownership deserves an operation of its own.",
  bad: [
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { title: { type: string }, ownerId: { type: string } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /user/items/get:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { user_id: { type: string } } } } } }
      responses: {}`,
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { title: { type: string }, ownerId: { type: string, readOnly: true } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      if (
        field.kind !== 'property' ||
        owner === undefined ||
        !choosesOwner(field.name) ||
        isAllThatIsSent(field) ||
        !mayBeText(field)
      )
        continue;
      const extension = field.node.raw['x-castellan'];
      if (typeof extension === 'object' && extension !== null && 'write' in extension) continue;
      const operations = field.writtenBy.filter(
        (operation) =>
          isUnsafe(operation) &&
          !isAdmin(operation) &&
          !takesArguments(operation) &&
          !/transfer|assign|owner|share|invite|member/i.test(operation.path) &&
          storedObjects(contract, operation).has(owner),
      );
      if (operations.length === 0) continue;
      yield {
        at: field.location,
        message: `${field.name} can be sent by the caller`,
        operations,
        mend: updating(
          contract,
          'mark it readOnly, and set it from the credential',
          [{ at: field.location, update: { readOnly: true } }],
          false,
        ),
      };
    }
  },
});

/** Where something is set that is one id, it says who is meant: nothing is stored beside it. */
function isAllThatIsSent({ owner, writtenBy }: Field): boolean {
  return owner?.fields.length === 1 && !owner.partial && writtenBy.every(({ method }) => method === 'PUT');
}

/** Whose something is; an account or client may be what the request is about. */
function choosesOwner(name: string): boolean {
  return (
    decisionOf(name) === 'owner' &&
    !/^(?:(?:account|client|approver)id|owner|(?:assigned|approved|issued)by)$/.test(plain(name))
  );
}
