import { isOpen } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';
import { named } from '../summary.ts';
import type { Header, Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'cors-any-origin',
  title: 'Every web page may read the answers',
  owasp: ['API8:2023'],
  asvs: ['V3.4.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: "Access-Control-Allow-Origin: * lets scripts of any site read what the browser of your user gets; with credentials allowed, in the user's name.",
  mend: 'name the origins that are meant; never allow credentials together with any origin',
  docs: 'Where the header field is documented with `*` as enum, const, default or example. Public operations may allow every origin, as long as they allow no credentials.',
  bad: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: { '200': { description: ok, headers: { Access-Control-Allow-Origin: { schema: { type: string, enum: ['*'] } } } } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: { '200': { description: ok, headers: { Access-Control-Allow-Origin: { schema: { type: string, enum: ['https://shop.example.com'] } } } } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, operations }) {
    const found = new Map<
      string,
      { readonly header: Header; readonly operations: Operation[]; credentials: boolean }
    >();
    for (const operation of operations)
      for (const { headers } of operation.responses) {
        const origin = headers.find(({ name }) => plain(name) === 'accesscontrolalloworigin');
        if (origin === undefined || !values(contract.at(origin.location), origin).includes('*')) continue;
        const credentials = headers.some(
          (header) =>
            plain(header.name) === 'accesscontrolallowcredentials' &&
            values(contract.at(header.location), header).includes('true'),
        );
        if (isOpen(operation) && !credentials) continue;
        const key = `${origin.location.document}#${origin.location.pointer}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { header: origin, operations: [operation], credentials });
        else {
          known.operations.push(operation);
          known.credentials ||= credentials;
        }
      }
    for (const { header, operations: touched, credentials } of found.values())
      yield {
        at: header.location,
        message: `any origin may read the answers of ${named(touched)}${credentials ? ', with credentials' : ''}`,
        operations: touched,
        ...(credentials ? ({ severity: 'high' } as const) : {}),
      };
  },
});

/** What the document says that the field holds. */
function values(written: unknown, header: Header): readonly string[] {
  const said: unknown[] = [];
  for (const one of [written, header.schema?.raw]) {
    if (typeof one !== 'object' || one === null) continue;
    const raw = one as Readonly<Record<string, unknown>>;
    said.push(
      raw['const'],
      raw['default'],
      raw['example'],
      ...(Array.isArray(raw['enum']) ? (raw['enum'] as unknown[]) : []),
    );
  }
  return said.flatMap((value) => (typeof value === 'string' || typeof value === 'boolean' ? [String(value)] : []));
}
