import type { Place } from '@castellan/contract';
import type { CastellanFile } from './castellan-file/model.ts';

/** What kind of file something was read from. */
export type SourceKind = 'castellan' | 'compose' | 'kubernetes' | 'nginx' | 'envoy' | 'terraform';

/**
 * From where something can be reached: anybody on the internet, only the machine itself, only the network that it
 * runs in, or not said anywhere.
 */
export type Exposure = 'public' | 'loopback' | 'internal' | 'unknown';

/** What a component is for. `gateway` stands in front of others; `external` belongs to somebody else. */
export type ComponentKind = 'process' | 'store' | 'gateway' | 'external';

/** How a port is protected in transit, as far as the file says. */
export interface TlsSetting {
  /** As written: `TLSv1.2`. Empty where the file leaves it to the default. */
  readonly versions: readonly string[];
  /** Cipher list, as written. */
  readonly ciphers?: string | undefined;
  /** Whether a client certificate is asked for. */
  readonly clientCertificate: boolean;
  readonly place: Place;
}

/** A port that a component listens on. */
export interface Port {
  readonly number: number;
  readonly exposure: Exposure;
  /** Where the file says it, or the port is a well-known one. */
  readonly protocol: 'http' | 'https' | 'tcp' | 'unknown';
  readonly tls: TlsSetting | undefined;
  /** Every plain request is answered with a redirect to https, nothing else. */
  readonly redirectsToTls: boolean;
  /** Tells or changes how the process runs: admin, debugger, metrics. */
  readonly management: boolean;
  readonly place: Place;
}

/** A secret that a file holds or names. Its value is never kept. */
export interface SecretSeen {
  /** Name of the variable, key or field. */
  readonly name: string;
  /**
   * `literal`: written in the file; `default`: written in the file and one that everybody knows (`postgres`, `changeme`,
   * empty); `reference`: the file only says where it comes from.
   */
  readonly how: 'literal' | 'default' | 'reference';
  readonly place: Place;
}

/** Something that a component is set to and that a rule may care about. */
export interface Setting {
  readonly kind:
    | 'debug'
    | 'privileged'
    | 'host-network'
    | 'host-path'
    | 'docker-socket'
    | 'runs-as-root'
    | 'added-capability'
    | 'privilege-escalation'
    | 'authentication-off'
    | 'verify-off'
    | 'encryption-off'
    | 'access-log-off'
    | 'header-forwarded'
    | 'wide-open-firewall'
    | 'public-bucket'
    | 'server-tokens';
  /** What the file says, without secrets: `NODE_ENV=development`. */
  readonly detail: string;
  readonly place: Place;
}

/** One part of the deployment. */
export interface Component {
  /** Unique over all files: `compose:docker-compose.yaml:api`. */
  readonly id: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly source: SourceKind;
  /** `postgres`, `redis`, `nginx`, `envoy`, `castellan`, `node`; undefined where nothing tells. */
  readonly technology: string | undefined;
  readonly image: string | undefined;
  readonly environment: string | undefined;
  readonly ports: readonly Port[];
  readonly secrets: readonly SecretSeen[];
  readonly settings: readonly Setting[];
  /** Networks or namespaces that it is in. */
  readonly networks: readonly string[];
  readonly place: Place;
}

/** Something that talks to something, by component id. */
export interface ArchitectureFlow {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  /** undefined where the file does not say. */
  readonly encrypted: boolean | undefined;
  readonly port: number | undefined;
  /** The name of the store inside of the target that is used: a database, an index, a bucket. */
  readonly resource?: string | undefined;
  readonly place: Place;
}

/** Where events go that say who did what. */
export interface AuditSink {
  readonly kind: string;
  readonly place: Place;
}

/** Something in a file that was not read, and why. */
export interface ArchitectureNotice {
  readonly message: string;
  readonly place: Place;
}

/** Everything that the deployment files say, in one model. */
export interface Architecture {
  readonly files: readonly { readonly file: string; readonly source: SourceKind }[];
  readonly components: readonly Component[];
  readonly flows: readonly ArchitectureFlow[];
  /** Each `castellan.yaml` that was read. */
  readonly castellan: readonly CastellanFile[];
  readonly auditSinks: readonly AuditSink[];
  readonly notices: readonly ArchitectureNotice[];
}

/** What one file contributes. Flows may name their target by host name; `link` resolves it. */
export interface Fragment {
  readonly components: readonly Component[];
  readonly flows: readonly UnlinkedFlow[];
  readonly auditSinks: readonly AuditSink[];
  readonly notices: readonly ArchitectureNotice[];
  readonly castellan?: CastellanFile | undefined;
  /** Component ids that a gateway of the file sends requests to, as host names or component names. */
  readonly reaches?: ReadonlyMap<string, Exposure> | undefined;
}

/** A flow whose target is still a name: a host, a service, an address. */
export interface UnlinkedFlow {
  readonly from: string;
  readonly toName: string;
  readonly protocol: string;
  readonly encrypted: boolean | undefined;
  readonly port: number | undefined;
  readonly resource?: string | undefined;
  readonly place: Place;
}
