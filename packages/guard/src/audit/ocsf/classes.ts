import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../../core.ts';
import type { Ended } from '../ended.ts';
import { authentication } from './authentication.ts';
import { authorizeSession } from './authorize-session.ts';
import { httpActivity } from './http-activity.ts';
import type { OcsfEvent } from './parts.ts';

/**
 * As which classes of OCSF 1.5 an exchange is told. `api-activity` (6003) is the event of the audit log, one for each exchange.
 * `http-activity` (4002): one for each exchange. `authentication` (3002): a credential that was refused, or was accepted for the first
 * time. `authorize-session` (3003): the scopes and groups of a credential that was accepted for the first time.
 */
export const ocsfClasses = ['api-activity', 'http-activity', 'authentication', 'authorize-session'] as const;
export type OcsfClass = (typeof ocsfClasses)[number];

/** Classes of events that are made beside the event of the audit log. */
export type OtherClass = Exclude<OcsfClass, 'api-activity'>;

/** An event: a JSON line without its end, and its severity. */
export interface OcsfLine {
  readonly line: string;
  readonly severity: number;
}

/**
 * Makes an event of an exchange; undefined where the class has nothing to say of it.
 * @param fresh whether the credential was accepted for the first time
 */
export type OcsfMaker = (ended: Ended, fresh: boolean) => OcsfLine | undefined;

/** Compiles the events of an operation, or of requests that reach none. */
export function compileOcsf(
  core: GuardCore,
  operation: Operation | undefined,
): Readonly<Record<OtherClass, OcsfMaker>> {
  const written =
    (make: (ended: Ended, fresh: boolean) => OcsfEvent | undefined): OcsfMaker =>
    (ended, fresh) => {
      const event = make(ended, fresh);
      return event === undefined ? undefined : { line: JSON.stringify(event), severity: event.severity_id };
    };
  return {
    'http-activity': written(httpActivity(core, operation)),
    authentication: written(authentication(core, operation)),
    'authorize-session': written(authorizeSession(core, operation)),
  };
}
