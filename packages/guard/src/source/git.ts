import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { limits, notReachable, tooMuch } from './limits.ts';
import type { Source, SourceFiles } from './source.ts';

interface GitOptions {
  readonly git: string;
  readonly ref?: string | undefined;
  readonly folder?: string | undefined;
}

/**
 * A local Git repository: the files of the commit that a branch or tag names now. Read by git's plumbing: no working tree, no
 * hooks, no filters and no network have a part in it.
 */
export function gitSource({ git, ref = 'HEAD', folder }: GitOptions): Source {
  const path = resolve(git);
  const name = `the Git repository ${git}`;
  const run = (args: readonly string[], input?: string): Promise<Buffer> => runGit(path, name, args, input);
  const within = folder === undefined ? '' : `${posix.normalize(folder).replace(/\/+$/, '')}/`;
  return {
    name,
    identity: JSON.stringify(['git', path, ref, within]),
    async look() {
      if (!existsSync(path)) throw notReachable(name, 'there is no such folder', 'check the path of the clone');
      const commit = (await run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])).toString('utf8').trim();
      if (!/^[0-9a-f]{40,64}$/.test(commit))
        throw notReachable(name, `there is no branch, tag or commit ${ref}`, 'check ref, or fetch it into the clone');
      return {
        digest: commit,
        label: `${/^[0-9a-f]{7,64}$/.test(ref) ? '' : `${ref}@`}${commit.slice(0, 12)}`,
        fetch: () => filesOf(run, commit, within, name),
      };
    },
  };
}

/** An entry of a commit's tree. */
interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  /** Relative to the folder. */
  readonly name: string;
}

async function filesOf(
  run: (args: readonly string[], input?: string) => Promise<Buffer>,
  commit: string,
  within: string,
  name: string,
): Promise<SourceFiles> {
  const listed = await run([
    'ls-tree',
    '-r',
    '-z',
    '-l',
    '--full-tree',
    commit,
    ...(within === '' ? [] : ['--', within]),
  ]);
  const entries = listed
    .toString('utf8')
    .split('\0')
    .flatMap((line): Entry[] => {
      const [, mode = '', kind, object = '', size = '', path = ''] =
        /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([^]*)$/.exec(line) ?? [];
      if (kind !== 'blob' || !path.startsWith(within)) return [];
      // Of an object that is not there it says BAD.
      if (!/^\d+$/.test(size)) throw damaged(name, path);
      return [{ mode, object, size: Number(size), name: path.slice(within.length) }];
    });
  if (entries.length === 0)
    throw notReachable(
      name,
      `${within === '' ? 'its commit' : `its folder ${within.slice(0, -1)}`} holds no file in ${commit.slice(0, 12)}`,
      'check source.folder and source.ref',
    );
  if (entries.length > limits.files) throw tooMuch(name, `more than ${limits.files} files`);
  if (entries.reduce((sum, { size }) => sum + size, 0) > limits.bytes)
    throw tooMuch(name, `more than ${limits.bytes} bytes`);
  const blobs = await contentsOf(name, run, entries);
  const files = new Map<string, Uint8Array>();
  const byName = new Map(entries.map((entry, index) => [entry.name, { entry, bytes: blobs[index] as Buffer }]));
  for (const { name: file } of entries) {
    const bytes = followed(file, byName);
    if (bytes === undefined) continue;
    if (bytes.subarray(0, pointer.length).equals(pointer) && isRead(file))
      throw notReachable(name, `${file} is a Git LFS pointer, not the file`, 'keep documents and policies out of LFS');
    files.set(file, bytes);
  }
  return { files };
}

const pointer = Buffer.from('version https://git-lfs.github.com/spec/');

function isRead(file: string): boolean {
  return /\.(?:ya?ml|json|cedar)$/i.test(file);
}

/** A file, or the one that links in the same tree lead to; nothing of a link that leads out. */
function followed(
  name: string,
  files: ReadonlyMap<string, { readonly entry: Entry; readonly bytes: Buffer }>,
): Buffer | undefined {
  let at = name;
  for (let steps = 0; steps < 10; steps++) {
    const found = files.get(at);
    if (found === undefined) return undefined;
    if (found.entry.mode !== '120000') return found.bytes;
    at = posix.normalize(posix.join(posix.dirname(at), found.bytes.toString('utf8')));
  }
  return undefined;
}

/** The bytes of objects, in their order: `<object> blob <size>\n<bytes>\n` each. */
async function contentsOf(
  name: string,
  run: (args: readonly string[], input?: string) => Promise<Buffer>,
  entries: readonly Entry[],
): Promise<readonly Buffer[]> {
  const all = await run(['cat-file', '--batch'], entries.map(({ object }) => `${object}\n`).join(''));
  let at = 0;
  return entries.map(({ object, size, name: file }) => {
    const start = all.indexOf(0x0a, at) + 1;
    // A damaged repository has `<object> missing` there.
    if (start === 0 || all.toString('latin1', at, start) !== `${object} blob ${size}\n`) throw damaged(name, file);
    at = start + size + 1;
    return all.subarray(start, start + size);
  });
}

function damaged(name: string, file: string): CastellanError {
  return notReachable(name, `the object of ${file} is missing or damaged`, 'git fsck says more; clone it again');
}

/** Variables by which a process would tell git of another repository than the one that is named. */
const left = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_COMMON_DIR',
]);

function runGit(path: string, name: string, args: readonly string[], input?: string): Promise<Buffer> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !left.has(variable)));
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      ['--no-replace-objects', '--literal-pathspecs', '-c', 'core.fsmonitor=false', '-C', path, ...args],
      {
        encoding: 'buffer',
        maxBuffer: limits.bytes * 2,
        timeout: limits.timeout,
        env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' },
      },
      (error, stdout, stderr) => {
        // A revision that is not there is told by what looks for it.
        if (error === null || (args[0] === 'rev-parse' && error.code === 1)) done(stdout);
        else fail(gitError(name, error, stderr.toString('utf8')));
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function gitError(
  name: string,
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  said: string,
): CastellanError {
  if (error.code === 'ENOENT') return notReachable(name, 'there is no git command', 'install git');
  if (error.killed === true) return notReachable(name, `git gave no answer within ${limits.timeout} ms`, 'try again');
  if (/dubious ownership/.test(said))
    return notReachable(
      name,
      'git refuses it: it belongs to another user',
      'git config --global --add safe.directory PATH, as the user of this process',
    );
  const line =
    said
      .split('\n')
      .find((one) => one !== '')
      ?.replace(/^(?:fatal|error): /, '') ?? error.message;
  return notReachable(name, `git says: ${line.slice(0, 200)}`, 'check source.git');
}
