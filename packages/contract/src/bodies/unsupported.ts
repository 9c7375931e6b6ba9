/** Why a body is not read: its media type is not documented, malformed, or nobody reads it. */
export class Unsupported {
  readonly reason: string;
  /** Whether it is documented, and nobody reads it. */
  readonly unread: boolean;
  constructor(reason: string, unread = false) {
    this.reason = reason;
    this.unread = unread;
  }
}
