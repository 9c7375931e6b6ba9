/** The registry that a guard reports to. */
export interface RegistryOptions {
  /** `https://registry.example.com`; plain HTTP only on this machine. */
  readonly url: string;
  /** A key of the role `guard`: it may report about its API and nothing else. */
  readonly key: string;
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
