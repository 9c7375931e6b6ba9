import { accessSync, constants, globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { badOption, type OptionError } from '@castellan/guard/configuration';
import type { NamedFile } from './named-files.ts';

/**
 * The files that are not there, or cannot be read.
 * @param folder that paths are relative to
 */
export function missingFiles(files: readonly NamedFile[], folder: string): readonly OptionError[] {
  return files.flatMap(({ key, path, pattern }) => {
    const why = whyNot(
      resolve(folder, path),
      pattern === true && /[*?[{]/.test(path) ? { cwd: folder, path } : undefined,
    );
    return why === undefined
      ? []
      : [
          badOption(
            key,
            `names ${path.slice(0, 200)}, and ${why}`,
            `check the path: it is relative to ${folder === process.cwd() ? 'this folder' : folder}`,
            'missing-file',
          ),
        ];
  });
}

function whyNot(path: string, pattern?: { readonly cwd: string; readonly path: string }): string | undefined {
  if (pattern !== undefined)
    return globSync(pattern.path, { cwd: pattern.cwd }).length === 0 ? 'no file matches it' : undefined;
  try {
    if (statSync(path).isDirectory()) return 'that is a folder';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'it may not be read' : 'there is no such file';
  }
}
