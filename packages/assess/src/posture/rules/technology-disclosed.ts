import { removing } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { plain } from '@castellan/meaning';
import { named } from '../summary.ts';
import type { Header, Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'technology-disclosed',
  title: 'Answers name the software behind them',
  owasp: ['API8:2023'],
  asvs: ['V13.4.6'],
  severity: { toy: 'off', internal: 'off', standard: 'info', bank: 'low' },
  confidence: 'high',
  why: 'A version in a header field tells an attacker which published hole to try first.',
  mend: 'stop sending the field',
  bad: [
    `paths: { /orders: { get: { responses: { '200': { description: ok, headers: { X-Powered-By: { schema: { type: string } } } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { responses: { '200': { description: ok, headers: { ETag: { schema: { type: string } } } } } } } }`,
  ],
  *find({ contract, operations }) {
    const found = new Map<string, { readonly header: Header; readonly operations: Operation[] }>();
    for (const operation of operations)
      for (const { headers } of operation.responses)
        for (const header of headers) {
          if (
            !/^(?:x?poweredby|server|xaspnetversion|xaspnetmvcversion|xruntime|xgenerator|xbackendserver)$/.test(
              plain(header.name),
            )
          )
            continue;
          const key = `${header.location.document}#${header.location.pointer}`;
          const known = found.get(key);
          if (known === undefined) found.set(key, { header, operations: [operation] });
          else known.operations.push(operation);
        }
    for (const { header, operations: touched } of found.values())
      yield {
        at: header.location,
        message: `${header.name} is sent by ${named(touched)}`,
        operations: touched,
        mend: removing(contract, 'stop sending the field', header.location, true),
      };
  },
});
