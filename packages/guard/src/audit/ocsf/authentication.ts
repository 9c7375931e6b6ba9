import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../../core.ts';
import type { Verdict } from '../../exchange.ts';
import type { Ended } from '../ended.ts';
import { callerOf, compileRequest, metadataOf, nobody, serviceOf, severities, type OcsfEvent } from './parts.ts';

const classUid = 3002;
const logon = 1;
/** `auth_protocol_id` Other and `logon_type_id` Network. */
const otherProtocol = 99;
const network = 3;

/**
 * Compiles Authentication (3002): a credential that was refused, by the guard or by the application where it signs people in itself, or
 * that was accepted for the first time. Who presented none is no event of this class.
 */
export function authentication(
  core: GuardCore,
  operation: Operation | undefined,
): (ended: Ended, fresh: boolean) => OcsfEvent | undefined {
  const requestOf = compileRequest(core.contract, operation);
  const service = serviceOf(core.contract);
  return (ended, fresh) => {
    const { attempt, auth } = ended;
    if (attempt === undefined && !(fresh && auth !== undefined)) return undefined;
    const caller = attempt === undefined ? callerOf(core, ended) : undefined;
    const why = attempt === undefined ? undefined : whyRefused(ended);
    const account = attempt?.account;
    return {
      class_uid: classUid,
      category_uid: 3,
      activity_id: logon,
      type_uid: classUid * 100 + logon,
      severity_id: attempt === undefined ? severities.informational : severities.medium,
      status_id: attempt === undefined ? 1 : 2,
      ...(why === undefined ? {} : { status_detail: why }),
      time: ended.now,
      metadata: metadataOf(ended.id, classUid),
      // Of an account that was tried the keyed hash, so that tries at one account can be counted.
      user: caller?.user ?? { ...nobody, ...(account === undefined ? {} : { uid: account }) },
      ...(caller === undefined ? {} : { session: caller.session }),
      auth_protocol_id: otherProtocol,
      auth_protocol: attempt?.kind ?? auth?.credential.kind ?? 'unknown',
      logon_type_id: network,
      is_remote: true,
      service,
      src_endpoint: { ip: caller?.address ?? ended.address },
      http_request: requestOf(ended),
    };
  };
}

/** Why a credential was refused: the guard's reason, or the status by which the application said so. */
function whyRefused({ verdict, observed, status }: Ended): string | undefined {
  const isOne = (one: Verdict): boolean => one.stage === 'authenticate' && one.refusal.type === 'unauthenticated';
  const refused = verdict !== undefined && isOne(verdict) ? verdict : observed?.find(isOne);
  return refused === undefined ? `status ${status}` : refused.refusal.reason;
}
