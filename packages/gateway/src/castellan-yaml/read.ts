import { CastellanError } from '@castellan/contract';
import { readAll } from '@castellan/guard/configuration';
import { castellanYamlReader, type CastellanYaml } from '../configuration/castellan-file/read.ts';
import { problemsBetween } from '../configuration/castellan-file/together.ts';
import { memberAt, soundPart, type SoundPart } from './sound.ts';
import { readYaml, type YamlValue } from './yaml-text.ts';

/** A `castellan.yaml`, read by its types. */
export interface ReadCastellanYaml {
  readonly root: YamlValue;
  readonly yaml: CastellanYaml;
  /** The error of an option that the file says (`castellan.yaml.listen.port`), with its place there; any other as it is. */
  readonly placed: (error: unknown) => unknown;
}

/**
 * Reads the text of a `castellan.yaml`.
 *
 * ```ts
 * const { yaml } = readCastellanYaml('castellan.yaml', await readFile('castellan.yaml', 'utf8'));
 * ```
 *
 * @param file name for messages
 * @throws CastellanError `invalid-yaml`, `unknown-key`, `invalid-castellan-file`, each with file, line and column
 */
export function readCastellanYaml(file: string, text: string): ReadCastellanYaml {
  const root = rootOf(file, text);
  const { value: yaml, errors } = readAll(() => castellanYamlReader(root.value, rootName));
  const [first] = (yaml === undefined ? errors : problemsBetween(yaml))
    .map((error) => placed(root, error) as CastellanError)
    .toSorted(byPlace);
  if (first !== undefined || yaml === undefined) throw first ?? new TypeError('nothing was read, and nothing is wrong');
  return { root, yaml, placed: (error) => placed(root, error) };
}

/** A `castellan.yaml` with all that is wrong with its keys and values. */
export interface ReadWhole {
  readonly root: YamlValue;
  /** Those of keys and values. */
  readonly errors: readonly CastellanError[];
  /** What is right, where that is something. */
  readonly sound: SoundPart | undefined;
  /** As {@link ReadCastellanYaml} has it, for errors of the sound part. */
  readonly placed: (error: unknown) => unknown;
}

/**
 * Reads the text of a `castellan.yaml` for somebody who wants to know all that is wrong.
 * @throws CastellanError `invalid-yaml`, `invalid-castellan-file` where it is no YAML, or no object
 */
export function readWhole(file: string, text: string): ReadWhole {
  const root = rootOf(file, text);
  const { errors } = readAll(() => castellanYamlReader(root.value, rootName));
  const sound = soundPart(root.value, rootName);
  // Where an API was left out, the others stand elsewhere in the sound part.
  const inFile = (option: string): string =>
    option.replace(/^(castellan\.yaml\.apis)\[(\d+)\]/, (whole, apis: string, index: string) => {
      const at = sound?.indexes[Number(index)];
      return at === undefined ? whole : `${apis}[${at}]`;
    });
  return {
    root,
    errors: errors.map((error) => placed(root, error) as CastellanError),
    sound,
    placed(error) {
      const { option } = (error ?? {}) as { readonly option?: unknown };
      if (!(error instanceof CastellanError) || typeof option !== 'string') return error;
      const { code, what, place, mend } = error;
      const message = what.replace(option, inFile(option));
      const moved = new CastellanError({ code, message, place, mend, cause: error });
      return placed(root, Object.assign(moved, { option: inFile(option) }));
    },
  };
}

function rootOf(file: string, text: string): YamlValue {
  const [document, second] = readYaml(file, text);
  const problem = (message: string, mend: string): CastellanError =>
    new CastellanError({ code: 'invalid-castellan-file', message, place: { file, line: 1, column: 1 }, mend });
  if (document === undefined) throw problem('the file is empty', 'write apis: with one entry per API');
  if (second !== undefined) throw problem('the file holds more than one YAML document', 'keep one');
  const { root } = document;
  if (typeof root.value !== 'object' || root.value === null || Array.isArray(root.value))
    throw new CastellanError({
      code: 'invalid-castellan-file',
      message: 'castellan.yaml is not an object',
      place: root.place,
      mend: 'write apis: with one entry per API',
    });
  return root;
}

function byPlace({ place: a }: CastellanError, { place: b }: CastellanError): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

/** What the reader calls the whole file. */
const rootName = 'castellan.yaml';

/** The error of an option that a file says, with its place there; any other as it is. */
export function placed(root: YamlValue, error: unknown): unknown {
  if (!(error instanceof CastellanError) || error.place !== undefined) return error;
  const { option } = error as { readonly option?: unknown };
  const named = typeof option === 'string' ? option : '';
  if (named !== rootName && !named.startsWith(`${rootName}.`)) return error;
  const { code } = error;
  return new CastellanError({
    code: code === 'unknown-option' ? 'unknown-key' : code === 'bad-option' ? 'invalid-castellan-file' : code,
    // `castellan.yaml.apis[0].mode is …`: the place says which file it is.
    message: error.what.replace(/^castellan\.yaml\./, ''),
    place: find(root, named.slice(rootName.length)).place,
    mend: error.mend,
    cause: error,
  });
}

/** The value at a path such as `.apis[0].authentication.my.scheme`; where there is none, what is nearest above. */
function find(at: YamlValue, rest: string): YamlValue {
  const item = /^\[(\d+)\]/.exec(rest);
  if (item !== null) {
    const inner = at.get(Number(item[1]));
    return inner.value === undefined ? at : find(inner, rest.slice(item[0].length));
  }
  if (!rest.startsWith('.')) return at;
  const longest = memberAt(Object.fromEntries(at.entries()), rest);
  if (longest === undefined) return at;
  const length = rest.startsWith(`.${longest}`) ? longest.length : 80;
  return find(at.get(longest), rest.slice(length + 1));
}
