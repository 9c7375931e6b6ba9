/** `1000/hour`: how many in how many seconds. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** Where a value of a request stands. `path`: names from the outside in; of other sources than the body one. */
export interface ValuePlace {
  readonly source: 'body' | 'query' | 'path' | 'header' | 'cookie';
  readonly path: readonly string[];
}

/** A value of a request: the first of the places that a request has. */
export interface RequestValue {
  /** As it is written: `body.username | body.email`. */
  readonly text: string;
  readonly places: readonly ValuePlace[];
}

/**
 * Whose calls are counted together: `key` is the credential itself, `operation` everybody, `prefix` the IPv6 network of so
 * many bits (`address` is /64).
 */
export type LimitPart =
  | 'principal'
  | 'address'
  | 'key'
  | 'tenant'
  | 'operation'
  | { readonly prefix: number }
  | RequestValue;

/** Units that one call takes: what is computed counts one unit for each `per` begun. Of the answer it is charged afterwards. */
export type LimitCost =
  | number
  | {
      readonly text: string;
      readonly of: 'request.bytes' | 'answer.records' | 'answer.bytes' | RequestValue;
      readonly per: number;
    };

export interface RateLimit {
  readonly rate: Rate;
  readonly burst?: number | undefined;
  /** Calls that have all of these in common are counted together. */
  readonly by: readonly LimitPart[];
  /** How many units one call takes. */
  readonly cost: LimitCost;
  /** `failures`: a call that was answered well gives back what it took. */
  readonly counts: 'all' | 'failures';
}

/** What one principal may take away. Of objects and sensitive properties one rate for each type or name, or for all of them. */
export interface Budget {
  /** Records of answers. */
  readonly records?: Rate | undefined;
  readonly bytes?: Rate | undefined;
  /** Different objects: of each resource type, or by type. */
  readonly objects?: Rate | Readonly<Record<string, Rate>> | undefined;
  /** Sensitive properties: all together, or by name. */
  readonly sensitive?: Rate | Readonly<Record<string, Rate>> | undefined;
}
