import type { Facts, ObjectFact } from '@castellan/guard';

/** Who calls, from where, with what. */
export interface Caller {
  readonly subject: string | undefined;
  readonly issuer: string;
  readonly kind: string;
  credential: string;
  address: string;
  agent: string;
}

export interface Call {
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly status?: number;
  readonly objects?: readonly ObjectFact[];
  readonly records?: number;
  readonly bytes?: number;
  readonly duration?: number;
  readonly sensitive?: Readonly<Record<string, number>>;
  readonly refused?: readonly [stage: string, type: string, reason?: string];
  readonly attempt?: { readonly account?: string | undefined; readonly secret?: string | undefined };
}

let numbers = 0;

/** The facts of a call, as a guard tells them. */
export function factOf(time: number, caller: Caller, call: Call): Facts {
  const { status = 200, objects = [], refused, attempt } = call;
  const isIn = caller.subject !== undefined && attempt === undefined && status !== 401;
  return {
    id: `r${(numbers += 1)}`,
    time: Math.round(time),
    duration: call.duration ?? 12,
    api: 'Shop',
    contract: '0123456789ab',
    operation: call.operation,
    method: call.method,
    template: call.template,
    status,
    address: caller.address,
    agent: caller.agent,
    principal: isIn
      ? {
          subject: caller.subject ?? '',
          issuer: caller.issuer,
          tenant: undefined,
          credentialKind: caller.kind,
          credentialId: caller.credential,
        }
      : undefined,
    attempt: attempt === undefined ? undefined : { kind: 'password', account: attempt.account, secret: attempt.secret },
    refused: refused === undefined ? undefined : { stage: refused[0], type: refused[1], reason: refused[2] },
    observed: [],
    objects: objects.slice(0, 100),
    objectCount: objects.length,
    records: call.records ?? (status < 300 ? objects.length : 0),
    bytesIn: call.method === 'GET' ? 0 : 300,
    bytesOut: call.bytes ?? (status < 300 ? 200 + 350 * Math.max(1, objects.length) : 180),
    sensitive: call.sensitive ?? {},
    removed: 0,
    alarms: [],
    trace: undefined,
  };
}

export const object = (type: string, id: string, verdict: ObjectFact['verdict'] = 'permitted'): ObjectFact => ({
  type,
  id: `${type}~${id}`,
  verdict,
});
