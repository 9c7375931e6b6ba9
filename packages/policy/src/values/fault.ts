/**
 * An evaluation error of one policy, in Cedar's sense: the policy is skipped and reported, the others decide. It is not
 * an `Error` because a stack costs more than a decision; it never leaves this package.
 */
export class Fault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}
