/** The answer to one question, and for the log, who said so. */
export interface Ruling {
  readonly allowed: boolean;
  /** Whether a policy forbade it, rather than none having permitted it. */
  readonly forbidden: boolean;
  /** Why, for the log: ids of policies, never values. */
  readonly why: string;
  /** Of what is not allowed: the action, and the policies that forbid it. */
  readonly action?: string | undefined;
  readonly policies?: readonly string[] | undefined;
}
