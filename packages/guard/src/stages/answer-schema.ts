import { compileSchema, type CompiledSchema, type Issue, type Schema } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';

/** The schema of an answer, or of an item of one. */
export interface AnswerSchema {
  /** Whether a value may leave as far as its schema goes; a `format` that does not hold is noted in the event where it does. */
  fits(exchange: Exchange, value: unknown): boolean;
  /** Why it does not. */
  explain(value: unknown, limit: number): readonly Issue[];
}

/**
 * Compiles the schema of an answer. A `format` says what a text means, and what one server writes as a date or an address another
 * would write otherwise: what holds but for its formats leaves, and is noted. Under profile `bank` formats bind.
 */
export function compileAnswerSchema(core: GuardCore, schema: Schema): AnswerSchema {
  const strict = compileSchema(core.contract, schema, { direction: 'response' });
  const binding = formatsBind(core);
  let loose: CompiledSchema | undefined;
  return {
    fits(exchange, value) {
      if (strict.check(value)) return true;
      if (binding) return false;
      loose ??= compileSchema(core.contract, schema, { direction: 'response', formats: false });
      if (!loose.check(value)) return false;
      noteFormats(exchange, strict.explain(value, 100));
      return true;
    },
    explain(value, limit) {
      const why = binding ? [] : (loose?.explain(value, limit) ?? []);
      return why.length > 0 ? why : strict.explain(value, limit);
    },
  };
}

/** Whether an answer is withheld where a `format` does not hold. */
export function formatsBind(core: GuardCore): boolean {
  return core.contract.castellan.profile === 'bank';
}

/** Notes the places whose format does not hold. */
export function noteFormats(exchange: Exchange, issues: readonly Issue[]): void {
  const named = issues.filter(({ keyword }) => keyword === 'format');
  // What a composition makes of a format is told at the composition.
  const places = (named.length > 0 ? named : issues.slice(0, 1)).map(({ pointer }) => pointer);
  exchange.lenient('format', [...new Set(places)]);
}
