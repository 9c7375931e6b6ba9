/** The files of one state of a source. */
export interface SourceFiles {
  /** Bytes by name: `policies/orders.cedar`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Which of them is the contract, where the source says so. */
  readonly contract?: string | undefined;
  /** Which are its overlays, in their order. */
  readonly overlays?: readonly string[] | undefined;
  /** Digest that the loaded contract must have. */
  readonly expects?: string | undefined;
}

/** What a source is now, before anything of it is fetched. */
export interface SourceState {
  /** A commit, or `sha256:…`: another state has another. Names a folder: letters, digits, `:`. */
  readonly digest: string;
  /** In messages: `main@1a2b3c4d5e6f`. */
  readonly label: string;
  /** Gets the files. */
  readonly fetch: () => Promise<SourceFiles>;
}

/** Where a guard's files come from. */
export interface Source {
  /** What it is, for messages: `the repository ./apis.git`. */
  readonly name: string;
  /** What tells it from any other: its last good state is kept under this. */
  readonly identity: string;
  /**
   * What it is now.
   * @throws CastellanError `source-unreachable` where nobody can say
   */
  look(): Promise<SourceState>;
}

/** A state of a source as a folder that nobody changes. */
export interface Snapshot {
  /** Absolute path. */
  readonly root: string;
  readonly digest: string;
  readonly label: string;
  /** Absolute paths, where the source says which they are. */
  readonly contract: string | undefined;
  readonly overlays: readonly string[] | undefined;
  readonly expects: string | undefined;
}
