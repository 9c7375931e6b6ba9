/** What becomes of what no contract names. */
export interface UndocumentedSetting {
  /** Query parameters. */
  readonly parameters?: Undocumenting | undefined;
  /** Properties in bodies of requests. */
  readonly requestProperties?: Undocumenting | undefined;
  /** Properties in answers. */
  readonly responseProperties?: Undocumenting | undefined;
  /** Statuses of answers. */
  readonly statuses?: Undocumenting | undefined;
  /** Media types of answers. */
  readonly mediaTypes?: Undocumenting | undefined;
}

export type Undocumenting = 'refuse' | 'remove' | 'pass';
