import type { Facts, ObjectFact } from '@castellan/guard';

type Json = Readonly<Record<string, unknown>>;

/** A member of a member; undefined where there is none. */
function at(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Json)[name];
  }
  return found;
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 1024) : '');
const number = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);

/** Facts of an audit event (OCSF 6003) as a guard writes it: less than a guard tells its sinks, enough for most detectors. */
export function factsOfEvent(event: Json): Facts {
  const castellan = at(event, 'unmapped', 'castellan');
  const subject = at(event, 'actor', 'user', 'uid');
  const refused = at(castellan, 'refused');
  const objects = objectsOf(castellan, refused);
  const path = text(at(event, 'http_request', 'url', 'path'));
  return {
    id: text(at(event, 'metadata', 'uid')),
    time: number(event['time']),
    duration: number(event['duration']),
    api: text(at(event, 'api', 'service', 'name')),
    contract: text(at(castellan, 'contract')),
    operation: text(at(event, 'api', 'operation')),
    method: text(at(event, 'http_request', 'http_method')),
    template: text(at(castellan, 'template')) || path,
    status: number(at(event, 'http_response', 'code')),
    address: text(at(event, 'src_endpoint', 'ip')),
    agent: '',
    principal:
      typeof subject !== 'string'
        ? undefined
        : {
            subject,
            issuer: text(at(event, 'actor', 'session', 'issuer')),
            tenant: undefined,
            credentialKind: '',
            credentialId: text(at(event, 'actor', 'session', 'uid')),
          },
    attempt:
      text(at(refused, 'stage')) === 'authenticate' ? { kind: '', account: undefined, secret: undefined } : undefined,
    refused:
      refused === undefined
        ? undefined
        : { stage: text(at(refused, 'stage')), type: text(at(refused, 'type')), reason: text(at(refused, 'reason')) },
    observed: [],
    objects,
    objectCount: objects.length,
    records: 0,
    bytesIn: 0,
    bytesOut: 0,
    sensitive: {},
    removed: number(at(castellan, 'removed')),
    alarms: [],
    trace: undefined,
  };
}

function objectsOf(castellan: unknown, refused: unknown): readonly ObjectFact[] {
  const allowed = at(castellan, 'allowed');
  const found = (Array.isArray(allowed) ? allowed.slice(0, 100) : []).map(
    (entry: unknown) => [at(entry, 'object'), 'permitted'] as const,
  );
  return [...found, [at(refused, 'object'), 'refused'] as const].flatMap(([object, verdict]) => {
    const id = at(object, 'id');
    return typeof id === 'string' ? [{ type: text(at(object, 'type')), id, verdict }] : [];
  });
}
