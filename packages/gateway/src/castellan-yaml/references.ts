import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { badOption, type OptionError } from '@castellan/guard/configuration';

/** Where `${env:NAME}` and `${file:path}` are replaced when something starts; anywhere else they would be taken as they are. */
const replaced: readonly RegExp[] = [
  /^apis\[\d+\]\.authentication\b/,
  /^(?:audit|telemetry|forward|detect\.notify|registry)\b/,
  /^apis\[\d+\]\.registry\b/,
  /^state\.(?:url|username|password|ca|certificate|key|sentinel)\b/,
];

/**
 * References of a file that lead nowhere: variables that are not set, files that cannot be read, and references where none is
 * replaced.
 * @param value the whole file
 * @param folder what paths are relative to
 */
export function problemsOfReferences(
  value: unknown,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly OptionError[] {
  const problems: OptionError[] = [];
  const look = (text: string, path: string): void => {
    for (const [whole, inner = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
      const where = `castellan.yaml.${path}`;
      const colon = inner.indexOf(':');
      const [kind, name] = [inner.slice(0, colon), inner.slice(colon + 1)];
      if ((kind !== 'env' && kind !== 'file') || name === '')
        problems.push(
          badOption(
            where,
            `has '${whole.slice(0, 60)}', which is no reference`,
            'write ${env:NAME} or ${file:path}',
            'bad-reference',
          ),
        );
      else if (!replaced.some((pattern) => pattern.test(path)))
        problems.push(
          badOption(
            where,
            `has '${whole.slice(0, 60)}', and references are not replaced here`,
            'write the value itself; references are for secrets: authentication, audit, state, registry, telemetry, forward, detect.notify',
            'bad-reference',
          ),
        );
      else if (kind === 'env' && (env[name] ?? '') === '')
        problems.push(
          badOption(
            where,
            `needs the environment variable ${name}, which is ${env[name] === undefined ? 'not set' : 'empty'}`,
            `set it: export ${name}=…`,
            'unset-variable',
          ),
        );
      else if (kind === 'file' && !isReadable(resolve(folder, name)))
        problems.push(
          badOption(
            where,
            `needs the file ${name}, which cannot be read`,
            'name a readable file with nothing but the secret',
            'unreadable-secret',
          ),
        );
    }
  };
  const walk = (inner: unknown, path: string): void => {
    if (typeof inner === 'string') return look(inner, path);
    if (Array.isArray(inner)) return inner.forEach((one, index) => walk(one, `${path}[${index}]`));
    if (typeof inner !== 'object' || inner === null) return;
    for (const [name, one] of Object.entries(inner)) {
      const at = path === '' ? name : `${path}.${name}`;
      // Keys of callers may be names themselves.
      look(name, at);
      // What a template of refusals has in braces is its own; an application may say $… in it.
      if (!/^apis\[\d+\]\.problems$/.test(at)) walk(one, at);
    }
  };
  walk(value, '');
  return problems;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
