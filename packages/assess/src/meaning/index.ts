export { classifyName, dataClasses, type DataClass } from './data-class.ts';
export { decisionOf, decisions, type Decision } from './deciding.ts';
export { purposes, purposesOf, type OperationNames, type OperationPurpose } from './purpose.ts';
export { isSecretName } from './secret-names.ts';
