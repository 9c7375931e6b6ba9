import type { CompiledSchema, Direction } from '../compiled.ts';
import type { Schema, Warning } from '../model.ts';
import type { References } from './references.ts';

/** What schemas are compiled against. `Contract` is one. Functions are shared between all schemas of the same `References`. */
export interface SchemaSource {
  readonly references: References;
}

export interface CompileOptions {
  /**
   * `request`: `readOnly` properties are refused and not required; `response`: the same for `writeOnly`.
   * Where absent, neither keyword has an effect.
   */
  readonly direction?: Direction | undefined;
  /** Whether `format` is asserted. Default true. Unknown formats are tolerated either way. */
  readonly formats?: boolean | undefined;
  /** Whether `contentEncoding`, `contentMediaType` and `contentSchema` are asserted. Default false, as the standard says. */
  readonly content?: boolean | undefined;
}

/** Fills the `default` of absent properties, in place; gives the value back (another one only where the value itself was undefined). */
export type FillDefaults = (value: unknown) => unknown;

/** What `Prune` took out. */
export interface Pruned {
  readonly removed: number;
  /** Where the removed properties stood, as RFC 6901 pointers; the first 100. */
  readonly pointers: readonly string[];
}

/** Removes undocumented properties in place. The value must be valid already. */
export type Prune = (value: unknown) => Pruned;

export type CompileSchema = (source: SchemaSource, schema: Schema, options?: CompileOptions) => CompiledSchema;
export type CompileDefaults = (source: SchemaSource, schema: Schema) => FillDefaults;
export type CompilePrune = (source: SchemaSource, schema: Schema, direction: Direction) => Prune;
export type SchemaWarnings = (source: SchemaSource, schemas: Iterable<Schema>) => Warning[];
