import { contractRule, graded } from '../rule.ts';
import { updating } from '../patch.ts';
import { mayBeText } from '../text-value.ts';
import { named } from '../summary.ts';
import { plain } from '../words.ts';

const SECRET =
  /^(?:(?:user|login|admin|hashed)?(?:password|passwd|passwordhash|passwordsalt|passwort|kennwort|motdepasse|contrasena)|pin|pincode|cvv|cvc|cvv2|cvc2|securitycode|privatekey|clientsecret|secretkey|secretaccesskey|apisecret|totpsecret|mfasecret|otpsecret|recoverycodes?|backupcodes?|refreshtoken|webhooksecret|signingsecret|hmackey)$/;

export const rule = contractRule({
  id: 'secret-returned',
  title: 'Secrets in answers',
  owasp: ['API3:2023', 'API2:2023'],
  asvs: ['V14.2.6', 'V15.3.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'A secret that can be read again leaks with every log, cache and stolen token; what only the service needs to compare should never leave it.',
  mend: 'mark the property writeOnly, or leave it out of the answer',
  docs: 'Silent for operations that make or renew the secret (POST, and PUT or PATCH of it), which must show it once, and where the description says that it is masked or always empty.',
  bad: [
    `paths: { '/users/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { name: { type: string }, passwordHash: { type: string } } } } } } } } } }`,
  ],
  good: [
    `paths: { '/users/{id}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { name: { type: string }, passwordHash: { type: string, writeOnly: true } } } } } } } } } }`,
    `paths: { /keys: { post: { responses: { '201': { description: made, content: { application/json: { schema: { type: object, properties: { clientSecret: { type: string } } } } } } } } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (
        field.kind !== 'property' ||
        field.readBy.length === 0 ||
        !SECRET.test(plain(field.name)) ||
        !mayBeText(field)
      )
        continue;
      const description = `${String(field.node.raw['description'] ?? '')} ${String(field.target.raw['description'] ?? '')}`;
      if (
        /mask|redact|\*\*\*|always (?:empty|null|blank)|hidden|never returned|not returned|only (?:shown|returned|visible) (?:once|when|on|at)|obfuscat|only (?:be )?(?:returned|sent|included|present)|not (?:sent|returned|included) by default/i.test(
          description,
        )
      )
        continue;
      const operations = field.readBy.filter(
        (operation) =>
          (operation.method === 'GET' || operation.method === 'QUERY') &&
          !/\/(?:reveal|secrets?|credentials?)$/i.test(operation.path),
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
