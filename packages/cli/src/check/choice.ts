import { CastellanError } from '@castellan/contract';
import { nearest } from '../arguments.ts';

/**
 * The value of an option that has a few.
 * @throws CastellanError `usage`, naming the nearest
 */
export function oneOf<const T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const near = nearest(value, choices);
  throw new CastellanError({
    code: 'usage',
    message: `--${option} ${value} is none of ${choices.join(', ')}`,
    mend: near === undefined ? `write one of them` : `did you mean ${near}?`,
  });
}
