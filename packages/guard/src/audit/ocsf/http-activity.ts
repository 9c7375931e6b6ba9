import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../../core.ts';
import type { Ended } from '../ended.ts';
import { callerOf, compileRequest, metadataOf, severities, type OcsfEvent } from './parts.ts';

/** Methods that the class has an activity for. */
const activities: ReadonlyMap<string, number> = new Map([
  ['CONNECT', 1],
  ['DELETE', 2],
  ['GET', 3],
  ['HEAD', 4],
  ['OPTIONS', 5],
  ['POST', 6],
  ['PUT', 7],
  ['TRACE', 8],
]);
const other = 99;
const classUid = 4002;

/** Compiles HTTP Activity (4002): what went over the wire, whatever the API makes of it. */
export function httpActivity(core: GuardCore, operation: Operation | undefined): (ended: Ended) => OcsfEvent {
  const { contract } = core;
  const requestOf = compileRequest(contract, operation);
  return (ended) => {
    const { method, status, verdict, failure, bytesIn, bytesOut } = ended;
    const activity = activities.get(method) ?? other;
    return {
      class_uid: classUid,
      category_uid: 4,
      activity_id: activity,
      ...(activity === other ? { activity_name: method } : {}),
      type_uid: classUid * 100 + activity,
      severity_id:
        verdict?.refusal.critical === true
          ? severities.critical
          : failure !== undefined || verdict?.stage === 'release'
            ? severities.high
            : verdict === undefined
              ? severities.informational
              : severities.medium,
      status_id: status > 0 && status < 400 ? 1 : 2,
      ...(verdict === undefined ? {} : { status_detail: reasonOf(verdict) }),
      time: ended.now,
      duration: Math.max(0, Math.round(ended.duration)),
      metadata: metadataOf(ended.id, classUid),
      app_name: contract.title,
      src_endpoint: { ip: callerOf(core, ended)?.address ?? ended.address },
      http_request: requestOf(ended),
      ...(status === 0 ? {} : { http_response: { code: status, length: bytesOut } }),
      traffic: { bytes_in: bytesIn, bytes_out: bytesOut },
    };
  };
}

/** `authenticate unauthenticated expired`: stage, problem type and reason. */
function reasonOf({ stage, refusal }: NonNullable<Ended['verdict']>): string {
  return [stage, refusal.type, refusal.reason].filter((part) => part !== undefined).join(' ');
}
