import { CastellanError } from '@castellan/contract';
import { parseRate } from './limits/rate.ts';
import type { GuardOptions, Settings } from './options.ts';
import { problemsPath } from './problems-page.ts';

const known: ReadonlySet<string> = new Set<keyof GuardOptions>([
  'contract',
  'overlays',
  'authentication',
  'revocation',
  'policies',
  'resources',
  'entities',
  'resolver',
  'explain',
  'limits',
  'audit',
  'mode',
  'environment',
  'basePath',
  'trustedProxies',
  'origin',
  'cors',
  'problemsUrl',
  'onEvent',
  'onReload',
  'watch',
  'clock',
  'strictResponses',
  'withheldStatus',
]);

/**
 * Fills in the defaults and refuses what is no option: a misspelt option protects nothing.
 * @throws CastellanError `unknown-option`, `bad-option`, `bad-rate`
 */
export function readSettings(options: GuardOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!known.has(name))
      throw new CastellanError({
        code: 'unknown-option',
        message: `createGuard has no option '${name}'`,
        mend: `the options are ${[...known].join(', ')}`,
      });
  }
  const { limits = {}, mode = 'enforce' } = options;
  if (mode !== 'enforce' && mode !== 'observe' && mode !== 'off') {
    throw new CastellanError({
      code: 'bad-option',
      message: `mode is '${String(mode)}'`,
      mend: "write 'enforce', 'observe' or 'off'",
    });
  }
  for (const name of Object.keys(limits)) {
    if (!limitNames.has(name))
      throw new CastellanError({
        code: 'unknown-option',
        message: `limits has no option '${name}'`,
        mend: `the options are ${[...limitNames].join(', ')}`,
      });
  }
  return {
    mode,
    perAddress:
      limits.perAddress === 'off' ? undefined : parseRate(limits.perAddress ?? '1200/minute', 'limits.perAddress'),
    perPrincipal:
      limits.perPrincipal === 'off'
        ? undefined
        : parseRate(limits.perPrincipal ?? '1200/minute', 'limits.perPrincipal'),
    maxBody: bytes(limits.maxBody ?? 1024 * 1024, 'limits.maxBody'),
    maxResponse: bytes(limits.maxResponse ?? 16 * 1024 * 1024, 'limits.maxResponse'),
    origin: options.origin === undefined ? undefined : originOf(options.origin),
    strictResponses: options.strictResponses ?? false,
    withheldStatus: options.withheldStatus ?? 500,
    problemsUrl: options.problemsUrl ?? problemsPath,
  };
}

const limitNames: ReadonlySet<string> = new Set(['perAddress', 'perPrincipal', 'maxBody', 'maxResponse']);

function bytes(value: number, where: string): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CastellanError({
      code: 'bad-option',
      message: `${where} is ${value}`,
      mend: 'write a whole number of bytes',
    });
  }
  return value;
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new CastellanError({
      code: 'bad-option',
      message: `origin is '${text}', which is no http(s) address`,
      mend: 'write scheme and host, such as https://api.example.com',
    });
  }
  return url.origin;
}
