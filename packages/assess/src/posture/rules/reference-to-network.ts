import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'reference-to-network',
  title: 'A part of the contract belongs to others',
  owasp: ['API10:2023', 'API8:2023'],
  asvs: ['V15.2.4'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Whoever controls the address changes what your service accepts, whenever they like.',
  mend: 'keep a reviewed copy beside the document',
  docs: 'For loaded documents of another origin. Documents that were loaded from the network as a whole may refer to their own origin. Seen only with --allow-urls, since nothing else follows such references.',
  bad: [
    {
      document: `paths: { /orders: { $ref: 'https://specs.example.net/orders.yaml' } }`,
      network: { 'https://specs.example.net/orders.yaml': 'get: { responses: {} }' },
    },
  ],
  good: [`paths: {}`],
  *find({ contract }) {
    const [root, ...others] = contract.documents;
    for (const document of others)
      if (/^https?:/i.test(document) && origin(document) !== origin(root ?? ''))
        yield { at: { document, pointer: '' }, message: `parts of the contract are read from ${origin(document)}` };
  },
});

function origin(uri: string): string {
  return /^(https?:\/\/[^/]+)/i.exec(uri)?.[1] ?? '';
}
