import { need, threat, way } from '../definition.ts';
import { castellanOf } from '@castellan/contract';
import type { Field } from '../../posture/fields.ts';

export const massAssignment = threat({
  id: 'mass-assignment',
  title: 'Writing what decides about rights, money or ownership',
  subject: 'operation',
  stride: ['tampering', 'elevation'],
  owasp: 'API3:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Adds role, owner, price or status to a request, and the server takes it over.',
  ways: [
    way(
      'One more property',
      ['calls the operation as any user', 'authentication'],
      ['adds a property that decides', 'property-write'],
    ),
  ],
  find: ({ data, purpose }) => {
    if (data.decisive.length === 0 || purpose.administration || purpose.login) return undefined;
    const open = data.decisive.filter((field) => !isRestricted(field));
    const names = [...new Set(open.map((field) => field.name))];
    return [
      need(
        'property-write',
        open.length === 0,
        `${names.slice(0, 4).join(', ')} can be written by every caller`,
        'it is said who may write them',
        { at: open.map((field) => field.node.location) },
      ),
    ];
  },
  bad: [
    {
      name: 'a writable role',
      schemas: { Person: { type: 'object', properties: { role: { type: 'string' } } } },
      paths: { '/people': { post: { body: 'Person' } } },
    },
  ],
  good: [
    {
      name: 'a readOnly role',
      schemas: { Person: { type: 'object', properties: { role: { type: 'string', readOnly: true } } } },
      paths: { '/people': { post: { body: 'Person' } } },
    },
  ],
});

function isRestricted(field: Field): boolean {
  return (castellanOf(field.node.raw).write ?? castellanOf(field.target.raw).write) !== undefined;
}
