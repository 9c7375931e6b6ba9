import { castellanOf } from '@castellan/contract';
import { sensitivityOf } from '../field-class.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'sensitive-readable-by-all',
  title: 'Confidential, but for every caller',
  owasp: ['API3:2023'],
  asvs: ['V8.1.2', 'V8.2.3'],
  severity: graded('medium'),
  reads: 'answers',
  confidence: 'high',
  why: 'The document calls the property confidential and still gives it to everyone who may read the object.',
  mend: 'say who may read it: x-castellan: { read: [group] }',
  docs: 'Secrets that are answered are judged by secret-returned.',
  bad: [
    `paths: { '/files/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { notes: { type: string, x-castellan: { sensitivity: confidential } } } } } } } } } } }`,
  ],
  good: [
    `paths: { '/files/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { notes: { type: string, x-castellan: { sensitivity: confidential, read: [reviewers] } } } } } } } } } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const sensitivity = sensitivityOf(field);
      if (field.readBy.length === 0 || sensitivity !== 'confidential') continue;
      if (castellanOf(field.node.raw).read !== undefined || castellanOf(field.target.raw).read !== undefined) continue;
      yield {
        at: field.location,
        message: `${field.name} is ${sensitivity}, and nothing says who may read it`,
        operations: field.readBy,
      };
    }
  },
});
