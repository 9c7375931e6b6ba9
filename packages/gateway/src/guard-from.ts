import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { createGuard, type Guard, type GuardOptions } from '@castellan/guard';
import { optionMembers } from '@castellan/guard/configuration';
import { readCastellanText } from './configuration/castellan-file/read-text.ts';
import { inFile } from './configuration/castellan-file/in-file.ts';
import { chosenApis, optionsOfApi } from './configuration/castellan-file/options.ts';
import { problemsOfRun } from './configuration/castellan-file/together.ts';
import { openDetecting } from './detecting.ts';

/** What a file cannot say, and which of its APIs is meant. */
export type GuardFromOptions = Partial<Omit<GuardOptions, 'contract'>> & {
  /** The name of the API; not needed where the file has one. */
  readonly api?: string | undefined;
};

/**
 * A guard for an application, set up by a `castellan.yaml`: the same file that a gateway reads. Keys that only a gateway has
 * (`upstreams`, `listen.port`, `timeouts`, …) are for the gateway. Files that change are read again.
 *
 * @example
 * ```ts
 * import { guardFrom } from '@castellan/gateway';
 * import { express } from '@castellan/guard/express';
 *
 * const guard = await guardFrom('castellan.yaml', { api: 'orders' });
 * app.use(express(guard));
 * ```
 *
 * @param file path of the `castellan.yaml`
 * @param more options that only code can give (`resources`, `facts`, `onEvent`, …); they win over the file
 * @throws CastellanError with file, line and column of what is wrong
 */
export async function guardFrom(file: string, { api: name, ...more }: GuardFromOptions = {}): Promise<Guard> {
  const text = await readCastellanText(file, file);
  // It brings the parser for YAML with it.
  const { readCastellanYaml } = await import('./castellan-yaml/index.ts');
  const read = readCastellanYaml(file, text);
  const { yaml } = read;
  try {
    for (const problem of problemsOfRun(yaml)) throw problem;
    const [{ api, index }, second] = chosenApis(yaml, name);
    if (second !== undefined)
      throw new CastellanError({
        code: 'usage',
        message: `${file} has ${yaml.apis.length} APIs`,
        mend: `say which: guardFrom('${file}', { api: '${api.name}' })`,
      });
    const all = optionsOfApi(resolve(file), yaml, api);
    const said = Object.entries(all).filter(([option]) => Object.hasOwn(optionMembers, option));
    const { detect } = all;
    const detecting = openDetecting({
      detect,
      key: all.audit?.key,
      onIncident: undefined,
      clock: more.clock ?? Date.now,
    });
    const options = {
      watch: true,
      ...Object.fromEntries(said),
      ...more,
      ...(detecting === undefined ? {} : { facts: [...(more.facts ?? []), detecting.sink] }),
    };
    // The contract is the file's, and each of its values was read by the reader of its key.
    const guard = await createGuard(options as GuardOptions).catch((error: unknown) => {
      throw inFile(error, read, index, file);
    });
    detecting?.guard(guard.contract, guard);
    await detecting?.keep(guard.contract.title, guard.incidents).catch(async (error: unknown) => {
      await guard.end();
      throw error;
    });
    return detecting === undefined ? guard : endingWith(guard, () => detecting.end());
  } catch (error) {
    throw read.placed(error);
  }
}

function endingWith(guard: Guard, more: () => Promise<void>): Guard {
  return Object.create(guard, {
    end: {
      value: async () => {
        await more();
        await guard.end();
      },
    },
  }) as Guard;
}
