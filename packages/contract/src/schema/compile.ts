import type { CompiledSchema } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compilerOf } from './compiler.ts';
import { explainValue, tooComplex } from './explain.ts';
import { fuel, OutOfFuel, RESPONSE_FUEL } from './fuel.ts';
import type { CompileOptions, SchemaSource } from './options.ts';
import type { Unit } from './unit.ts';

/** The last check, where it ended without a decision. */
let undecided: { readonly unit: Unit; readonly value: unknown } | undefined;

/**
 * Compiles a schema of a contract to JavaScript: one function per schema location, made when first called and shared by
 * everything that refers to it. Returns at once.
 *
 * Numbers: values are JavaScript numbers, or bigints for whole numbers beyond 2^53 - 1 that must stay exact; comparisons,
 * `multipleOf`, `enum` and formats are exact for both. Properties whose value is undefined count as absent.
 *
 * @returns `check`, which never throws: what cannot be decided (a value deeper than the stack, one that takes more than some 10 ms, a reference that leads nowhere,
 *   a pattern that could take exponential time) is refused; and `explain`, which says why.
 * @example
 * const order = compileSchema(contract, contract.schemas.get('Order'), { direction: 'request' });
 * if (!order.check(value)) return order.explain(value);
 */
export function compileSchema(source: SchemaSource, schema: Schema, options: CompileOptions = {}): CompiledSchema {
  const compiler = compilerOf(source.references, options);
  const unit = compiler.unit(compiler.nodes.at(schema));
  const budget = (): number => (options.direction === 'response' ? RESPONSE_FUEL : fuel.request);
  const check = (value: unknown): boolean => {
    fuel.left = budget();
    undecided = undefined;
    try {
      return (unit.f ?? unit.compile())(value);
    } catch (error) {
      // A value nested deeper than the stack reaches: nobody can say that it is valid.
      if (error instanceof RangeError) return false;
      if (error instanceof OutOfFuel) {
        undecided = { unit, value };
        return false;
      }
      throw error;
    }
  };
  return {
    check,
    explain(value, limit = 20) {
      // Once is enough to know that there is no telling.
      if (undecided?.unit === unit && undecided.value === value) return [tooComplex];
      if (check(value)) return [];
      if (undecided !== undefined) return [tooComplex];
      return explainValue(unit, value, limit, budget());
    },
    explainNamed: (value, limit = 20) =>
      explainValue(unit, value, limit, budget(), true).filter((issue) => issue !== tooComplex),
  };
}
