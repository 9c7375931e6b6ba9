import { child, isObject } from '../load/pointer.ts';
import type { CastellanApi, CastellanOperation, CastellanParameter, Located } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';
import { api, operation, parameter } from './vocabulary.ts';
import type { Fail } from './reader.ts';

const nothing = Object.freeze({});

/** @throws CastellanError `invalid-extension`, `unknown-extension-key` */
export function readCastellanApi(reading: Reading): CastellanApi {
  const node = child(reading.root, 'x-castellan');
  const read = node.value === undefined ? undefined : api.read(node, failOf(reading));
  return { ...read, profile: read?.profile ?? 'standard', profileDeclared: read?.profile !== undefined };
}

/**
 * The operation's extension over its path item's, key by key.
 * @param nodes the path item, what it refers to, and last the operation
 */
export function readCastellanOperation(
  reading: Reading,
  pathItems: readonly Located[],
  node: Located,
): CastellanOperation {
  let merged: CastellanOperation = nothing;
  for (const level of [...pathItems.toReversed(), node]) {
    if (!isObject(level.value) || !Object.hasOwn(level.value, 'x-castellan')) continue;
    merged = { ...merged, ...operation.read(child(level, 'x-castellan'), failOf(reading)) };
  }
  return merged;
}

export function readCastellanParameter(reading: Reading, node: Located): CastellanParameter {
  if (!isObject(node.value) || !Object.hasOwn(node.value, 'x-castellan')) return nothing;
  return parameter.read(child(node, 'x-castellan'), failOf(reading));
}

export function failOf(reading: Reading): Fail {
  return (location, code, message, mend) => reading.error(location, code, message, mend);
}
