import type { Operation } from '@castellan/contract';
import type { Field } from '../fields.ts';
import { contractRule, graded } from '../rule.ts';
import { updating } from '../patch.ts';
import { mayBeText } from '../text-value.ts';
import { named } from '../summary.ts';
import { isSecretName, plain, REGISTER, segmentsOf, wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'secret-returned',
  title: 'Secrets in answers',
  owasp: ['API3:2023', 'API2:2023'],
  asvs: ['V14.2.6', 'V15.3.1'],
  severity: graded('high'),
  reads: 'answers',
  confidence: 'medium',
  why: 'A secret that can be read again leaks with every log, cache and stolen token; what only the service needs to compare should never leave it.',
  mend: 'mark the property writeOnly, or leave it out of the answer',
  docs: 'Known by the words of the name: `password`, and what is a key, token, secret or seed of something secret (`apiKey`, `session_token`, `totpSeed`), not what is said about one (`tokenType`, `hasPassword`) nor what is public (`publicKey`, `nextPageToken`). Silent for operations that make or renew the secret (POST, and PUT or PATCH of it), which must show it once, and for paths that are there to give it (`/token`, `/secrets`, `/credentials`). Silent where the description or the example says that it is masked or always empty, and for the token answer of OAuth (`access_token` beside `token_type`), which is issued anew.',
  bad: [
    `paths: { '/apps/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { api_key: { type: string } } } } } } } } } }`,
    `paths: { '/users/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { name: { type: string }, passwordHash: { type: string } } } } } } } } } }`,
  ],
  good: [
    `paths: { '/apps/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { publicKey: { type: string }, nextPageToken: { type: string }, tokenType: { type: string } } } } } } } } } }`,
    `paths: { '/users/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { name: { type: string }, passwordHash: { type: string, writeOnly: true } } } } } } } } } }`,
    `paths: { /keys: { post: { responses: { '201': { description: made, content: { application/json: { schema: { type: object, properties: { clientSecret: { type: string } } } } } } } } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (
        field.kind !== 'property' ||
        field.readBy.length === 0 ||
        !isSecretName(field.name) ||
        !mayBeText(field) ||
        isCount(field) ||
        isReference(field) ||
        isBlank(field) ||
        isIssued(field)
      )
        continue;
      const description = `${String(field.node.raw['description'] ?? '')} ${String(field.target.raw['description'] ?? '')}`;
      if (
        /mask|redact|\*\*\*|(?:always|is) (?:an )?(?:empty|null|blank)|hidden|never returned|not returned|only (?:shown|returned|visible) (?:once|when|on|at)|obfuscat|short-lived|temporary|ephemeral|only (?:be )?(?:returned|sent|included|present)|not (?:sent|returned|included) by default/i.test(
          description,
        )
      )
        continue;
      const operations = field.readBy.filter(
        (operation) =>
          (operation.method === 'GET' || operation.method === 'QUERY') && !isThereToGive(operation, field.name),
      );
      if (operations.length === 0) continue;
      const written = field.writtenBy.length > 0;
      yield {
        at: field.location,
        message: `${field.name} is answered by ${named(operations)}`,
        operations,
        mend: updating(
          contract,
          written
            ? 'mark it writeOnly: it can be set but not read'
            : 'mark it writeOnly, or leave it out of the answer',
          [{ at: field.location, update: { writeOnly: true } }],
          false,
        ),
      };
    }
  },
});

/** A number of tokens or keys is none of them. */
function isCount(field: Field): boolean {
  const { type } = field.target.raw;
  return (type === 'integer' || type === 'number') && /s$/i.test(field.name) && !/(?:pass|codes)$/i.test(field.name);
}

/** A cryptographic key is longer than a UUID: what is one names where the key is kept. */
function isReference({ name, target }: Field): boolean {
  return (
    target.raw['format'] === 'uuid' &&
    /(?:sign|crypt|private|certificate|hmac)/.test(plain(name)) &&
    plain(name).endsWith('key')
  );
}

/** Whether the path names the secret itself: who calls `GET /session/token` asks for nothing else. */
function isThereToGive({ path }: Operation, name: string): boolean {
  const segments = segmentsOf(path);
  if (segments.some((segment) => REGISTER.has(plain(segment)))) return true;
  // Who looks for secrets that leaked shows what was found.
  if (
    segments.some((segment) =>
      /^(?:secretscanning|secretscans?|leaks|leakedsecrets?|leakedcredentials)$/.test(plain(segment)),
    )
  )
    return true;
  const last = wordsOf(segments.at(-1) ?? '').join(' ');
  if (/^(?:reveal|secrets?|credentials?|login|logon|signin)$/.test(last)) return true;
  return /(?:^| )token$/.test(last) && wordsOf(name).at(-1) === 'token';
}

/** Whether the example is asterisks. */
function isBlank({ node, target }: Field): boolean {
  return [node.raw, target.raw].some(({ example, examples, default: value }) =>
    [example, value, ...(Array.isArray(examples) ? (examples as unknown[]) : [])].some(
      (one) => typeof one === 'string' && /^\W*\*{3,}\W*$/.test(one),
    ),
  );
}

/** A token beside its type (RFC 6749 section 5.1). */
function isIssued({ name, owner }: Field): boolean {
  return (
    /^(?:access|refresh|id)_token$/.test(name) && owner?.fields.some((field) => field.name === 'token_type') === true
  );
}
