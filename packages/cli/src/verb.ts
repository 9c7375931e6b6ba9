/** Where a verb writes. Injected, so that tests read it. */
export interface Terminal {
  /** `commands`: the text is made of workflow commands (`::error …`), which any other output cannot give. */
  readonly out: (text: string, options?: { readonly commands?: boolean }) => void;
  readonly err: (text: string) => void;
  /** Colours and progress only where this is true. */
  readonly interactive: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM; long-running verbs end when it fires. */
  readonly signal: AbortSignal;
  /**
   * Calls on each SIGHUP, which then no longer ends the process: service managers and log rotation send it to have files
   * read again.
   * @returns stops that
   */
  readonly onHangUp?: (listener: () => void) => () => void;
}

/** 0 fine, 1 findings at or over the threshold, 2 bad usage or input, 3 internal error. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** One verb of the command: its own file in `verbs/`, and its line in `verbs/index.ts`. */
export interface Verb {
  readonly name: string;
  /** The whole text of `castellan <verb> --help`. */
  readonly help: string;
  /** Throws CastellanError for bad usage or input; anything else thrown is an internal error. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitStatus>;
}
