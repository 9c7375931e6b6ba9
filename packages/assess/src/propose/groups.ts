import type { Operation } from '@castellan/contract';
import { isAdmin, isInternal, wordsOf } from '@castellan/meaning';
import { groupsOf, isKnown, type Row, type Run } from './run.ts';

const privileged = new Set(
  `admin approve reject refund ban unban suspend promote demote impersonate verify audit moderate role roles permission permissions
  privilege privileges grant revoke restock price prices metrics logs payout reconcile adjust override lock unlock reset-all purge`.split(
    /\s+/,
  ),
);

/** Whether an operation's names say that it is for those who run the API: its path, or what it does to an object. */
export function isPrivileged(operation: Operation): boolean {
  if (isAdmin(operation) || isInternal(operation)) return true;
  if (operation.path.split('/').some((segment) => wordsOf(segment).some((word) => tooling.has(word)))) return true;
  const last = operation.path.split('/').findLast((segment) => !segment.includes('{')) ?? '';
  const words = [
    ...wordsOf(last),
    ...(operation.operationIdDeclared ? wordsOf(operation.operationId).slice(0, 1) : []),
  ];
  return operation.method !== 'GET' && words.some((word) => privileged.has(word));
}

/** What no client of an API calls in production. */
const tooling = new Set(
  'debug seed seeds fixtures migrate migrations createdb initdb resetdb dropdb populate actuator'.split(' '),
);

const reporting = new Set(
  'export exports report reports reporting statistics stats analytics dashboard logs log metrics audit audits backup backups dump overview turnover revenue settings config configuration'.split(
    ' ',
  ),
);

/** Whether a read tells of the whole API by its path, and not of single objects. */
export function isReporting({ path }: Operation): boolean {
  return !path.includes('{') && path.split('/').some((segment) => wordsOf(segment).some((word) => reporting.has(word)));
}

const ordinary =
  /=(?:user|customer|member|client|basic|default|guest|reader|viewer|standard|regular|free|public|patient|student|buyer|citizen|subscriber|authenticated)s?$/i;

/**
 * The group that all callers of these exchanges have and not every caller of the run: the smallest one. Undefined where they
 * have none in common, or all callers have it, so that it tells nobody apart.
 */
export function groupOf(run: Run, rows: readonly Row[]): string | undefined {
  const [first] = rows;
  if (first === undefined || rows.some(({ exchange }) => !isKnown(exchange))) return undefined;
  const shared = groupsOf(first.exchange).filter((group) =>
    rows.every(({ exchange }) => groupsOf(exchange).includes(group)),
  );
  const holders = (group: string): number =>
    [...run.callers.values()].filter((groups) => groups.includes(group)).length;
  const apart = shared.filter(
    (group) =>
      holders(group) < run.callers.size &&
      // What a claim says of most callers is what they are, and no right: `role: user`.
      (!group.startsWith('claim:') || (holders(group) * 2 <= run.callers.size && !ordinary.test(group))),
  );
  // What a claim says counts where no group says the same.
  return apart.toSorted(
    (a, b) => holders(a) - holders(b) || Number(a.startsWith('claim:')) - Number(b.startsWith('claim:')),
  )[0];
}
