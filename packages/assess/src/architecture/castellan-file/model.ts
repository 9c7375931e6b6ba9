import type { Mode, Place } from '@castellan/contract';
import type { SecretSeen } from '../model.ts';

/** `castellan.yaml`, checked. Field for field what `schemas/castellan.json` says. */
export interface CastellanFile {
  readonly file: string;
  readonly apis: readonly CastellanFileApi[];
  /** Third-party APIs that this service calls. */
  readonly consumes: readonly ConsumedApi[];
  readonly listen: CastellanListen | undefined;
  readonly store: { readonly url: string; readonly place: Place } | undefined;
  readonly limits: { readonly store: string; readonly place: Place } | undefined;
  readonly audit: CastellanAudit | undefined;
  readonly console: { readonly port: number; readonly address: string | undefined; readonly place: Place } | undefined;
  /** Keys, passwords and secrets that are written in the file. Their values are not kept. */
  readonly secrets: readonly SecretSeen[];
  /** The root of the file, for what is missing. */
  readonly place: Place;
}

/** One API: its contract, and where and how it runs. */
export interface CastellanFileApi {
  readonly name: string;
  /** Path or URL of the OpenAPI document, relative to the file; empty where a source elsewhere has it. */
  readonly contract: string;
  readonly overlays: readonly string[];
  /** Paths or globs of Cedar files. */
  readonly policies: readonly string[];
  readonly environment: string | undefined;
  readonly upstreams: readonly { readonly url: string; readonly place: Place }[];
  readonly mode: Mode;
  readonly authentication: readonly CastellanAuthentication[];
  readonly owner: string | undefined;
  readonly place: Place;
}

/** Who vouches for identities of one security scheme. */
export interface CastellanAuthentication {
  /** Name of the security scheme in the contract. */
  readonly scheme: string;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Where its keys, users or secrets are kept. */
  readonly store: string | undefined;
  /** Tokens must come with a proof that the caller holds their key. */
  readonly proofRequired: boolean;
  readonly place: Place;
}

/** A third party's API. */
export interface ConsumedApi {
  readonly name: string;
  readonly contract: string | undefined;
  readonly url: string | undefined;
  readonly place: Place;
}

/** What the gateway listens on. */
export interface CastellanListen {
  readonly port: number;
  readonly address: string | undefined;
  readonly tls: { readonly minVersion: string | undefined; readonly place: Place } | undefined;
  readonly place: Place;
}

/** Where the audit trail goes. */
export interface CastellanAudit {
  readonly dir: string | undefined;
  readonly otlp: string | undefined;
  readonly place: Place;
}
