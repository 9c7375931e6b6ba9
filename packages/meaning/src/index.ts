export { accountRank } from './account-names.ts';
export { changeSaid } from './changes.ts';
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
export { takesCode } from './one-time-code.ts';
export {
  MONEY,
  MONEY_WITH_AMOUNT,
  OF_A_STEP,
  OF_WHERE_PEOPLE_ARE,
  PEOPLE,
  RECOVER,
  REGISTER,
  SAFETY,
} from './operation-words.ts';
export {
  exports,
  flowOf,
  givesRightsToPerson,
  isAdministrative,
  purposes,
  purposesOf,
  searches,
  type Flow,
  type OperationNames,
  type OperationPurpose,
} from './purpose.ts';
export { isPasswordName, isSecretName } from './secret-names.ts';
export { Vocabulary } from './vocabulary.ts';
export { decoded, endsInParameter, plain, segmentsOf, withoutSlash, wordsOf } from './words.ts';
