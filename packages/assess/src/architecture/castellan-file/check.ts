import { CastellanError } from '@castellan/contract';
import { apiNames, castellanYamlReader, type CastellanYaml } from '@castellan/gateway/configuration';
import type { YamlValue } from '../sources/yaml-text.ts';

/**
 * Reads a parsed `castellan.yaml` by its types.
 * @throws CastellanError `unknown-key`, `invalid-castellan-file`, each with file, line and column
 */
export function checkCastellanFile(root: YamlValue): CastellanYaml {
  if (typeof root.value !== 'object' || root.value === null || Array.isArray(root.value))
    throw new CastellanError({
      code: 'invalid-castellan-file',
      message: 'castellan.yaml is not an object',
      place: root.place,
      mend: 'write apis: with one entry per API',
    });
  try {
    const yaml = castellanYamlReader(root.value, rootName);
    apiNames(yaml);
    return yaml;
  } catch (error) {
    throw placed(root, error);
  }
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
  let longest: string | undefined;
  // A name may hold points itself, and messages cut long ones.
  for (const [name] of at.entries()) {
    const said = rest.startsWith(`.${name}`) ? name : name.slice(0, 80);
    const after = rest.slice(said.length + 1);
    if (rest.startsWith(`.${said}`) && /^(?:$|[.[])/.test(after) && said.length >= (longest?.length ?? 0))
      longest = name;
  }
  if (longest === undefined) return at;
  const length = rest.startsWith(`.${longest}`) ? longest.length : 80;
  return find(at.get(longest), rest.slice(length + 1));
}
