import type { ContractRule } from '../rule.ts';
import { rule as bulkIdsUnbounded } from './bulk-ids-unbounded.ts';
import { rule as identityFromCaller } from './identity-from-caller.ts';
import { rule as objectIdGuessable } from './object-id-guessable.ts';
import { rule as objectIdTwice } from './object-id-twice.ts';
import { rule as objectPolicyMissing } from './object-policy-missing.ts';
import { rule as personalDataInPath } from './personal-data-in-path.ts';
import { rule as tenantFromCaller } from './tenant-from-caller.ts';
import { rule as accountChangeUnconfirmed } from './account-change-unconfirmed.ts';
import { rule as authenticationMissing } from './authentication-missing.ts';
import { rule as authenticationOptional } from './authentication-optional.ts';
import { rule as authenticationUndone } from './authentication-undone.ts';
import { rule as cookieWithoutCsrfDefence } from './cookie-without-csrf-defence.ts';
import { rule as credentialInPath } from './credential-in-path.ts';
import { rule as credentialInQuery } from './credential-in-query.ts';
import { rule as httpBasic } from './http-basic.ts';
import { rule as httpSchemeWeak } from './http-scheme-weak.ts';
import { rule as loginUnthrottled } from './login-unthrottled.ts';
import { rule as oauthImplicitFlow } from './oauth-implicit-flow.ts';
import { rule as oauthPasswordFlow } from './oauth-password-flow.ts';
import { rule as oauthUrlPlainHttp } from './oauth-url-plain-http.ts';
import { rule as oneTimeCodeShort } from './one-time-code-short.ts';
import { rule as passwordChangeUnconfirmed } from './password-change-unconfirmed.ts';
import { rule as passwordComposition } from './password-composition.ts';
import { rule as passwordTooShort } from './password-too-short.ts';
import { rule as passwordTruncated } from './password-truncated.ts';
import { rule as secretQuestion } from './secret-question.ts';
import { rule as unauthorizedUndocumented } from './unauthorized-undocumented.ts';
import { rule as userEnumeration } from './user-enumeration.ts';
import { rule as weakerAlternative } from './weaker-alternative.ts';
import { rule as anyPropertyWritable } from './any-property-writable.ts';
import { rule as idWritable } from './id-writable.ts';
import { rule as internalPropertyReturned } from './internal-property-returned.ts';
import { rule as jsonPatchUnrestricted } from './json-patch-unrestricted.ts';
import { rule as listReturnsSensitive } from './list-returns-sensitive.ts';
import { rule as ownerWritable } from './owner-writable.ts';
import { rule as personalDataUnclassified } from './personal-data-unclassified.ts';
import { rule as privilegeWritable } from './privilege-writable.ts';
import { rule as responseAnything } from './response-anything.ts';
import { rule as secretReturned } from './secret-returned.ts';
import { rule as sensitiveReadableByAll } from './sensitive-readable-by-all.ts';
import { rule as serverValueWritable } from './server-value-writable.ts';
import { rule as timestampWritable } from './timestamp-writable.ts';
import { rule as unknownPropertiesAccepted } from './unknown-properties-accepted.ts';
import { rule as arrayUnbounded } from './array-unbounded.ts';
import { rule as budgetMissing } from './budget-missing.ts';
import { rule as costlyUnthrottled } from './costly-unthrottled.ts';
import { rule as graphqlUnbounded } from './graphql-unbounded.ts';
import { rule as mapUnbounded } from './map-unbounded.ts';
import { rule as numberUnbounded } from './number-unbounded.ts';
import { rule as pageMissing } from './page-missing.ts';
import { rule as pageSizeUncapped } from './page-size-uncapped.ts';
import { rule as paidByMessage } from './paid-by-message.ts';
import { rule as patternExponential } from './pattern-exponential.ts';
import { rule as queryLanguageAccepted } from './query-language-accepted.ts';
import { rule as rateLimitMissing } from './rate-limit-missing.ts';
import { rule as recursionUnbounded } from './recursion-unbounded.ts';
import { rule as stringUnbounded } from './string-unbounded.ts';
import { rule as tooManyRequestsUndocumented } from './too-many-requests-undocumented.ts';
import { rule as uploadAnyType } from './upload-any-type.ts';
import { rule as uploadUnlimited } from './upload-unlimited.ts';
import { rule as adminUnprivileged } from './admin-unprivileged.ts';
import { rule as collectionDelete } from './collection-delete.ts';
import { rule as internalOperationPublic } from './internal-operation-public.ts';
import { rule as methodOverride } from './method-override.ts';
import { rule as privilegeParameter } from './privilege-parameter.ts';
import { rule as readThatWrites } from './read-that-writes.ts';
import { rule as routeSwallowed } from './route-swallowed.ts';
import { rule as scopeCoversEverything } from './scope-covers-everything.ts';
import { rule as scopeNotSeparating } from './scope-not-separating.ts';
import { rule as scopeUndeclared } from './scope-undeclared.ts';
import { rule as writeWithReadScope } from './write-with-read-scope.ts';
import { rule as flowOutOfOrder } from './flow-out-of-order.ts';
import { rule as flowUnprotected } from './flow-unprotected.ts';
import { rule as flowWithoutPace } from './flow-without-pace.ts';
import { rule as idempotencyMissing } from './idempotency-missing.ts';
import { rule as registrationUnprotected } from './registration-unprotected.ts';
import { rule as callbackUnrestricted } from './callback-unrestricted.ts';
import { rule as fetchedContentPassedOn } from './fetched-content-passed-on.ts';
import { rule as hostUnrestricted } from './host-unrestricted.ts';
import { rule as redirectUnrestricted } from './redirect-unrestricted.ts';
import { rule as urlRestrictionLax } from './url-restriction-lax.ts';
import { rule as urlUnrestricted } from './url-unrestricted.ts';
import { rule as cacheShared } from './cache-shared.ts';
import { rule as commandAccepted } from './command-accepted.ts';
import { rule as controlSwitchedOff } from './control-switched-off.ts';
import { rule as corsAnyOrigin } from './cors-any-origin.ts';
import { rule as debugParameter } from './debug-parameter.ts';
import { rule as defaultCredential } from './default-credential.ts';
import { rule as errorAnything } from './error-anything.ts';
import { rule as errorUndocumented } from './error-undocumented.ts';
import { rule as filePathAccepted } from './file-path-accepted.ts';
import { rule as jsonp } from './jsonp.ts';
import { rule as markupAccepted } from './markup-accepted.ts';
import { rule as mediaTypeAny } from './media-type-any.ts';
import { rule as patternUnanchored } from './pattern-unanchored.ts';
import { rule as personalDataInQuery } from './personal-data-in-query.ts';
import { rule as requestAnything } from './request-anything.ts';
import { rule as secretInDocument } from './secret-in-document.ts';
import { rule as serverHostVariable } from './server-host-variable.ts';
import { rule as serverPlainHttp } from './server-plain-http.ts';
import { rule as technologyDisclosed } from './technology-disclosed.ts';
import { rule as traceMethod } from './trace-method.ts';
import { rule as xmlAccepted } from './xml-accepted.ts';
import { rule as deprecatedByWord } from './deprecated-by-word.ts';
import { rule as deprecatedWithoutSunset } from './deprecated-without-sunset.ts';
import { rule as draftOffered } from './draft-offered.ts';
import { rule as operationIdMissing } from './operation-id-missing.ts';
import { rule as ownerMissing } from './owner-missing.ts';
import { rule as serverNotProduction } from './server-not-production.ts';
import { rule as sunsetPassed } from './sunset-passed.ts';
import { rule as testOperationPublic } from './test-operation-public.ts';
import { rule as versionsSideBySide } from './versions-side-by-side.ts';
import { rule as inboundWebhookAnything } from './inbound-webhook-anything.ts';
import { rule as inboundWebhookUnverified } from './inbound-webhook-unverified.ts';
import { rule as outboundWebhookUnsigned } from './outbound-webhook-unsigned.ts';
import { rule as referenceToNetwork } from './reference-to-network.ts';

