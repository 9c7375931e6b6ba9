/** One thing that is written otherwise than the contract asks and was let through, for the event. */
export interface LeniencyUse {
  /** `format`: of an answer. */
  readonly what: 'format';
  /** Where it stands, never what: pointers (RFC 6901) in the body, with `/query`, `/path`, `/header` or `/cookie` before them in parameters. */
  readonly places: readonly string[];
}
