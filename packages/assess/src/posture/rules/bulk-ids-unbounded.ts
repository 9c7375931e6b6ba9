import { meets } from '../constraint.ts';
import { updating } from '../patch.ts';
import { storedObjects } from '../bodies.ts';
import { contractRule, graded } from '../rule.ts';
import { wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'bulk-ids-unbounded',
  title: 'Any number of objects in one call',
  owasp: ['API1:2023', 'API4:2023'],
  asvs: ['V8.2.2', 'V2.4.1'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'high',
  why: 'One call with a list of ids reads or changes any number of objects, past limits per call, and checks of the first id do not protect the rest.',
  mend: 'add maxItems, and decide about every id of the list',
  bad: [
    `paths:
  /messages/delete:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { messageIds: { type: array, items: { type: string } } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /messages/delete:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { messageIds: { type: array, maxItems: 50, items: { type: string } } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (field.writtenBy.length === 0 || (field.kind !== 'property' && field.kind !== 'parameter') || !isIdList(field))
        continue;
      if (
        field.target.raw['type'] !== 'array' ||
        meets(contract, field.node, (raw) => typeof raw['maxItems'] === 'number')
      )
        continue;
      // The URL is bounded by the server.
      if (field.parameter !== undefined) continue;
      // What stands deeper is a condition or a setting, not what the call acts on.
      const owner = field.owner?.node.raw;
      const operations = field.writtenBy.filter(
        (operation) => owner === undefined || storedObjects(contract, operation).has(owner),
      );
      if (operations.length === 0) continue;
      yield {
        at: field.target.location,
        message: `${field.name} may hold any number of ids`,
        operations,
        mend: updating(
          contract,
          'add maxItems, and decide about every id of the list',
          [{ at: field.target.location, update: { maxItems: 100 } }],
          false,
        ),
      };
    }
  },
});

function isIdList({ name }: { readonly name: string }): boolean {
  const last = wordsOf(name).at(-1);
  // Ids of published catalogues are nobody's objects.
  if (/^(?:cwe|cve|locale|language|country|currency|timezone)/i.test(name)) return false;
  return last === 'ids' || last === 'gids' || last === 'uuids';
}
