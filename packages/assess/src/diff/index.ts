import { formatPlace, type Contract } from '@castellan/contract';
import { severities } from '../findings/risk.ts';
import { callbackChanges, webhookChanges } from './callbacks.ts';
import { changeKinds, type Change } from './change.ts';
import { apiChanges, controlChanges } from './controls.ts';
import { apiExtensionChanges, extensionChanges } from './extension.ts';
import { linkChanges } from './links.ts';
import { parameterChanges } from './parameters.ts';
import { mediaChanges } from './media.ts';
import { hasMoved, pairOperations, type OperationPair } from './operations.ts';
import { schemeChanges } from './schemes.ts';
import { securityChanges } from './security.ts';
import { answerChanges } from './answers.ts';
import { requestChanges } from './requests.ts';
import { statusChanges, statusesOf } from './statuses.ts';

export { changeKinds, type Change, type ChangeKind } from './change.ts';
export { changeFormats, formatChanges, type ChangeFormat } from './format.ts';
export { diffPolicies, type PolicyText } from './policies.ts';

/**
 * What changed between two versions of a contract: security first (authentication weakened, scopes dropped, limits raised,
 * properties now writable or returned), then what breaks clients, then the rest; each worst first.
 */
export function diffContracts(before: Contract, after: Contract): Change[] {
  const changes: Change[] = [
    ...apiChanges(before, after),
    ...apiExtensionChanges(before, after),
    ...schemeChanges(before, after),
    ...webhookChanges(before, after),
  ];
  for (const pair of pairOperations(before, after)) {
    changes.push(
      ...existence(pair, before, after),
      ...securityChanges(pair, before, after),
      ...controlChanges(pair, after),
      ...extensionChanges(pair, before, after),
      ...mediaChanges(pair, before, after),
      ...parameterChanges(pair, before, after),
      ...callbackChanges(pair, before, after),
      ...linkChanges(pair, before, after),
      ...requestChanges(pair, before, after),
      ...statusChanges(pair, before, after),
      ...answerChanges(pair, before, after, statusesOf(pair)),
    );
  }
  return oncePerCause(changes).toSorted(
    (a, b) =>
      changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
}

function* existence(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  const { name, before: old, after: now } = pair;
  if (hasMoved(pair) && old !== undefined && now !== undefined)
    yield {
      kind: 'breaking',
      code: 'operation-moved',
      severity: 'high',
      message: `${old.method} ${old.path} is ${name} now`,
      operation: name,
      place: after.place(now.location),
    };
  if (now === undefined && old !== undefined) {
    const retired = old.castellan.lifecycle?.state === 'retired' || old.deprecated;
    yield {
      kind: 'breaking',
      code: 'operation-removed',
      severity: retired ? 'low' : 'high',
      message: `${name} is gone${retired ? ', as was announced' : ''}`,
      operation: name,
      place: before.place(old.location),
    };
  } else if (now !== undefined && old === undefined) {
    yield {
      kind: 'compatible',
      code: 'operation-added',
      severity: 'info',
      message: `${name} is new`,
      operation: name,
      place: after.place(now.location),
    };
  } else if (now?.deprecated === true && old?.deprecated === false) {
    yield {
      kind: 'compatible',
      code: 'operation-deprecated',
      severity: 'info',
      message: `${name} is deprecated now`,
      operation: name,
      place: after.place(now.location),
    };
  }
}

/** A shared schema is one cause, however many operations lead to it: one change, which names the first and counts the rest. */
function oncePerCause(changes: readonly Change[]): Change[] {
  const causes = new Map<string, { readonly change: Change; readonly operations: Set<string> }>();
  for (const change of changes) {
    const { operation = '', place, code } = change;
    const what = change.message.startsWith(`${operation}: `)
      ? (change.message.split(/\.|: /).at(-1) ?? '')
      : change.message;
    const key = `${code} ${formatPlace(place)} ${what}`;
    const known = causes.get(key);
    if (known === undefined) causes.set(key, { change, operations: new Set([operation]) });
    else known.operations.add(operation);
  }
  return [...causes.values()].map(({ change, operations }) => {
    const { operation } = change;
    if (operations.size < 2 || operation === undefined) return change;
    return { ...change, message: change.message.replace(operation, `${operation} and ${operations.size - 1} more`) };
  });
}
