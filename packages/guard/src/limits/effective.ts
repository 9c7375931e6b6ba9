import type { Contract, LimitCost, LimitPart, Operation, Rate, RateLimit } from '@castellan/contract';
import { limitsByMeaning } from './by-meaning.ts';

/** A limit that is in force for an operation, and where it comes from. */
export interface EffectiveLimit {
  /** Of its counter: stable over reloads, so that they give nobody a new allowance. */
  readonly counter: string;
  /** What refusals call it: `operation`, `api`, `principal`, `sign-in`. */
  readonly policy: string;
  readonly rate: Rate;
  readonly burst: number | undefined;
  readonly by: readonly LimitPart[];
  readonly cost: LimitCost;
  readonly counts: RateLimit['counts'];
  /** Whom it is for: `known` callers are authenticated. */
  readonly who: 'all' | 'known' | 'anonymous';
  /** In words: `x-castellan of the operation`, `profile standard, because it is for sign-in`. */
  readonly from: string;
}

/** What options say of limits. */
export interface LimitSettings {
  readonly perAddress: Rate | undefined;
  readonly perPrincipal: Rate | undefined;
  readonly byMeaning: boolean;
}

/** Every limit on the rate of an operation, after the one by address that all requests have in common. */
export function operationLimits(
  contract: Contract,
  operation: Operation,
  { perPrincipal, byMeaning }: Omit<LimitSettings, 'perAddress'>,
): readonly EffectiveLimit[] {
  const limits: EffectiveLimit[] = [];
  const declared = operation.castellan.rateLimit ?? contract.castellan.rateLimit;
  if (perPrincipal !== undefined) {
    const costs = declared?.map(({ cost }) => cost).filter((cost) => typeof cost === 'number') ?? [];
    limits.push({
      counter: 'principal',
      policy: 'principal',
      rate: perPrincipal,
      burst: undefined,
      by: ['principal'],
      cost: Math.max(1, ...costs),
      counts: 'all',
      who: 'known',
      from: 'option limits.perPrincipal',
    });
  }
  const own = operation.castellan.rateLimit !== undefined;
  for (const [index, limit] of (declared ?? []).entries()) {
    const number = index === 0 ? '' : ` #${index + 1}`;
    limits.push({
      ...limit,
      burst: limit.burst,
      counter: own ? `operation ${operation.operationId}${number}` : `api${number}`,
      policy: own ? 'operation' : 'api',
      who: 'all',
      from: own ? 'x-castellan of the operation' : 'x-castellan of the document',
    });
  }
  if (byMeaning)
    for (const [index, { purpose, who, ...limit }] of limitsByMeaning(contract, operation).entries())
      limits.push({
        ...limit,
        burst: limit.burst,
        counter: `meaning ${purpose} ${operation.operationId} #${index + 1}`,
        policy: purpose,
        who,
        from: `profile ${contract.castellan.profile}, because it is for ${purpose}`,
      });
  return limits;
}
