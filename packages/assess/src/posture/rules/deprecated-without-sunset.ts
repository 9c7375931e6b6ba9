import { contractRule } from '../rule.ts';
import { rootOf } from '../patch.ts';
import { count, named } from '../summary.ts';

export const rule = contractRule({
  id: 'deprecated-without-sunset',
  title: 'Deprecated without an end',
  owasp: ['API9:2023'],
  asvs: ['V15.2.3'],
  severity: { toy: 'off', internal: 'low', standard: 'low', bank: 'medium' },
  confidence: 'high',
  why: 'Without a date nobody moves, and the operation that nobody maintains stays reachable for years.',
  mend: 'add x-castellan: { lifecycle: { state: deprecated, sunset: 2027-01-01, successor: … } }, which also sends the Sunset header field (RFC 8594)',
  docs: 'One finding for the document where no deprecated operation has an end; otherwise one for each that lacks it.',
  bad: [`paths: { /old: { get: { deprecated: true, responses: {} } } }`],
  good: [
    `paths: { /old: { get: { deprecated: true, x-castellan: { lifecycle: { state: deprecated, sunset: '2999-01-01' } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    const deprecated = operations.filter(
      (operation) => operation.deprecated || operation.castellan.lifecycle?.state === 'deprecated',
    );
    const endless = deprecated.filter(
      (operation) =>
        operation.castellan.lifecycle?.sunset === undefined &&
        contract.castellan.lifecycle?.sunset === undefined &&
        (contract.at(operation.location) as Readonly<Record<string, unknown>>)['x-sunset'] === undefined,
    );
    if (endless.length === deprecated.length && endless.length > 1)
      yield {
        at: rootOf(contract),
        message: `${count(endless.length, 'operation')} are deprecated without an end: ${named(endless)}`,
        operations: endless,
      };
    else
      for (const operation of endless)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} is deprecated without an end`,
          operations: [operation],
        };
  },
});
