import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CastellanError, type Contract } from '@castellan/contract';
import type { Finding } from '../findings/finding.ts';
import type { Severity } from '../findings/risk.ts';

/** Of `@stoplight/spectral-core`, what is used here. */
interface SpectralResult {
  readonly code: string | number;
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly severity: 0 | 1 | 2 | 3;
}
interface SpectralCore {
  readonly Spectral: new () => {
    setRuleset(ruleset: unknown): void;
    run(document: unknown): Promise<readonly SpectralResult[]>;
  };
}
interface Bundler {
  readonly bundleAndLoadRuleset: (
    path: string,
    io: { readonly fs: unknown; readonly fetch: typeof fetch },
  ) => Promise<unknown>;
}

const SEVERITY: readonly Severity[] = ['high', 'medium', 'low', 'info'];

/**
 * Runs an existing Spectral ruleset beside the rules: its findings come as `spectral:<code>`, with places, ignores and
 * baseline like any other. Spectral itself is the user's: it is looked for from their folder.
 *
 * @param ruleset absolute path of `.spectral.yaml`
 * @throws CastellanError `spectral-missing`, `spectral-failed`
 */
export async function spectralFindings(
  ruleset: string,
  cwd: string,
): Promise<(contract: Contract) => Promise<readonly Finding[]>> {
  const core = await load<SpectralCore>(cwd, '@stoplight/spectral-core');
  const bundler = await load<Bundler>(cwd, '@stoplight/spectral-ruleset-bundler/with-loader');
  const failed = (cause: unknown): CastellanError =>
    new CastellanError({
      code: 'spectral-failed',
      message: `Spectral failed: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`,
      place: { file: ruleset },
      mend: 'try the ruleset with spectral lint; without --spectral the check runs on its own rules',
      cause,
    });
  const { promises } = await import('node:fs');
  let loaded: unknown;
  try {
    readFileSync(ruleset);
    loaded = await bundler.bundleAndLoadRuleset(ruleset, { fs: { promises }, fetch: globalThis.fetch });
  } catch (cause) {
    throw failed(cause);
  }
  return async (contract) => {
    try {
      const spectral = new core.Spectral();
      spectral.setRuleset(loaded);
      return (await spectral.run(structuredClone(contract.document))).map((result) => toFinding(contract, result));
    } catch (cause) {
      throw failed(cause);
    }
  };
}

function toFinding(contract: Contract, { code, message, path, severity }: SpectralResult): Finding {
  const pointer = path.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const location = { document: contract.documents[0] ?? '', pointer };
  const rule = `spectral:${code}`;
  return {
    rule,
    title: String(code),
    owasp: [],
    asvs: [],
    severity: SEVERITY[severity] ?? 'info',
    confidence: 'medium',
    place: contract.place(location),
    location,
    message: message.replace(/\.$/, ''),
    why: 'The Spectral ruleset says so.',
    mend: { text: `see the rule ${code} of the ruleset` },
    operations: [],
    fingerprint: createHash('sha256').update(`${rule}\n#${pointer}`).digest('hex').slice(0, 16),
  };
}

async function load<T>(cwd: string, name: string): Promise<T> {
  let path: string;
  try {
    path = createRequire(pathToFileURL(join(cwd, 'package.json'))).resolve(name);
  } catch (cause) {
    throw new CastellanError({
      code: 'spectral-missing',
      message: `${name} is not installed here, so the Spectral ruleset cannot run`,
      mend: 'npm install --save-dev @stoplight/spectral-core @stoplight/spectral-ruleset-bundler, or leave out --spectral',
      cause,
    });
  }
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: T } & T;
  return module.default !== undefined && typeof module.default === 'object' ? { ...module.default, ...module } : module;
}
