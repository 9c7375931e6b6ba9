import { CastellanError, type Rate } from '@castellan/contract';

const units: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/**
 * Reads `600/minute` (also `second`, `hour`, `day`).
 * @throws CastellanError `bad-rate`
 */
export function parseRate(text: string, where: string): Rate {
  const match = /^(\d{1,12})\/(second|minute|hour|day)$/.exec(text);
  const count = Number(match?.[1]);
  const seconds = units[match?.[2] ?? ''];
  if (match === null || seconds === undefined || count < 1) {
    throw new CastellanError({
      code: 'bad-rate',
      message: `${where} is '${text}', which is not a rate`,
      mend: 'write a count and a window such as 600/minute',
    });
  }
  return { count, seconds };
}
