import { CastellanError, type Contract } from '@castellan/contract';
import type { Settings } from '../options.ts';

/**
 * Refuses operations whose calls cost more than the limit per principal ever lets through: nobody could call them, and each
 * answer would say when to come back.
 * @throws CastellanError `rate-never-fits`
 */
export function checkRates(contract: Contract, { perPrincipal }: Settings): void {
  if (perPrincipal === undefined) return;
  for (const { operationId, castellan } of contract.operations)
    for (const { cost } of castellan.rateLimit ?? contract.castellan.rateLimit ?? [])
      if (typeof cost === 'number' && cost > perPrincipal.count)
        throw neverFits(
          operationId,
          cost,
          `limits.perPrincipal lets ${perPrincipal.count} through at once`,
          `raise limits.perPrincipal to ${cost} at least, or lower cost`,
        );
}

function neverFits(operationId: string, cost: number, bound: string, mend: string): CastellanError {
  return new CastellanError({
    code: 'rate-never-fits',
    message: `each call of ${operationId} costs ${cost}, and ${bound}: none ever fits`,
    mend,
  });
}