/** Every rule over a document, in the order of the risks that they are counted under. */
export const contractRules: readonly ContractRule[] = [
  // API1:2023
  bulkIdsUnbounded,
  identityFromCaller,
  objectIdGuessable,
  objectIdTwice,
  objectPolicyMissing,
  personalDataInPath,
  tenantFromCaller,
  // API2:2023
  accountChangeUnconfirmed,
  authenticationMissing,
  authenticationOptional,
  authenticationUndone,
  cookieWithoutCsrfDefence,
  credentialInPath,
  credentialInQuery,
  httpBasic,
  httpSchemeWeak,
  loginUnthrottled,
  oauthImplicitFlow,
  oauthPasswordFlow,
  oauthUrlPlainHttp,
  oneTimeCodeShort,
  passwordChangeUnconfirmed,
  passwordComposition,
  passwordTooShort,
  passwordTruncated,
  secretQuestion,
  unauthorizedUndocumented,
  userEnumeration,
  weakerAlternative,
  // API3:2023
  anyPropertyWritable,
  idWritable,
  internalPropertyReturned,
  jsonPatchUnrestricted,
  listReturnsSensitive,
  ownerWritable,
  personalDataUnclassified,
  privilegeWritable,
  responseAnything,
  secretReturned,
  sensitiveReadableByAll,
  serverValueWritable,
  timestampWritable,
  unknownPropertiesAccepted,
  // API4:2023
  arrayUnbounded,
  budgetMissing,
  costlyUnthrottled,
  graphqlUnbounded,
  mapUnbounded,
  numberUnbounded,
  pageMissing,
  pageSizeUncapped,
  paidByMessage,
  patternExponential,
  queryLanguageAccepted,
  rateLimitMissing,
  recursionUnbounded,
  stringUnbounded,
  tooManyRequestsUndocumented,
  uploadAnyType,
  uploadUnlimited,
  // API5:2023
  adminUnprivileged,
  collectionDelete,
  internalOperationPublic,
  methodOverride,
  privilegeParameter,
  readThatWrites,
  scopeCoversEverything,
  scopeNotSeparating,
  scopeUndeclared,
  writeWithReadScope,
  // API6:2023
  flowOutOfOrder,
  flowUnprotected,
  flowWithoutPace,
  idempotencyMissing,
  registrationUnprotected,
  // API7:2023
  callbackUnrestricted,
  fetchedContentPassedOn,
  hostUnrestricted,
  redirectUnrestricted,
  urlRestrictionLax,
  urlUnrestricted,
  // API8:2023
  cacheShared,
  commandAccepted,
  controlSwitchedOff,
  corsAnyOrigin,
  debugParameter,
  defaultCredential,
  errorAnything,
  errorUndocumented,
  filePathAccepted,
  jsonp,
  markupAccepted,
  mediaTypeAny,
  patternUnanchored,
  personalDataInQuery,
  requestAnything,
  secretInDocument,
  serverHostVariable,
  serverPlainHttp,
  technologyDisclosed,
  traceMethod,
  xmlAccepted,
  // API9:2023
  deprecatedByWord,
  deprecatedWithoutSunset,
  draftOffered,
  operationIdMissing,
  ownerMissing,
  routeSwallowed,
  serverNotProduction,
  sunsetPassed,
  testOperationPublic,
  versionsSideBySide,
  // API10:2023
  inboundWebhookAnything,
  inboundWebhookUnverified,
  outboundWebhookUnsigned,
  referenceToNetwork,
];
