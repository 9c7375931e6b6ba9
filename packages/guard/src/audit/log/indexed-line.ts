import { decisionOf } from './decision.ts';
import type { Indexed } from './index-builder.ts';

/** What stands before and behind the parts that are asked for, in the order in which a guard writes them. */
const begin = '{"class_uid":6003,';
const time = '"time":';
const id = ',"metadata":{"version":"1.5.0","uid":"';
const operation = '"api":{"operation":"';
const subject = '"actor":{"user":{"uid":"';
const stranger = '"actor":{"user":{"name":"unknown","type_id":0}}';
const code = '"http_response":{"code":';
const castellan = '"unmapped":{"castellan":{';
/** Parts of which more has to be known: such lines are few, and parsed. */
const others = ['"refused":{', '"observed":[', '"begun":true', '"objects":['];
const object = /"object":\{"type":"([^"\\]*)"(?:,"id":"([^"\\]*)")?\}/g;

/**
 * What is asked of a line, without parsing it: of an exchange that passed, as a guard writes it. Within a text of JSON every quotation mark has a
 * backslash before it, so that a name with its quotation marks is never part of a value.
 * @returns undefined where the line is any other
 */
export function indexedAtOnce(line: string): Indexed | undefined {
  if (!line.startsWith(begin)) return undefined;
  const inner = line.indexOf(castellan);
  if (inner === -1 || others.some((part) => line.includes(part, inner))) return undefined;
  const timeAt = line.indexOf(time);
  const idAt = line.indexOf(id, timeAt);
  const operationAt = line.indexOf(operation, idAt);
  const actorAt = line.indexOf('"actor":{', operationAt);
  const codeAt = line.indexOf(code, actorAt);
  if (timeAt === -1 || idAt === -1 || operationAt === -1 || actorAt === -1 || codeAt === -1 || codeAt > inner)
    return undefined;
  const principal = line.startsWith(stranger, actorAt) ? '' : valueAt(line, actorAt, subject);
  const [request, called] = [valueAt(line, idAt, id), valueAt(line, operationAt, operation)];
  const at = Number(line.slice(timeAt + time.length, line.indexOf(',', timeAt)));
  const status = Number(line.slice(codeAt + code.length, line.indexOf('}', codeAt)));
  if (principal === undefined || request === undefined || called === undefined) return undefined;
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(status)) return undefined;
  const objects = new Set<string>();
  const allowed = line.indexOf('"allowed":[', inner);
  if (allowed !== -1) {
    object.lastIndex = allowed;
    let named = 0;
    for (let match = object.exec(line); match !== null; match = object.exec(line)) {
      named += 1;
      const [, type = '', own] = match;
      objects.add(type);
      if (own !== undefined) objects.add(`${type} ${own}`);
    }
    // One of another form is read by whoever reads all forms.
    if (named !== line.split('"object":{').length - 1) return undefined;
  }
  return {
    id: request,
    time: at,
    principal,
    operation: called,
    decision: decisionOf({ begun: false, refused: undefined, observed: false, status }),
    objects: [...objects],
  };
}

/** The text behind a key; undefined where it is another key, or a text with escapes in it. */
function valueAt(line: string, at: number, key: string): string | undefined {
  if (!line.startsWith(key, at)) return undefined;
  const from = at + key.length;
  const value = line.slice(from, line.indexOf('"', from));
  return value.includes('\\') ? undefined : value;
}
