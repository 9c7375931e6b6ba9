import { classifyName } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'personal-data-in-path',
  title: 'Personal data in the path',
  owasp: ['API1:2023', 'API3:2023'],
  asvs: ['V14.2.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: "Paths are kept in access logs, browser histories and traces, and whoever knows somebody's address or number can ask for their object.",
  mend: 'name the object by a random id, and take the personal datum in a body',
  bad: [
    `paths: { '/users/{email}': { get: { parameters: [{ name: email, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { '/users/{userId}': { get: { parameters: [{ name: userId, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const { parameter, name, writtenBy } of fields) {
      if (parameter?.in !== 'path') continue;
      const data = classifyName(name);
      if (data === undefined || data === 'secret') continue;
      yield { at: parameter.location, message: `the path holds ${name} (${named(writtenBy)})`, operations: writtenBy };
    }
  },
});
