import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReadCastellanYaml } from '@castellan/assess/architecture';
import { CastellanError } from '@castellan/contract';
import type { GatewayOptions } from '@castellan/gateway';
import { chosenApi, gatewayOptionsOf, keyOf } from '@castellan/gateway/configuration';
import { literalSecrets } from '@castellan/guard/secrets';
import { noticesOf, readAuthentication } from '../authentication-file.ts';
import { flagOf, type Flags, type WrittenOptions } from './flags.ts';
import { usage } from '../arguments.ts';

/** What a gateway is started with. */
export interface Setup {
  readonly options: GatewayOptions;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  /** The files that were read for it. */
  readonly files: readonly string[];
  /** The castellan.yaml, where there is one. */
  readonly config: string | undefined;
  /** An error of the start, told in the words of the flag or file that is to be mended. */
  readonly told: (error: unknown) => unknown;
}

/** Names under which the file is looked for. */
const usual = ['castellan.yaml', 'castellan.yml'];

/**
 * Reads castellan.yaml and the authentication file; flags win over both.
 * @throws CastellanError `usage`, `unreadable`, `invalid-castellan-file`, `unknown-key`, `not-enforced-yet`, `authentication-file`
 */
export async function readSetup(flags: Flags, cwd: string): Promise<Setup> {
  const config = flags.config ?? usual.find((name) => existsSync(resolve(cwd, name)));
  if (config === undefined && flags.api !== undefined)
    throw usage('--api is given without castellan.yaml', 'name it with --config');
  const file = config === undefined ? undefined : await readConfig(config, flags, cwd);
  const authentication =
    flags.authentication === undefined ? undefined : await readAuthentication(flags.authentication);
  const options: WrittenOptions = {
    ...merged(file?.options ?? {}, flags.options),
    ...(authentication === undefined ? {} : { authentication: authentication.value }),
  };
  requireWhole(options, config);
  return {
    // Read by the gateway, whose reader says which of them is wrong.
    options: options as unknown as GatewayOptions,
    notices: [...(authentication?.notices ?? file?.notices ?? [])],
    files: [config, flags.authentication].filter((one) => one !== undefined).map((one) => resolve(cwd, one)),
    config,
    told: (error) => told(error, flags, config, file),
  };
}

interface ReadConfig extends ReadCastellanYaml {
  readonly options: WrittenOptions;
  readonly index: number;
  readonly notices: Setup['notices'];
}

async function readConfig(config: string, { api }: Flags, cwd: string): Promise<ReadConfig> {
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
  const { readCastellanYaml } = await import('@castellan/assess/architecture');
  const read = readCastellanYaml(config, text);
  try {
    const { index, api: entry } = chosenApi(read.yaml, api);
    const options = gatewayOptionsOf(resolve(cwd, config), read.yaml, api);
    const secrets = literalSecrets(entry.authentication ?? {});
    return { ...read, index, options: { ...options }, notices: noticesOf(config, secrets, resolve(cwd, config)) };
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

function requireWhole({ contract, upstream, tls }: WrittenOptions, config: string | undefined): void {
  const more = config === undefined ? '' : ` or write it into ${config}`;
  if (contract === undefined) throw usage('--contract is missing', `name the OpenAPI document${more}`);
  if (upstream === undefined)
    throw usage('--upstream is missing', `name the address of the API, such as http://127.0.0.1:3000${more}`);
  if (tls === undefined) return;
  const { cert, key } = tls as { readonly cert?: unknown; readonly key?: unknown };
  if (cert === undefined || key === undefined)
    throw usage(`--tls-${cert === undefined ? 'cert' : 'key'} is missing`, 'give both --tls-cert and --tls-key');
}

function told(error: unknown, flags: Flags, config: string | undefined, file: ReadConfig | undefined): unknown {
  if (!(error instanceof CastellanError)) return error;
  const inFile = flags.authentication === undefined && file !== undefined;
  if (error.code === 'unconfigured-scheme') {
    const entry = error.mend.replace(/^add authentication\./, '');
    const mend = inFile
      ? `add ${entry} to authentication of the API in ${config}`
      : flags.authentication === undefined
        ? `write { ${entry} } as JSON into a file, and name it with --authentication`
        : `add ${entry} to ${flags.authentication}, as JSON`;
    return new CastellanError({ code: error.code, message: error.what, place: error.place, mend, cause: error });
  }
  // The document is right where it has no such scheme; the entry is what is to be mended.
  if (error.place !== undefined && error.code !== 'unknown-scheme') return error;
  const { option = /^authentication\.[^\s:]+/.exec(error.what)?.[0] } = error as { readonly option?: string };
  if (option === undefined) return error;
  if (isFlag(option, flags.options)) {
    const message = error.what.replace(option, flagOf(option));
    return new CastellanError({ code: error.code, message, mend: error.mend, cause: error });
  }
  if (file === undefined || (option.startsWith('authentication.') && !inFile)) return error;
  const { code, what: message, mend } = error;
  const key = keyOf(option, file.index);
  return file.placed(
    Object.assign(new CastellanError({ code, message: message.replace(option, key), mend, cause: error }), {
      option: key,
    }),
  );
}

/** Whether an option was said on the command line. */
function isFlag(option: string, flags: WrittenOptions): boolean {
  const [, name = '', member] = /^options\.([^.[]+)(?:\.([^.[]+))?/.exec(option) ?? [];
  const said = flags[name];
  if (said === undefined) return false;
  return member === undefined || Array.isArray(said) || Object.hasOwn(said as object, member);
}
