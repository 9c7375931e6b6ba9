/**
 * An exchange of an observe run: what `@castellan/guard/learn` records, as far as proposals look at it. Values are keyed hashes.
 */
export interface ObservedExchange {
  /** For how many exchanges it stands. */
  readonly times: number;
  readonly operation?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly caller: {
    readonly id: string;
    readonly kind: string;
    readonly groups: readonly string[];
    readonly scopes: readonly string[];
    readonly claims: Readonly<Record<string, readonly string[]>>;
    readonly verified: boolean;
    readonly said?:
      | Readonly<
          Record<
            string,
            {
              readonly type: 'text' | 'texts' | 'number' | 'boolean';
              readonly hashes?: readonly string[] | undefined;
              readonly values?: readonly string[] | undefined;
            }
          >
        >
      | undefined;
  };
  readonly parameters: readonly {
    readonly in: string;
    readonly name: string;
    readonly hashes?: readonly string[] | undefined;
  }[];
  readonly request?: ObservedBody | undefined;
  readonly answer?: ObservedBody | undefined;
}

export interface ObservedBody {
  readonly places: readonly ObservedPlace[];
}

interface ObservedPlace {
  /** JSON Pointer; `*` is every item of an array, `{}` every key of a map. */
  readonly at: string;
  readonly types: Readonly<Record<string, number>>;
  readonly hashes?: readonly string[] | undefined;
  readonly undocumented?: true | undefined;
}
