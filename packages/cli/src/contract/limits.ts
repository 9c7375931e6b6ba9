import type { ContractReport } from './report.ts';

type Operation = ContractReport['operations'][number];
type Limit = Operation['limits'][number];

/**
 * The limits of each operation as rows: what all of them have first, then what some have more.
 * @returns name, limits, where they come from
 */
export function limitRows(operations: readonly Operation[]): readonly (readonly string[])[] {
  const common = (operations[0]?.limits ?? []).filter((limit) =>
    operations.every(({ limits }) =>
      limits.some((other) => sentence(other) === sentence(limit) && other.from === limit.from),
    ),
  );
  const isCommon = (limit: Limit): boolean =>
    common.some((other) => sentence(other) === sentence(limit) && other.from === limit.from);
  const rows = common.map((limit, index) => [index === 0 ? 'every operation' : '', sentence(limit), limit.from]);
  for (const { operationId, limits } of operations)
    for (const [index, limit] of limits.filter((one) => !isCommon(one)).entries())
      rows.push([index === 0 ? operationId : '', sentence(limit), limit.from]);
  return rows;
}

/** `20/hour by address and body.username, failures only`. */
function sentence({ what, limit, by, burst, cost, counts }: Limit): string {
  return [
    `${what === 'requests' ? '' : `${what} `}${limit}${by === undefined ? '' : ` by ${by}`}`,
    ...(burst === undefined ? [] : [`${burst} at once`]),
    ...(cost === undefined ? [] : [`a call costs ${cost}`]),
    ...(counts === undefined ? [] : ['failures only']),
  ].join(', ');
}
