import type { SchemeNotice } from '../scheme.ts';
import type { TokenConfiguration } from './token-configuration.ts';

/** How many verified tokens are cached where nothing says so. */
const DEFAULT = 50_000;

/** How many verified tokens of one entry are cached; `remember` is the option's older name. */
export function cacheSize({ cachedTokens, remember }: TokenConfiguration): number {
  return cachedTokens ?? remember ?? DEFAULT;
}

/** Says of options under an older name what they are called. */
export function renamedOptions(scheme: string, configurations: readonly TokenConfiguration[]): readonly SchemeNotice[] {
  return configurations.some(({ remember }) => remember !== undefined)
    ? [
        {
          code: 'renamed-option',
          message: `authentication.${scheme}.remember is the older name of cachedTokens; write cachedTokens`,
          fatalInProduction: false,
        },
      ]
    : [];
}
