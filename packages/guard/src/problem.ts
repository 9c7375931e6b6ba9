import type { Issue } from '@castellan/contract';

/** Every reason for which a request or response is refused, with its status and title. The type URI resolves to docs/problems.md. */
export const problems = {
  'malformed-request': { status: 400, title: 'The request is malformed' },
  'uri-too-long': { status: 414, title: 'The request target is too long' },
  'headers-too-large': { status: 431, title: 'The header fields are too large' },
  'too-large': { status: 413, title: 'The request body is too large' },
  'ambiguous-path': { status: 400, title: 'The path can be read in more than one way' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This path does not support the method' },
  retired: { status: 410, title: 'This operation is retired' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  unauthenticated: { status: 401, title: 'A valid credential is needed' },
  'insufficient-scope': { status: 403, title: 'The credential does not carry the scope that this operation needs' },
  'invalid-request': { status: 400, title: 'The request does not match the contract' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  forbidden: { status: 403, title: 'Not allowed' },
  'bad-gateway': { status: 502, title: 'The upstream answer could not be used' },
  timeout: { status: 504, title: 'The upstream did not answer in time' },
  unavailable: { status: 503, title: 'Not available now' },
  'response-withheld': { status: 500, title: 'The response was withheld' },
  'budget-exhausted': { status: 429, title: 'The data budget is used up' },
  'internal-error': { status: 500, title: 'Something went wrong' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof problems;

/** What policies did not permit. */
export interface RefusedDecision {
  readonly action: string;
  readonly type: string;
  /** The object's id; undefined where it is about no object, or none is known. */
  readonly id?: string | undefined;
  /** Policies that forbid it; none where no policy permits it. */
  readonly policies: readonly string[];
}

/** Why a request or a response does not pass. `detail` and `errors` are for the caller; `reason` for the log only. */
export interface Refusal {
  readonly type: ProblemType;
  /** Overrides the type's status (502 instead of 500 at the gateway). */
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
  readonly errors?: readonly Issue[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Stable kebab case, for logs and counters: `token-expired`. */
  readonly reason?: string | undefined;
  /** More for the log. Names and places, never values. */
  readonly log?: string | undefined;
  /** Of a refusal by policy, for the log: what was asked about what, and which policies forbid it. */
  readonly decision?: RefusedDecision | undefined;
  /** A hole in the application or its policies: the event is critical. */
  readonly critical?: boolean | undefined;
}
