import { classifyName, plain } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { mayBeText } from '../text-value.ts';

export const rule = contractRule({
  id: 'personal-data-in-query',
  title: 'Personal data in the query',
  owasp: ['API8:2023', 'API3:2023'],
  asvs: ['V14.2.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Queries are kept in access logs, histories and traces, on your side and on every proxy between.',
  mend: 'search by POST (or QUERY) with a body, or by an id',
  docs: 'For national ids, dates of birth, card and account numbers and special categories; e-mail addresses and telephone numbers count one step less. Addresses of machines are in the log anyway; positions on a map are what a map is asked for, and are left alone.',
  bad: [
    `paths: { /users: { get: { parameters: [{ name: ssn, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /shops: { get: { parameters: [{ name: latitude, in: query, schema: { type: number } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const data = classifyName(field.name);
      if (
        field.parameter?.in !== 'query' ||
        data === undefined ||
        data === 'secret' ||
        !mayBeText(field) ||
        /^(?:ip|ipaddress|clientip|remoteip|lat|latitude|lng|lon|longitude|geolocation|gender|nationality)$/.test(
          plain(field.name),
        )
      )
        continue;
      if (data === 'contact' && !/mail|phone|mobile|telefon|courriel|correo/.test(plain(field.name))) continue;
      yield {
        at: field.location,
        message: `${field.name} is ${data} data in the query (${named(field.writtenBy)})`,
        operations: field.writtenBy,
        ...(data === 'contact' ? ({ severity: 'low' } as const) : {}),
      };
    }
  },
});
