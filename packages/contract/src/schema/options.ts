import type { Direction } from '../compiled.ts';
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
