import { classNamed, sensitivityOf } from '../field-class.ts';
import { rootOf, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { mayBeText } from '../text-value.ts';
import { counted, list, pathOf } from '../summary.ts';

export const rule = contractRule({
  id: 'personal-data-unclassified',
  title: 'Personal data that nobody classified',
  owasp: ['API3:2023'],
  asvs: ['V14.1.1'],
  severity: { toy: 'off', internal: 'low', standard: 'low', bank: 'medium' },
  reads: 'both',
  confidence: 'high',
  why: 'What is not marked is logged, cached and returned like anything else, and nobody can say where personal data is when asked by law.',
  mend: 'add x-castellan: { sensitivity: personal } to each, so that it stays out of logs and policies can decide about it',
  docs: 'One finding for the document, its patch marks all. Names are known in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish and Finnish. Flags, enums and objects are not data.',
  bad: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { geburtsdatum: { type: string, format: date } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { geburtsdatum: { type: string, format: date, x-castellan: { sensitivity: personal } }, emailVerified: { type: boolean } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    const unmarked = fields.filter(
      (field) =>
        (field.kind === 'property' || field.kind === 'parameter') &&
        sensitivityOf(field) === undefined &&
        classNamed(field) !== undefined &&
        mayBeText(field),
    );
    if (unmarked.length === 0) return;
    const names = [...new Set(unmarked.map(({ name }) => name))];
    yield {
      at: rootOf(contract),
      message: `${counted(unmarked.length, 'field', 'holds', 'hold')} personal data or secrets by name, and ${unmarked.length === 1 ? 'is' : 'are'} not marked: ${list(names, 6)}`,
      members: unmarked.map(pathOf),
      operations: new Set(unmarked.flatMap(({ operations }) => operations)),
      mend: updating(
        contract,
        'mark what is personal or secret, so that it stays out of logs',
        unmarked
          .filter(({ node }) => node.raw['$ref'] === undefined)
          .map((field) => ({
            at: field.location,
            update: { 'x-castellan': { sensitivity: classNamed(field) === 'secret' ? 'secret' : 'personal' } },
          })),
        true,
      ),
    };
  },
});
