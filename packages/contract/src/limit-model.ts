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

/** A step of a business flow: what must have come before, and how fast people are. Times in seconds. */
export interface FlowStep {
  readonly name: string;
  /** operationIds that must have been answered well before. */
  readonly after: readonly string[];
  /** Whether they must have been called in the order of the list. */
  readonly ordered: boolean;
  /** How long a step counts; at most an hour. */
  readonly within: number;
  /** The least time that a person takes since the last of them. */
  readonly minimum?: number | undefined;
  readonly pace?: Rate | undefined;
  /** The step may be taken once in so long; again after the steps before it were taken again. */
  readonly once?: number | undefined;
  /** Whose steps they are. */
  readonly per: readonly LimitPart[];
}

/** How much one page may hold, and how far pages go. Parameters are names of the query, or `body.size`. */
export interface PageCap {
  /** The parameter that says how many items are wanted. */
  readonly limit?: string | undefined;
  /** The most that it may say, and that an answer may hold. */
  readonly max: number;
  /** The parameter that says how many items to skip. */
  readonly offset?: string | undefined;
  /** The parameter that says which page is wanted. */
  readonly number?: string | undefined;
  /** The most items that may be skipped. */
  readonly depth?: number | undefined;
  /** Parameters that ask for more of each item: `include`, `expand`, `fields`. */
  readonly expand?: readonly string[] | undefined;
  /** The most names that all of them may list. */
  readonly expansions: number;
  /** The most levels of one name: `author.friends` has two. */
  readonly levels: number;
  /** What becomes of an answer that holds more: withheld whole, or what is too much is left out. */
  readonly over: 'withhold' | 'cut';
}
