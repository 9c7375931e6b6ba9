import type { ControlId } from '@castellan/assess/controls';
import type { EnforceableControl } from '@castellan/guard';

/** What a guard has to say for a control to be enforced. */
interface EnforcedBy {
  /** One of these is enough. */
  readonly says: readonly EnforceableControl[];
  /**
   * Whether the contract must declare it as well: it is about everything that an operation takes or gives, and what nobody
   * described nobody holds back.
   */
  readonly declared: boolean;
}

const declared = (...says: EnforceableControl[]): EnforcedBy => ({ says, declared: true });
/** Options and policies of the guard are enough. */
const alone = (...says: EnforceableControl[]): EnforcedBy => ({ says, declared: false });

/** How each control is enforced by a guard; the others are not a guard's work. */
export const enforcedBy: Readonly<Partial<Record<ControlId, EnforcedBy>>> = {
  authentication: declared('authentication'),
  'strong-authentication': declared('authentication'),
  'credential-out-of-url': declared('authentication'),
  'scope-separation': declared('authentication'),
  'sender-constraint': alone('sender-constraint'),
  'function-authorization': alone('function-authorization'),
  'object-authorization': alone('object-authorization'),
  'existence-secret': declared('object-authorization', 'function-authorization'),
  'property-read': declared('output-validation'),
  'property-write': declared('property-write', 'input-validation'),
  'input-validation': declared('input-validation'),
  'output-validation': declared('output-validation'),
  'rate-limit': alone('rate-limit'),
  'page-limit': declared('page-limit', 'output-validation'),
  'data-budget': alone('data-budget'),
  'body-limit': alone('body-limit'),
  'flow-control': declared('flow-control'),
  'url-restriction': declared('url-restriction'),
  'safe-errors': alone('safe-errors'),
  lifecycle: declared('lifecycle'),
  classification: declared('output-validation'),
};

/** Of these the contract's own scope is the whole control. */
export const enforcedByScope: ReadonlySet<ControlId> = new Set(['function-authorization']);
