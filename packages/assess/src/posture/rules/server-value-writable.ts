import { bodyObjects } from '../bodies.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';
import { decisionOf, isAdmin, plain, takesArguments } from '@castellan/meaning';

/** States that count in bodies of users and accounts. */
const STATES: ReadonlySet<string> = new Set(
  'active isactive locked islocked suspended issuspended banned isbanned aktiv gesperrt actif bloque activo bloqueado ativo suspenso'.split(
    ' ',
  ),
);

export const rule = contractRule({
  id: 'server-value-writable',
  title: 'Callers write what only the service may decide',
  owasp: ['API3:2023', 'API6:2023'],
  asvs: ['V15.3.3', 'V2.2.1'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'A balance, an approval or a verification that can be sent is given by the caller to themselves.',
  mend: 'mark the property readOnly, or say who may write it: x-castellan: { write: […] }',
  docs: "`active` and `suspended` count only in bodies of users and accounts. Silent under administrators' paths.",
  bad: [
    `paths:
  /accounts/{id}:
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { nickname: { type: string }, balance: { type: number } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /accounts/{id}:
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { nickname: { type: string }, balance: { type: number, readOnly: true } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      const name = plain(field.name);
      if (
        field.kind !== 'property' ||
        owner === undefined ||
        field.writtenBy.length === 0 ||
        !onlyTheServiceDecides(field.name)
      )
        continue;
      if (field.target.raw['type'] === 'object' || field.target.raw['properties'] !== undefined) continue;
      const extension = field.node.raw['x-castellan'];
      if (typeof extension === 'object' && extension !== null && 'write' in extension) continue;
      const operations = field.writtenBy.filter(
        (operation) =>
          !isAdmin(operation) &&
          !takesArguments(operation) &&
          bodyObjects(contract, operation).has(owner) &&
          (!(
            STATES.has(name) ||
            /^(?:is)?(?:approved|verified|credits?|points|valide|geprueft|punkte|puntos|pontos)$/.test(name)
          ) ||
            /\/(?:users?|accounts?|profiles?|customers?|me|members?|register|signup)(?:\/\{[^{}]+\})?\/?$/i.test(
              operation.path,
            )),
      );
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `${field.name} can be sent by the caller`,
          operations,
          mend: updating(contract, 'mark it readOnly', [{ at: field.location, update: { readOnly: true } }], false),
        };
    }
  },
});

function onlyTheServiceDecides(name: string): boolean {
  const decision = decisionOf(name);
  return decision === 'money' || decision === 'trust' || STATES.has(plain(name));
}
