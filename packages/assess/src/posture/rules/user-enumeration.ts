import type { Operation } from '@castellan/contract';
import { isOpen } from '../api.ts';
import type { Field } from '../fields.ts';
import { classifyName, isLogin, isRecovery, segmentsOf, wordsOf } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'user-enumeration',
  title: 'Anyone can ask who has an account',
  owasp: ['API2:2023'],
  asvs: ['V6.3.8'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'A public answer to "is this address registered" gives attackers the list that they try passwords on.',
  mend: 'answer the same whether the account exists or not, and tell by e-mail',
  docs: 'Also sign-in and recovery whose document says 404, or that a user is not found, for a name or address that the caller sends: not below a tenant, and not where a one-time token is looked up.',
  bad: [
    `paths: { /login: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { email: { type: string }, password: { type: string } } } } } }, responses: { '404': { description: no such user } } } } }`,
    `paths: { /users/exists: { get: { parameters: [{ name: email, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /users/exists: { get: { parameters: [{ name: email, in: query, schema: { type: string } }], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ fields, operations }) {
    const tells = tellingApart(fields, operations);
    for (const operation of operations) {
      if (!isOpen(operation)) continue;
      const words = segmentsOf(operation.path).flatMap(wordsOf);
      const asks =
        words.some((word) => /^(?:exists?|available|availability|taken|registered|check)$/.test(word)) &&
        words.some((word) => /^(?:users?|accounts?|emails?|usernames?|logins?|members?|customers?)$/.test(word));
      if (
        asks ||
        tells.has(operation) ||
        (words.some((word) => /^(?:users?|accounts?)$/.test(word)) &&
          operation.method === 'GET' &&
          operation.parameters.some(
            (parameter) => parameter.in === 'query' && parameter.required && classifyName(parameter.name) === 'contact',
          ))
      )
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} tells anyone whether an account exists`,
          operations: [operation],
        };
    }
  },
});

const WHO =
  /^(?:.*user|login|.*benutzer|utilisateur|identifiant|usuario|usuaria|utilizador|nick|nickname|handle|account|konto|name|benutzername|username|phone|mobile)$/;
const LOOKED_UP = /token|code|otp|jwt|ticket|nonce|challenge/;
const NO_ACCOUNT =
  /\b(?:user|account|e-?mail|customer|member)s?\b[^.]{0,30}\b(?:not (?:found|exist|registered)|does ?n[o']t exist|unknown)\b|\b(?:no such|unknown|no) (?:user|account|customer|member|e-?mail)\b/i;

/** Sign-in and recovery of a named account whose documented answers say that there is none. */
function tellingApart(fields: readonly Field[], operations: readonly Operation[]): ReadonlySet<Operation> {
  const candidates = new Set(
    operations.filter(
      (operation) =>
        !operation.path.includes('{') &&
        (isLogin(operation) || isRecovery(operation)) &&
        operation.responses.some(tells),
    ),
  );
  if (candidates.size === 0) return candidates;
  const named = new Set<Operation>();
  for (const { name, kind, writtenBy } of fields) {
    if (kind !== 'property' && kind !== 'parameter') continue;
    const words = wordsOf(name);
    for (const operation of writtenBy)
      if (words.some((word) => LOOKED_UP.test(word))) candidates.delete(operation);
      else if (classifyName(name) === 'contact' || words.some((word) => WHO.test(word))) named.add(operation);
  }
  return new Set([...candidates].filter((operation) => named.has(operation)));
}

function tells({ status, description = '' }: Operation['responses'][number]): boolean {
  return status === '404' || (status.startsWith('4') && NO_ACCOUNT.test(description) && !/\bor\b/i.test(description));
}
