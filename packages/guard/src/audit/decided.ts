import type { PermittedAction } from '../authorize/decisions.ts';
import type { GuardCore } from '../core.ts';
import type { Ended } from './ended.ts';

/** What was permitted of a request that nothing refused: an allow beside a refusal would read as its opposite. */
export function allowedOf({ verdict, observed, decisions }: Ended): readonly PermittedAction[] | undefined {
  if (decisions === undefined || verdict !== undefined) return undefined;
  return observed?.some(({ refusal }) => refusal.decision !== undefined) === true ? undefined : decisions.permitted;
}

/** What the policies raise that decided; undefined where they raise nothing. */
export function alarmsOf(
  { authority }: GuardCore,
  { verdict, observed }: Ended,
  allowed: readonly PermittedAction[] | undefined,
): readonly string[] | undefined {
  if (authority === undefined || authority.alarms.size === 0) return undefined;
  const decided = [
    ...(allowed ?? []).flatMap(({ policies }) => policies),
    ...(verdict?.refusal.decision?.policies ?? []),
    ...(observed ?? []).flatMap(({ refusal }) => refusal.decision?.policies ?? []),
  ];
  const alarms = new Set(decided.flatMap((id) => authority.alarms.get(id) ?? []));
  return alarms.size === 0 ? undefined : [...alarms];
}
