import { classNamed, sensitivityOf } from '../field-class.ts';
import { listedObjects } from '../lists.ts';
import { contractRule, graded } from '../rule.ts';
import { mayBeText } from '../text-value.ts';
import { named, pathOf } from '../summary.ts';
import type { Operation } from '@castellan/contract';
import type { DataClass } from '@castellan/meaning';
import type { Field } from '../fields.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'list-returns-sensitive',
  title: 'Lists that hand out sensitive data',
  owasp: ['API3:2023'],
  asvs: ['V14.2.6', 'V15.3.1'],
  severity: graded('medium'),
  reads: 'answers',
  confidence: 'medium',
  why: 'One stolen credential and a few pages give away the birth dates, account numbers or diagnoses of everybody in the list.',
  mend: 'leave it out of the list and give it with the single object, to those who need it (x-castellan: { read: […] })',
  docs: 'For dates of birth, national ids, card and account numbers and the special categories of GDPR article 9; not for names, addresses and codes of banks. A list is one in its usual envelopes too (`{ data: […], total }`, `{ items: […] }`, `{ _embedded: { people: […] } }`), and what its items hold counts as they do (`[{ author: { ssn } }]`); a list inside one object is none. Silent where `x-castellan.read` says who may.',
  bad: [
    `paths: { /patients: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { data: { type: array, items: { type: object, properties: { person: { type: object, properties: { ssn: { type: string } } } } } }, total: { type: integer } } } } } } } } } }`,
    `paths: { /patients: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { name: { type: string }, diagnosis: { type: string } } } } } } } } } } }`,
  ],
  good: [
    `paths: { '/patients/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { ssn: { type: string }, visits: { type: array, items: { type: object, properties: { diagnosis: { type: string } } } } } } } } } } } } }`,
    `paths: { /patients: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } } } } }`,
  ],
  *find({ contract, fields }) {
    const found = new Map<string, { readonly first: Field; readonly data: DataClass; readonly all: Field[] }>();
    const told = new Map<Field, readonly Operation[]>();
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      if (field.kind !== 'property' || owner === undefined || field.readBy.length === 0 || !mayBeText(field)) continue;
      // They name a bank, or a person as a letter does.
      if (/^(?:bic|routingnumber|sortcode|cardholdername)$/.test(plain(field.name))) continue;
      const data = classNamed(field);
      if (data !== 'personal' && data !== 'financial' && data !== 'special') continue;
      const extension = field.node.raw['x-castellan'];
      if (
        sensitivityOf(field) === 'public' ||
        (typeof extension === 'object' && extension !== null && 'read' in extension)
      )
        continue;
      const operations = field.readBy.filter(
        (operation) =>
          (operation.method === 'GET' || operation.method === 'QUERY') && listedObjects(contract, operation).has(owner),
      );
      if (operations.length === 0) continue;
      // Thirty countries' forms of one account are one list of account numbers.
      const key = `${plain(field.name)} ${operations.map(({ operationId }) => operationId).join(' ')}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { first: field, data, all: [field] });
      else known.all.push(field);
      told.set(field, operations);
    }
    for (const { first, data, all } of found.values()) {
      const operations = told.get(first) ?? [];
      const of = all.length === 1 ? '' : ` in ${all.length} schemas`;
      yield {
        at: first.location,
        message: `${named(operations)} lists ${first.name} (${data} data)${of}`,
        ...(all.length === 1 ? {} : { members: all.map(pathOf) }),
        operations,
      };
    }
  },
});
