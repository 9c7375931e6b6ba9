import type { TokenConfiguration } from '../token-configuration.ts';

/** What the tokens of one provider are like: an entry with places for its parameters, and what it publishes of its tokens. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** What each parameter is; `{name}` stands for it in `entry`. All are needed. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What somebody writes, whole. */
  readonly example: Readonly<Record<string, unknown>>;
  /** What it stands for, with the places of its parameters. */
  readonly entry: TokenConfiguration;
  /** A token as the provider documents it, without its times; for `example`. */
  readonly published: {
    readonly alg: string;
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
    /** True where the claims are those of an introspection answer. */
    readonly opaque?: boolean;
  };
  /** Who that token is of. */
  readonly identity: {
    readonly subject: string;
    readonly groups?: readonly string[];
    readonly scopes?: readonly string[];
    readonly tenant?: string;
  };
  readonly note?: string;
  /** Where the provider documents its tokens. */
  readonly source: string;
}
