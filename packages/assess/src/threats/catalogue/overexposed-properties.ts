import { need, threat, way } from '../definition.ts';
import { isOwn } from './paths.ts';
import { castellanOf } from '@castellan/contract';
import type { DataField } from '../facts/data.ts';

export const overexposedProperties = threat({
  id: 'overexposed-properties',
  title: 'More than the caller may see',
  subject: 'operation',
  stride: ['disclosure'],
  owasp: 'API3:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Reads from the raw answer what the application does not show.',
  ways: [
    way(
      'Look at the answer',
      ['calls the operation as any user', 'authentication'],
      ['reads properties that were not meant for them', 'property-read'],
    ),
    way('Undocumented properties', ['finds properties that nobody documented', 'output-validation']),
  ],
  find: ({ operation, data, purpose }) => {
    // People may see their own data; a password hash nobody; whoever signs in is given a token, which is what they came for.
    const issues = purpose.login || purpose.misuse === 'signup';
    const sensitive = data.given.filter(
      (one) =>
        one.data !== 'contact' && (one.data === 'secret' ? !(issues && isToken(one.field.name)) : !isOwn(operation)),
    );
    if (sensitive.length === 0) return undefined;
    const open = sensitive.filter((one) => !isRestricted(one));
    const names = [...new Set(open.map(({ field }) => field.name))];
    const described = operation.responses
      .filter(({ status }) => status.startsWith('2'))
      .every(({ content }) => content.every(({ schema }) => schema !== undefined));
    return [
      need(
        'property-read',
        open.length === 0,
        `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''} ${names.length === 1 ? 'is' : 'are'} given to every caller`,
        'it is said who may read them',
        { at: open.map(({ field }) => field.node.location) },
      ),
      need('output-validation', described, 'an answer has no schema', 'answers have schemas'),
    ];
  },
  bad: [
    {
      name: 'a password hash in the answer',
      schemas: { Person: { type: 'object', properties: { passwordHash: { type: 'string' } } } },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'readable for some',
      schemas: {
        Person: {
          type: 'object',
          properties: { passwordHash: { type: 'string', 'x-castellan': { read: ['admins'] } } },
        },
      },
      paths: { '/people': { get: { answer: 'Person' } } },
    },
  ],
});

function isRestricted({ field }: DataField): boolean {
  return (castellanOf(field.node.raw).read ?? castellanOf(field.target.raw).read) !== undefined;
}

/** What is issued: not what is kept to compare with. */
function isToken(name: string): boolean {
  return /token|jwt|session/i.test(name);
}
