import { CastellanError, type Contract } from '@castellan/contract';
import type { Settings } from '../options.ts';

/**
 * Refuses operations whose calls cost more than their limit ever lets through: nobody could call them, and each answer would
 * say when to come back.
 * @throws CastellanError `rate-never-fits`
 */
export function checkRates(contract: Contract, { perPrincipal }: Settings): void {
  for (const { operationId, castellan } of contract.operations) {
    const limit = castellan.rateLimit ?? contract.castellan.rateLimit;
    if (limit === undefined) continue;
    const { cost, rate } = limit;
    const most = Math.max(1, limit.burst ?? rate.count);
    if (cost > most)
      throw neverFits(
        operationId,
        cost,
        `its rateLimit lets ${most} through at once`,
        `lower cost to at most ${most}, or raise ${limit.burst === undefined ? 'rate' : 'burst'}`,
      );
    if (perPrincipal !== undefined && cost > perPrincipal.count)
      throw neverFits(
        operationId,
        cost,
        `limits.perPrincipal lets ${perPrincipal.count} through at once`,
        `raise limits.perPrincipal to ${cost} at least, or lower cost`,
      );
  }
}

function neverFits(operationId: string, cost: number, bound: string, mend: string): CastellanError {
  return new CastellanError({
    code: 'rate-never-fits',
    message: `each call of ${operationId} costs ${cost}, and ${bound}: none ever fits`,
    mend,
  });
}
