import { rootOf } from '../patch.ts';
import { contractRule } from '../rule.ts';

export const rule = contractRule({
  id: 'owner-missing',
  title: 'Nobody answers for the API',
  owasp: ['API9:2023'],
  asvs: ['V13.1.1'],
  severity: { toy: 'off', internal: 'low', standard: 'low', bank: 'medium' },
  confidence: 'high',
  why: 'When it leaks or breaks at night nobody knows whom to call, and what nobody owns is never switched off.',
  mend: 'add x-castellan: { owner: team-name } to the document',
  docs: 'info.contact with an e-mail address or URL counts as an owner.',
  bad: [`paths: {}`],
  good: [
    `x-castellan: { owner: team-orders }
paths: {}`,
  ],
  *find({ contract }) {
    if (contract.castellan.owner !== undefined) return;
    const info: unknown = contract.document['info'];
    const contact: unknown =
      typeof info === 'object' && info !== null ? (info as Readonly<Record<string, unknown>>)['contact'] : undefined;
    if (typeof contact === 'object' && contact !== null && ('email' in contact || 'url' in contact)) return;
    yield { at: rootOf(contract), message: 'neither x-castellan.owner nor info.contact says who answers for the API' };
  },
});
