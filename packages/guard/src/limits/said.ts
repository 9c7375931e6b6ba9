import { partText, type Budget, type Contract, type Operation, type Rate } from '@castellan/contract';
import { operationLimits, type LimitSettings } from './effective.ts';

/** One limit that is in force for an operation, in words. */
export interface SaidLimit {
  readonly what: 'requests' | 'records' | 'bytes' | 'objects' | 'sensitive' | 'calls at once' | 'page' | 'body';
  /** `60/minute`, or a number. */
  readonly limit: string;
  /** Whose calls are counted together: `address and body.username`. */
  readonly by?: string | undefined;
  readonly burst?: number | undefined;
  /** Units of one call, where it is not 1. */
  readonly cost?: string | undefined;
  /** Where only failures count. */
  readonly counts?: 'failures' | undefined;
  /** Where it comes from. */
  readonly from: string;
}

/** What a guard without options has. */
const defaults: LimitSettings & { readonly maxBody: number } = {
  perAddress: { count: 1200, seconds: 60 },
  perPrincipal: { count: 1200, seconds: 60 },
  byMeaning: true,
  maxBody: 1024 * 1024,
};

const units = new Map([
  [1, 'second'],
  [60, 'minute'],
  [3600, 'hour'],
  [86_400, 'day'],
  [604_800, 'week'],
]);

/** A rate as documents write it. */
export function rateText({ count, seconds }: Rate): string {
  return `${count}/${units.get(seconds) ?? `${seconds}s`}`;
}

/**
 * Every limit that is in force for an operation, and where each comes from.
 * @param settings of the guard; what a guard without options has where not given
 */
export function effectiveLimits(
  contract: Contract,
  operation: Operation,
  settings: LimitSettings & { readonly maxBody: number } = defaults,
): readonly SaidLimit[] {
  const { concurrency, page, maxBody } = operation.castellan;
  const own = 'x-castellan of the operation';
  const said: SaidLimit[] = [];
  if (settings.perAddress !== undefined)
    said.push({
      what: 'requests',
      limit: rateText(settings.perAddress),
      by: 'address',
      from: 'option limits.perAddress',
    });
  for (const { rate, burst, by, cost, counts, who, from } of operationLimits(contract, operation, settings))
    said.push({
      what: 'requests',
      limit: rateText(rate),
      by: by.map(partText).join(' and ') + (who === 'anonymous' ? ' of whom nobody knows' : ''),
      ...(burst === undefined ? {} : { burst }),
      ...(cost === 1 ? {} : { cost: typeof cost === 'number' ? String(cost) : cost.text }),
      ...(counts === 'failures' ? { counts } : {}),
      from,
    });
  if (concurrency !== undefined)
    said.push({ what: 'calls at once', limit: String(concurrency), by: 'principal', from: own });
  said.push(...saidBudget(operation.castellan.budget, own));
  said.push(...saidBudget(contract.castellan.budget, 'x-castellan of the document, over all operations'));
  if (page !== undefined) said.push({ what: 'page', limit: String(page.max), from: own });
  if (operation.body !== undefined)
    said.push({
      what: 'body',
      limit: `${maxBody ?? settings.maxBody} bytes`,
      from: maxBody === undefined ? 'option limits.maxBody' : own,
    });
  return said;
}

function saidBudget(budget: Budget | undefined, from: string): readonly SaidLimit[] {
  const said: SaidLimit[] = [];
  for (const what of ['records', 'bytes', 'objects', 'sensitive'] as const) {
    const rates = budget?.[what];
    if (rates === undefined) continue;
    if (typeof rates['count'] === 'number') said.push({ what, limit: rateText(rates as Rate), by: 'principal', from });
    else
      for (const [name, rate] of Object.entries(rates as Readonly<Record<string, Rate>>))
        said.push({ what, limit: `${name} ${rateText(rate)}`, by: 'principal', from });
  }
  return said;
}
