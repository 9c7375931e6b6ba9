import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../../core.ts';
import type { Ended } from '../ended.ts';
import { callerOf, compileRequest, metadataOf, severities, type OcsfEvent } from './parts.ts';

const classUid = 3003;
const assignPrivileges = 1;
const assignGroups = 2;
/** Scopes and groups that an event names at most. */
const most = 100;

/**
 * Compiles Authorize Session (3003): what a credential may do that is seen for the first time, by its scopes and groups. A credential
 * that has neither is no event of this class.
 */
export function authorizeSession(
  core: GuardCore,
  operation: Operation | undefined,
): (ended: Ended, fresh: boolean) => OcsfEvent | undefined {
  const requestOf = compileRequest(core.contract, operation);
  return (ended, fresh) => {
    const { auth } = ended;
    const caller = callerOf(core, ended);
    if (!fresh || auth === undefined || caller === undefined) return undefined;
    const scopes = auth.scopes.slice(0, most);
    const groups = auth.groups.slice(0, most).map((name) => ({ name }));
    const [first] = groups;
    if (scopes.length === 0 && first === undefined) return undefined;
    const activity = scopes.length > 0 ? assignPrivileges : assignGroups;
    return {
      class_uid: classUid,
      category_uid: 3,
      activity_id: activity,
      type_uid: classUid * 100 + activity,
      severity_id: severities.informational,
      status_id: 1,
      time: ended.now,
      metadata: metadataOf(ended.id, classUid),
      user: { ...caller.user, ...(first === undefined ? {} : { groups }) },
      session: {
        ...caller.session,
        ...(auth.credential.expiresAt === undefined ? {} : { expiration_time: Math.round(auth.credential.expiresAt) }),
      },
      ...(scopes.length > 0 ? { privileges: scopes } : {}),
      ...(first === undefined ? {} : { group: first }),
      src_endpoint: { ip: caller.address },
      http_request: requestOf(ended),
    };
  };
}
