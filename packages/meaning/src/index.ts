export { accountRank } from './account-names.ts';
export { classifyName, dataClasses, worstClass, type DataClass } from './data-class.ts';
export { decisionOf, decisions, isDecisive, type Decision } from './deciding.ts';
export {
  isAdmin,
  isBeforeLogin,
  isHealth,
  isInboundWebhook,
  isInternal,
  isLogin,
  isOnAskedObject,
  isOnObject,
  isRecovery,
  isRegistration,
  lastSegment,
  namesOf,
  takesArguments,
} from './operation.ts';
export { MONEY, MONEY_WITH_AMOUNT, SAFETY } from './operation-words.ts';
export { takesCode } from './one-time-code.ts';
export {
  flowOf,
  givesRightsToPerson,
  purposes,
  purposesOf,
  type Flow,
  type OperationNames,
  type OperationPurpose,
} from './purpose.ts';
export { isPasswordName, isSecretName } from './secret-names.ts';
export { Vocabulary } from './vocabulary.ts';
export { decoded, plain, segmentsOf, wordsOf } from './words.ts';
