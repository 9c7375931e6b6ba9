import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReadCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { CastellanError } from '@castellan/contract';
import { apiOf, type NamedOptions } from '@castellan/gateway';
import { usualConfigs } from './usual-configs.ts';
import { chosenApis, inFile, optionsOfApi, problemsOfRun } from '@castellan/gateway/configuration';
import { literalSecrets } from '@castellan/guard/secrets';
import { noticesOf, readAuthentication } from '../authentication-file.ts';
import { flagOf, type Flags, type WrittenOptions } from './flags.ts';
import { usage } from '../arguments.ts';

/** What a gateway is started with. */
export interface Setup {
  /** One, or several that a castellan.yaml has. */
  readonly apis: readonly NamedOptions[];
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  /** The files that were read for it. */
  readonly files: readonly string[];
  /** The castellan.yaml, where there is one. */
  readonly config: string | undefined;
  /** An error of the start, told in the words of the flag or file that is to be corrected. */
  readonly told: (error: unknown) => unknown;
}

/** Flags that are of one API. */
const ofOneApi = [
  'contract',
  'overlays',
  'upstream',
  'policies',
  'links',
  'entities',
  'basePath',
  'origin',
  'hosts',
  'learn',
  'revocation',
  'bans',
  'context',
];

/**
 * Reads castellan.yaml and the authentication file; flags win over both.
 * @throws CastellanError `usage`, `unreadable`, `invalid-castellan-file`, `unknown-key`, `not-enforced-yet`, `authentication-file`
 */
export async function readSetup(flags: Flags, cwd: string): Promise<Setup> {
  const config = flags.config ?? usualConfigs.find((name) => existsSync(resolve(cwd, name)));
  if (config === undefined && flags.api !== undefined)
    throw usage('--api is given without castellan.yaml', 'name it with --config');
  const file = config === undefined ? undefined : await readConfig(config, flags, cwd);
  const authentication =
    flags.authentication === undefined ? undefined : await readAuthentication(flags.authentication);
  const entries = file?.entries ?? [{ name: '', index: 0, options: {}, notices: [] }];
  const [first, second] = entries;
  const single =
    authentication === undefined ? ofOneApi.find((name) => flags.options[name] !== undefined) : 'authentication';
  if (second !== undefined && single !== undefined)
    throw usage(
      `${single === 'authentication' ? '--authentication' : flagOf(`options.${single}`)} is of one API, and ${config} has ${entries.length}`,
      `name the one to run: --api ${first?.name}`,
    );
  const apis = entries.map(({ name, options: given }) => {
    const options: WrittenOptions = {
      ...merged(given, flags.options),
      ...(authentication === undefined ? {} : { authentication: authentication.value }),
    };
    requireWhole(options, config, second === undefined ? undefined : name);
    // Read by the gateway, whose reader says which of them is wrong.
    return { ...options, name } as unknown as NamedOptions;
  });
  return {
    apis,
    notices: [...(authentication?.notices ?? entries.flatMap(({ notices }) => notices))],
    files: [config, flags.authentication].filter((one) => one !== undefined).map((one) => resolve(cwd, one)),
    config,
    told: (error) => told(error, flags, config, file),
  };
}

interface ReadConfig extends ReadCastellanYaml {
  readonly entries: readonly {
    readonly name: string;
    /** In the file. */
    readonly index: number;
    readonly options: WrittenOptions;
    readonly notices: Setup['notices'];
  }[];
}

async function readConfig(config: string, { api: name }: Flags, cwd: string): Promise<ReadConfig> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, config), 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable',
      message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: config },
      mend: 'name a readable castellan.yaml with --config',
      cause,
    });
  }
  // Loaded only by who has such a file: it brings the parser for YAML with it.
  const { readCastellanYaml } = await import('@castellan/gateway/castellan-yaml');
  const read = readCastellanYaml(config, text);
  const { yaml } = read;
  try {
    const chosen = chosenApis(yaml, name);
    for (const problem of problemsOfRun(yaml)) throw problem;
    const path = resolve(cwd, config);
    const entries = chosen.map(({ api, index }) => ({
      name: api.name,
      index,
      options: { ...optionsOfApi(path, yaml, api, chosen.length > 1) },
      notices: noticesOf(config, literalSecrets(api.authentication ?? {}), path),
    }));
    return { ...read, entries };
  } catch (error) {
    throw read.placed(error);
  }
}

/** Objects that may come half from the file and half from flags. */
const together = new Set([
  'limits',
  'learn',
  'timeouts',
  'capacity',
  'tls',
  'context',
  'undocumented',
  'decoders',
  'problems',
]);

function merged(file: WrittenOptions, flags: WrittenOptions): WrittenOptions {
  const both = [...together].flatMap((name) => {
    const [below, above] = [file[name], flags[name]];
    return typeof below === 'object' && typeof above === 'object' ? [[name, { ...below, ...above }] as const] : [];
  });
  return { ...file, ...flags, ...Object.fromEntries(both) };
}

function requireWhole(
  { contract, source, upstream, tls }: WrittenOptions,
  config: string | undefined,
  api: string | undefined,
): void {
  const more = config === undefined ? '' : ` or write it into ${config}`;
  if (upstream === undefined && api !== undefined)
    throw usage(`the API '${api}' has no upstreams`, `write them into ${config}, or run another alone: --api NAME`);
  if (contract === undefined && source === undefined)
    throw usage('--contract is missing', `name the OpenAPI document${more}`);
  if (upstream === undefined)
    throw usage('--upstream is missing', `name the address of the API, such as http://127.0.0.1:3000${more}`);
  if (tls === undefined) return;
  const { cert, key } = tls as { readonly cert?: unknown; readonly key?: unknown };
  if (cert === undefined || key === undefined)
    throw usage(`--tls-${cert === undefined ? 'cert' : 'key'} is missing`, 'give both --tls-cert and --tls-key');
}

function told(error: unknown, flags: Flags, config: string | undefined, file: ReadConfig | undefined): unknown {
  if (!(error instanceof CastellanError)) return error;
  const inTheFile = flags.authentication === undefined && file !== undefined && config !== undefined;
  if (error.code === 'unconfigured-scheme' && !inTheFile) {
    const entry = error.mend.replace(/^add authentication\./, '');
    const mend =
      flags.authentication === undefined
        ? `write { ${entry} } as JSON into a file, and name it with --authentication`
        : `add ${entry} to ${flags.authentication}, as JSON`;
    return new CastellanError({ code: error.code, message: error.what, place: error.place, mend, cause: error });
  }
  const { option = /^authentication\.[^\s:]+/.exec(error.what)?.[0] } = error as { readonly option?: string };
  const placeless = error.place === undefined || error.code === 'unknown-scheme';
  if (placeless && option !== undefined && isFlag(option, flags.options)) {
    const message = error.what.replace(option, flagOf(option));
    return new CastellanError({ code: error.code, message, mend: error.mend, cause: error });
  }
  if (file === undefined || config === undefined) return error;
  if (option?.startsWith('authentication.') === true && !inTheFile) return error;
  const index = file.entries.find(({ name }) => name === apiOf(error))?.index ?? file.entries[0]?.index ?? 0;
  return inFile(error, file, index, config);
}

/** Whether an option was said on the command line. */
function isFlag(option: string, flags: WrittenOptions): boolean {
  const [, name = '', member] = /^options\.([^.[]+)(?:\.([^.[]+))?/.exec(option) ?? [];
  const said = flags[name];
  if (said === undefined) return false;
  return member === undefined || Array.isArray(said) || Object.hasOwn(said as object, member);
}
