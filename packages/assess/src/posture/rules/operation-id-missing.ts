import { rootOf } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { counted, named } from '../summary.ts';
import { updating } from '../patch.ts';

export const rule = contractRule({
  id: 'operation-id-missing',
  title: 'Operations without a name',
  owasp: ['API9:2023'],
  asvs: ['V8.1.1'],
  severity: { toy: 'off', internal: 'info', standard: 'info', bank: 'low' },
  confidence: 'high',
  why: 'Policies, logs and the inventory know an operation by its operationId; a made-up one changes with the path, and the policy then speaks about nothing.',
  mend: 'give each operation an operationId',
  bad: [`paths: { /orders: { get: { responses: {} } } }`],
  good: [`paths: { /orders: { get: { operationId: listOrders, responses: {} } } }`],
  *find({ contract, operations }) {
    const unnamed = operations.filter(({ operationIdDeclared }) => !operationIdDeclared);
    if (unnamed.length === 0) return;
    yield {
      at: rootOf(contract),
      message: `${counted(unnamed.length, 'operation', 'has', 'have')} no operationId: ${named(unnamed)}`,
      operations: unnamed,
      mend: updating(
        contract,
        'name each operation as it is called today',
        unnamed.map((operation) => ({ at: operation.location, update: { operationId: operation.operationId } })),
        true,
      ),
    };
  },
});
