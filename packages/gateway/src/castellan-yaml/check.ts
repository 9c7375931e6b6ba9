import { dirname, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { claimOf, sharedClaim, type Claim } from '../claims.ts';
import type { ApiEntry, CastellanYaml } from '../configuration/castellan-file/read.ts';
import { optionsOfApi } from '../configuration/castellan-file/options.ts';
import { problemsBetween, problemsOfRun } from '../configuration/castellan-file/together.ts';
import type { GatewayOptions } from '../options.ts';
import { certificateOver, readTls } from '../tls-files.ts';
import { dryRun, type DryRun } from './dry-run.ts';
import { readCastellanText } from '../configuration/castellan-file/read-text.ts';
import { inFile } from '../configuration/castellan-file/in-file.ts';
import { filesOfAll, filesOfApi } from './named-files.ts';
import { missingFiles } from './missing-files.ts';
import { readWhole, type ReadWhole } from './read.ts';
import { problemsOfReferences } from './references.ts';

/** An API as it would run. */
export interface CheckedApi {
  readonly api: ApiEntry;
  /** Undefined where something is wrong with it. */
  readonly run: DryRun | undefined;
  readonly claim: Claim | undefined;
}

/** What a `castellan.yaml` is, looked at without starting anything. */
export interface CheckedCastellanYaml {
  /** As it was named. */
  readonly file: string;
  /** Everything that is wrong, in the order of the file; each with its place there, or in the file that it names. */
  readonly problems: readonly CastellanError[];
  /** What could be read; undefined where nothing could. */
  readonly yaml: CastellanYaml | undefined;
  readonly apis: readonly CheckedApi[];
}

/**
 * Checks a `castellan.yaml` and all that it names, as a start would: keys and values, files, documents, policies, secrets, ports, and
 * what two APIs may not share. Nothing is started, written or sent; documents at URLs are fetched.
 * @param file relative to `cwd`
 * @throws CastellanError `unreadable` where the file itself cannot be read
 */
export async function checkCastellanYaml(
  file: string,
  {
    cwd = process.cwd(),
    env = process.env,
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<CheckedCastellanYaml> {
  const path = resolve(cwd, file);
  const text = await readCastellanText(path, file);
  let whole: ReadWhole;
  try {
    whole = readWhole(file, text);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { file, problems: [error], yaml: undefined, apis: [] };
  }
  const problems = [...whole.errors];
  const add = (error: unknown): void => {
    const found = whole.placed(error);
    if (!(found instanceof CastellanError)) throw found;
    if (!problems.some(({ message }) => message === found.message)) problems.push(found);
  };
  const folder = dirname(path);
  problemsOfReferences(whole.root.value, folder, env).forEach(add);
  const { sound } = whole;
  if (sound === undefined) return { file, problems: inOrder(problems, file), yaml: undefined, apis: [] };
  const { yaml } = sound;
  [...problemsBetween(yaml), ...problemsOfRun(yaml), ...missingFiles(filesOfAll(yaml), folder)].forEach(add);
  const apis: CheckedApi[] = [];
  for (const [index, api] of yaml.apis.entries()) {
    const missing = missingFiles(filesOfApi(api, index), folder);
    missing.forEach(add);
    const options = optionsOfApi(path, yaml, api);
    // What follows from a file that is missing is no other problem; a variable that is not set was told of.
    const skip = missing.length > 0 || problems.some((problem) => isOfApi(problem, index, whole));
    const run = skip
      ? undefined
      : await runOf(options, (error) => add(atApi(inFile(error, whole, index, file), index)));
    apis.push({ api, run, claim: run && claimOf(api.name, run.contract, options) });
  }
  const shared = sharedClaim(apis.flatMap(({ claim }) => (claim === undefined ? [] : [claim])));
  if (shared !== undefined) {
    const index = apis.findIndex(({ api }) => shared.what.startsWith(`'${api.name}'`));
    add(Object.assign(shared, { option: `castellan.yaml.apis[${Math.max(0, index)}]` }));
  }
  checkTls(yaml, folder, add);
  return { file, problems: inOrder(problems, file), yaml, apis };
}

async function runOf(options: object, add: (error: unknown) => void): Promise<DryRun | undefined> {
  try {
    // A file may name no upstream, where the guard is in the application.
    return await dryRun({ upstream: 'http://127.0.0.1:9', ...options } as GatewayOptions);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    add(error);
    return undefined;
  }
}

/** An error without a place is one of the API; what its source cannot give, of its source. */
function atApi(error: unknown, index: number): unknown {
  if (!(error instanceof CastellanError) || error.place !== undefined || 'option' in error) return error;
  const key = `castellan.yaml.apis[${index}]${error.code.startsWith('source-') ? '.source' : ''}`;
  return Object.assign(error, { option: key });
}

/** Whether a problem stands within an API, so that it cannot be run. */
function isOfApi({ cause, code }: CastellanError, index: number, { sound }: ReadWhole): boolean {
  const { option = '' } = (cause ?? {}) as { readonly option?: string };
  const [, at] = /^castellan\.yaml\.apis\[(\d+)\]/.exec(option) ?? [];
  // A name that no API has was left out, and the rest is looked at.
  return at !== undefined && sound?.indexes[index] === Number(at) && code !== 'unknown-key';
}

function checkTls({ listen }: CastellanYaml, folder: string, add: (error: unknown) => void): void {
  if (listen?.tls === undefined) return;
  const { cert, key, clientCa } = listen.tls;
  try {
    const read = readTls({
      cert: resolve(folder, cert),
      key: resolve(folder, key),
      clientCa: clientCa === undefined ? undefined : resolve(folder, clientCa),
    });
    const over = certificateOver(read.cert, Date.now());
    if (over !== undefined)
      throw new CastellanError({ code: 'tls-file', message: over, mend: 'callers refuse it: renew the file' });
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    const { code, what: message, mend } = error;
    add(
      Object.assign(new CastellanError({ code, message, mend, cause: error }), { option: 'castellan.yaml.listen.tls' }),
    );
  }
}

/** Those of the file first, by line; then those of the files that it names. */
function inOrder(problems: readonly CastellanError[], file: string): readonly CastellanError[] {
  const rank = ({ place }: CastellanError): number => (place?.file === file ? (place.line ?? 0) : Infinity);
  return problems.toSorted((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    if (first === second) return (a.place?.column ?? 0) - (b.place?.column ?? 0);
    return first < second ? -1 : 1;
  });
}
