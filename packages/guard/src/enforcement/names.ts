/** Controls that a guard can say it enforces, by the ids that evidence has for them. */
export const enforceableControls = [
  'authentication',
  'sender-constraint',
  'rate-limit',
  'input-validation',
  'body-limit',
  'url-restriction',
  'page-limit',
  'data-budget',
  'flow-control',
  'function-authorization',
  'object-authorization',
  'property-write',
  'output-validation',
  'safe-errors',
  'lifecycle',
] as const;

/** The id of one. */
export type EnforceableControl = (typeof enforceableControls)[number];
