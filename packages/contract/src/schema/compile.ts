import type { CompiledSchema } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compilerOf } from './compiler.ts';
import { explainValue } from './explain.ts';
import type { CompileOptions, SchemaSource } from './options.ts';

/**
 * Compiles a schema of a contract to JavaScript: one function per schema location, made when first called and shared by
 * everything that refers to it. Returns at once.
 *
 * Numbers: values are JavaScript numbers, or bigints for whole numbers beyond 2^53 - 1 that must stay exact; comparisons,
 * `multipleOf`, `enum` and formats are exact for both. Properties whose value is undefined count as absent.
 *
 * @returns `check`, which never throws: what cannot be decided (a value deeper than the stack, a reference that leads nowhere,
 *   a pattern that could take exponential time) is refused; and `explain`, which says why.
 * @example
 * const order = compileSchema(contract, contract.schemas.get('Order'), { direction: 'request' });
 * if (!order.check(value)) return order.explain(value);
 */
export function compileSchema(source: SchemaSource, schema: Schema, options: CompileOptions = {}): CompiledSchema {
  const compiler = compilerOf(source.references, options);
  const unit = compiler.unit(compiler.nodes.at(schema));
  const check = (value: unknown): boolean => {
    try {
      return (unit.f ?? unit.compile())(value);
    } catch (error) {
      // A value nested deeper than the stack reaches: nobody can say that it is valid.
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
  return { check, explain: (value, limit = 20) => (check(value) ? [] : explainValue(unit, value, limit)) };
}
