import { CastellanError } from '@castellan/contract';

const units: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }),
);

/**
 * Seconds of `90s`, `12h`, `1d`; undefined where nothing is written.
 * @throws CastellanError `usage`
 */
export function secondsOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (units.get(unit) ?? 1);
  throw new CastellanError({ code: 'usage', message: `${flag} is '${text}'`, mend: 'write a time such as 12h or 1d' });
}
