import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { CastellanError, type ReadFile } from '@castellan/contract';

/**
 * Reads files as git has them at a branch, tag or commit, in the repository that a folder is in. Nothing is checked out.
 * @throws CastellanError `usage` for what is no reference; the reader throws ENOENT for what was not there
 */
export function readFromGit(reference: string, cwd: string): ReadFile {
  if (reference.startsWith('-') || /[\s:\0]/.test(reference) || reference === '')
    throw new CastellanError({
      code: 'usage',
      message: `--against ${reference} is no reference of git`,
      mend: 'name a branch, a tag or a commit: --against origin/main',
    });
  return (path, maxBytes) =>
    new Promise((resolve, reject) => {
      const name = `./${relative(cwd, path).replaceAll('\\', '/')}`;
      execFile(
        'git',
        ['-C', cwd, 'show', '--no-textconv', `${reference}:${name}`],
        { encoding: 'buffer', maxBuffer: maxBytes + 1, windowsHide: true },
        (error, stdout, stderr) => {
          if (error === null) resolve(new Uint8Array(stdout));
          else reject(gitError(error, stderr.toString(), reference, name));
        },
      );
    });
}

function gitError(error: Error, stderr: string, reference: string, name: string): Error {
  const said = stderr.trim().split('\n')[0]?.replace(/\.$/, '') ?? '';
  if ('code' in error && error.code === 'ENOENT')
    return new CastellanError({
      code: 'git-missing',
      message: 'git is not installed',
      mend: 'install git, or name both files',
    });
  const unknown = /unknown revision|invalid object name|bad revision|not a git repository/i.test(said);
  return new CastellanError({
    code: unknown ? 'git-reference-unknown' : 'document-not-found',
    message: unknown ? `git does not know ${reference}: ${said}` : `${name} is not in ${reference}: ${said}`,
    mend: unknown
      ? 'fetch it first (actions/checkout: fetch-depth: 0), or name another one'
      : 'name the file as it was called then, with castellan diff OLD NEW',
  });
}
