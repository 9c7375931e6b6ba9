/** PEM files of a connection to the registry. */
export interface RegistryConnection {
  /** Authorities of the registry's certificate. Default: those of Node.js. */
  readonly ca?: string | undefined;
  /** The client certificate of this guard, with `key`: the registry knows whose it is (`POST /keys` with `certificate`). */
  readonly certificate?: string | undefined;
  /** Its private key. */
  readonly key?: string | undefined;
}

/** The registry that a guard reports to. */
export interface RegistryOptions {
  /** `https://registry.example.com`; plain HTTP only on this machine. */
  readonly url: string;
  /** A key of the role `guard`: it may report about its API and nothing else. Left out where a client certificate stands for it. */
  readonly key?: string | undefined;
  /** How it is reached over TLS, PEM files: they are read for each report, so that new certificates count without a restart. */
  readonly connection?: RegistryConnection | undefined;
  /** What this deployment is called. Default: the API's title. */
  readonly name?: string | undefined;
  /** Folder in which reports wait while the registry is away, so that they outlive this process. Default: in memory. */
  readonly directory?: string | undefined;
  /** `apply` (default): what the registry decides about deprecation and retirement is carried out. `ignore`: only what the document says. */
  readonly lifecycle?: 'apply' | 'ignore' | undefined;
  /**
   * Whether each event is sent too, for the registry's detectors: who called, from where, which operation, what became of it, as facts have
   * it. Default false: counts only.
   */
  readonly events?: boolean | undefined;
}
