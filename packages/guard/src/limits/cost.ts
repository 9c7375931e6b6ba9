import type { LimitCost } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { valueOf } from './request-value.ts';

/** What a call takes: before it is let through, and what is charged when its answer is known. */
export interface CompiledCost {
  /** Units to take before; at least 1. */
  readonly before: (exchange: Exchange) => number;
  /** Units of the whole call by its answer; undefined where nothing of the answer counts. */
  readonly after: ((exchange: Exchange) => number) | undefined;
  /** Whether parameters and body have to be decoded first. */
  readonly late: boolean;
}

const one = (): number => 1;

/**
 * Compiles a cost.
 * @param most units that fit at once: what is computed never costs more, or it would never fit
 */
export function compileCost(cost: LimitCost, most: number): CompiledCost {
  if (typeof cost === 'number') return { before: () => cost, after: undefined, late: false };
  const { of, per } = cost;
  const units = (amount: number): number => Math.min(most, Math.max(1, Math.ceil(amount / per)));
  if (of === 'answer.records')
    return { before: one, after: ({ handedOut }) => units(handedOut?.records ?? 0), late: false };
  if (of === 'answer.bytes')
    return { before: one, after: ({ handedOut }) => units(handedOut?.bytes ?? 0), late: false };
  if (of === 'request.bytes') return { before: ({ body }) => units(body?.length ?? 0), after: undefined, late: true };
  return { before: (exchange) => units(amountOf(valueOf(exchange, of))), after: undefined, late: true };
}

/** How much a value asks for: a number itself, a list its items, a text that lists something its entries. */
function amountOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.MAX_SAFE_INTEGER;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? Number(value) : value.split(',').length;
  return 1;
}
