import { CastellanError } from '@castellan/contract';
import type { AttemptFact, Facts, ObjectFact, PrincipalFact, RefusedFact } from '@castellan/guard';
import { factsOfEvent } from './guard-event.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 1024) : '');
const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 1024) : undefined);
/** A number that can be counted; 0 for anything else. */
const countOf = (value: unknown): number => (typeof value === 'number' && value >= 0 && value < 2 ** 53 ? value : 0);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const maxObjects = 100;

/**
 * Reads one line of a file of events: facts as a guard gives them, or an audit event (OCSF 6003) as a guard writes it.
 * @throws CastellanError `bad-facts` for anything else
 */
export function parseFacts(line: string): Facts {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw bad('is no JSON', cause);
  }
  return factsOf(value);
}

/**
 * Reads facts from a value that came from outside. What they may leave out is nothing; they must say when, by whom or from
 * where, and what.
 * @throws CastellanError `bad-facts`
 */
export function factsOf(value: unknown): Facts {
  if (!isObject(value)) throw bad('is no object');
  if (value['class_uid'] === 6003) return factsOfEvent(value);
  const { time, method, template, status } = value;
  if (typeof time !== 'number' || !Number.isFinite(time) || time <= 0) throw bad('has no time in milliseconds');
  if (typeof method !== 'string' || typeof status !== 'number' || typeof template !== 'string')
    throw bad('has no method, template and status');
  const objects = listOf(value['objects']).slice(0, maxObjects).flatMap(objectOf);
  return {
    id: textOf(value['id']),
    time,
    duration: countOf(value['duration']),
    api: textOf(value['api']),
    contract: textOf(value['contract']),
    operation: textOf(value['operation']),
    method: method.slice(0, 32),
    template: template.slice(0, 1024),
    status,
    address: textOf(value['address']),
    agent: textOf(value['agent']),
    principal: principalOf(value['principal']),
    attempt: attemptOf(value['attempt']),
    refused: refusedOf(value['refused']),
    ...(typeof value['probe'] === 'string' ? { probe: probeOf(value['probe']) } : {}),
    observed: listOf(value['observed']).flatMap((one) => refusedOf(one) ?? []),
    objects,
    objectCount: Math.max(objects.length, countOf(value['objectCount'])),
    records: countOf(value['records']),
    bytesIn: countOf(value['bytesIn']),
    bytesOut: countOf(value['bytesOut']),
    sensitive: sensitiveOf(value['sensitive']),
    removed: countOf(value['removed']),
    alarms: listOf(value['alarms']).filter((one) => typeof one === 'string'),
    trace: undefined,
  };
}

function objectOf(value: unknown): ObjectFact[] {
  if (!isObject(value) || typeof value['id'] !== 'string') return [];
  const { verdict } = value;
  return [
    {
      type: textOf(value['type']),
      id: textOf(value['id']),
      verdict: verdict === 'refused' || verdict === 'removed' ? verdict : 'permitted',
    },
  ];
}

function principalOf(value: unknown): PrincipalFact | undefined {
  if (!isObject(value) || typeof value['subject'] !== 'string') return undefined;
  return {
    subject: textOf(value['subject']),
    issuer: textOf(value['issuer']),
    tenant: optional(value['tenant']),
    credentialKind: textOf(value['credentialKind']),
    credentialId: textOf(value['credentialId']),
  };
}

function attemptOf(value: unknown): AttemptFact | undefined {
  if (!isObject(value)) return undefined;
  return { kind: textOf(value['kind']), account: optional(value['account']), secret: optional(value['secret']) };
}

function refusedOf(value: unknown): RefusedFact | undefined {
  if (!isObject(value)) return undefined;
  return { stage: textOf(value['stage']), type: textOf(value['type']), reason: optional(value['reason']) };
}

/** A kind that a guard of another version knows counts as any. */
const probeOf = (name: string): Facts['probe'] => (/^[a-z]{1,40}$/.test(name) ? (name as Facts['probe']) : undefined);

function sensitiveOf(value: unknown): Readonly<Record<string, number>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, count]) => [name.slice(0, 200), countOf(count)]));
}

function bad(what: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'bad-facts',
    message: `a line ${what}`,
    mend: 'write facts as a guard gives them (option facts), one JSON object in a line; see docs/detection.md',
    ...(cause === undefined ? {} : { cause }),
  });
}
