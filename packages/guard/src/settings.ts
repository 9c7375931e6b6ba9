import { badOption } from './configuration/reader.ts';
import { modesOf } from './modes.ts';
import type { Settings } from './options.ts';
import { problemsPath } from './problems-page.ts';
import type { ReadOptions } from './read-options.ts';

const perDefault = { count: 1200, seconds: 60 };

/**
 * Fills in the defaults.
 * @throws CastellanError `bad-option`
 */
export function settingsOf(options: ReadOptions): Settings {
  const { limits = {} } = options;
  const modes = modesOf(options.mode, { requests: 'enforce', responses: 'enforce' });
  const { perAddress = perDefault, perPrincipal = perDefault } = limits;
  return {
    mode: modes.requests,
    modes,
    perAddress: perAddress === 'off' ? undefined : perAddress,
    perPrincipal: perPrincipal === 'off' ? undefined : perPrincipal,
    byMeaning: limits.byMeaning ?? true,
    patience: limits.overload === true ? (limits.patience ?? 250) : undefined,
    maxBody: limits.maxBody ?? 1024 * 1024,
    maxResponse: limits.maxResponse ?? 16 * 1024 * 1024,
    maxNodes: limits.maxNodes ?? 25_000,
    leniency: options.leniency,
    origin: options.origin === undefined ? undefined : originOf(options.origin),
    strictResponses: options.strictResponses ?? false,
    withheldStatus: options.withheldStatus ?? 500,
    problemsUrl: options.problemsUrl ?? problemsPath,
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw badOption(
      'options.origin',
      `is '${text.slice(0, 200)}', which is no http(s) address`,
      'write scheme and host, such as https://api.example.com',
    );
  }
  // Half of what was written would count: proofs name the whole address.
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw badOption(
      'options.origin',
      `is '${url.origin}' and more, and an origin is scheme and host only`,
      `write ${url.origin}, and give a path that callers use with basePath`,
    );
  }
  return url.origin;
}
