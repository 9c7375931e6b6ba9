import type { Place } from '@castellan/contract';
import type { Severity } from '../findings/risk.ts';

/** What a change is about, as a pull request is read: security first, then what breaks clients, then the rest. */
export const changeKinds = ['security', 'breaking', 'compatible'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One difference between two versions of a contract. */
export interface Change {
  readonly kind: ChangeKind;
  /** Stable, kebab case: `authentication-weakened`. */
  readonly code: string;
  /** How bad it is; `info` for what is only good to know. */
  readonly severity: Severity;
  /** One sentence without a full stop. */
  readonly message: string;
  /** `GET /orders`, where it is about one operation. */
  readonly operation?: string | undefined;
  /** In the new document where the thing still is, otherwise in the old one. */
  readonly place: Place;
}
