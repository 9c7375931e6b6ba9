/** A place in a document, counted from 1. `file` is a path or URL, or `<object>` for a document given as an object. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** `file:line:column`, as editors and terminals understand it. */
export function formatPlace(place: Place): string {
  if (place.line === undefined) return place.file;
  return `${place.file}:${place.line}:${place.column ?? 1}`;
}

export interface CastellanErrorOptions {
  /** Stable name of the failure in kebab case: `unresolved-reference`. */
  readonly code: string;
  /** What is wrong, in one sentence without the place and without a full stop. */
  readonly message: string;
  /** Where it is wrong. */
  readonly place?: Place | undefined;
  /** What to write or do instead, in one sentence without a full stop: the fix. */
  readonly mend: string;
  readonly cause?: unknown;
}

/**
 * A failure that a user can fix. Every error that Castellan's packages throw on bad input is one:
 * `message` is the whole line (what, where, the fix); `code` is stable and may be relied on.
 */
export class CastellanError extends Error {
  readonly code: string;
  readonly what: string;
  readonly place: Place | undefined;
  /** What to write or do instead, in one sentence without a full stop. */
  readonly fix: string;
  /** @deprecated The same as `fix`, under its older name. */
  readonly mend: string;

  constructor(options: CastellanErrorOptions) {
    const where = options.place ? `${formatPlace(options.place)}: ` : '';
    super(
      `${where}${options.message}; ${options.mend}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'CastellanError';
    this.code = options.code;
    this.what = options.message;
    this.place = options.place;
    this.fix = options.mend;
    this.mend = options.mend;
  }
}
