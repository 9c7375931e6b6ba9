import type { Operation } from './model.ts';

/** One reason why a value is refused. Never holds the value itself. */
export interface Issue {
  /** RFC 6901 pointer into the body, or into `{ path, query, header, cookie }` for parameters: `/query/limit`. */
  readonly pointer: string;
  /** The JSON Schema keyword, or the name of the rule: `maxLength`, `duplicate-key`. */
  readonly keyword: string;
  readonly message: string;
  readonly mend: string;
}

/** Which way a value travels: `readOnly` properties are refused in requests, `writeOnly` ones in responses. */
export type Direction = 'request' | 'response';

/** A schema compiled to JavaScript. `check` is the hot path and collects nothing; `explain` runs only after it said no. */
export interface CompiledSchema {
  check(value: unknown): boolean;
  /** All issues up to `limit` (default 20). Empty when the value is valid. */
  explain(value: unknown, limit?: number): Issue[];
  /** What would be wrong with a value for who reads it by its discriminators, although another alternative takes it. */
  explainNamed(value: unknown, limit?: number): Issue[];
}

/** What parameters are decoded from. Everything raw, as received. */
export interface RawParameters {
  /** One undecoded segment per template variable, in the order in which they stand in the path template. */
  readonly path: readonly string[];
  /** After `?`, undecoded; `''` where there is none. */
  readonly query: string;
  /** Node's `rawHeaders` (name, value, name, value…), in the order received. */
  readonly rawHeaders: readonly string[];
}

export interface DecodedParameters {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Only documented header parameters, by lower-cased name. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly cookie: Readonly<Record<string, unknown>>;
}

/** Decodes, coerces, fills defaults and validates the parameters of one operation. Issues when refused. */
export type DecodeParameters = (
  raw: RawParameters,
) => { readonly value: DecodedParameters } | { readonly issues: Issue[] };

/** Limits while decoding a body. All have defaults. */
export interface BodyLimits {
  /** Decoded bytes. Default 1 MiB. */
  readonly maxBytes: number;
  /** Nesting of arrays and objects. Default 64. */
  readonly maxDepth: number;
  /** Values of any kind. Default 25,000: what a slow processor parses and checks in some 30 ms, whatever it is. */
  readonly maxNodes: number;
  /** UTF-16 units of one string or key. Default 1 Mi, and more where a schema's `maxLength` says so. */
  readonly maxString: number;
  /** Parts of a multipart body, fields of a form. Default 1,000. */
  readonly maxParts: number;
}

export type DecodedBody =
  | {
      readonly value: unknown;
      /** Properties that no schema names and that were tolerated, as RFC 6901 pointers. */
      readonly undocumented?: readonly string[] | undefined;
      /** The body without them, where they were removed. */
      readonly bytes?: Uint8Array | undefined;
    }
  | { readonly issues: Issue[] }
  | {
      readonly unsupported: string;
      /** Whether the media type is documented, and nobody reads it. */
      readonly unread?: boolean | undefined;
      /** For `Accept-Post`-like messages. */
      readonly supported: readonly string[];
    };

/** The body of one operation's requests: media type chosen, decoded, defaults filled, validated. */
export interface CompiledBody {
  readonly required: boolean;
  /** `contentType` as received, undefined where missing. `bytes` already inflated and within `maxBytes`. */
  decode(contentType: string | undefined, bytes: Uint8Array): DecodedBody;
}

export interface RouteMatch {
  readonly operation: Operation;
  /** Undecoded segments of the template's variables, in template order. */
  readonly captures: readonly string[];
}

/** The route table of one contract. Paths are canonical already; matching is case-sensitive and exact. */
export interface Routes {
  /** The operation; or the methods that the path has; or undefined where no template matches. */
  match(method: string, path: string): RouteMatch | { readonly allow: readonly string[] } | undefined;
  /**
   * Whether a router that reads paths loosely finds a documented one here: whatever the case, a slash at the end, and decoded.
   */
  resembles(path: string): boolean;
  /** Some documented path holds `;`: then `canonicalPath` may be asked again with `allowSemicolon`. Computed when first read. */
  readonly usesMatrix: boolean;
  /** Documented operations that no request can reach: nothing guards them, nobody can call them. Said at start-up. */
  readonly unreachable: readonly UnreachableOperation[];
}

export interface UnreachableOperation {
  readonly operation: Operation;
  /** Base path and template. */
  readonly path: string;
  readonly reason: string;
}
