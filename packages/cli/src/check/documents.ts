import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';

/** Folders that hold no documents of one's own. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'coverage', 'target', 'vendor']);
const DEEPEST = 8;
const MOST = 2_000;
/** So much of a file is read to see whether it is an OpenAPI document, bytes. */
const HEAD = 4_096;

/**
 * The documents that are meant: files and URLs as they are named, those that a glob matches, and the OpenAPI documents in a
 * folder; each once, as paths relative to the working directory.
 * @throws CastellanError `usage` where a glob or folder has none
 */
export function documentsOf(named: readonly string[], cwd: string): readonly string[] {
  const found = new Set<string>();
  for (const name of named) {
    const several = severalIn(name, cwd);
    for (const file of several ?? [name]) found.add(file);
    if (several?.length === 0)
      throw new CastellanError({
        code: 'usage',
        message: `${name} holds no OpenAPI document`,
        mend: 'name a file, a folder that has some, or a glob: services/*/openapi.yaml',
      });
  }
  return [...found];
}

/** Undefined where it is one document. */
function severalIn(name: string, cwd: string): readonly string[] | undefined {
  if (/^https?:/i.test(name)) return undefined;
  const path = resolve(cwd, name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true)
    return filesIn(path, 0)
      .filter(isDocument)
      .toSorted()
      .map((file) => relative(cwd, file));
  if (stat !== undefined || !/[*?[{]/.test(name)) return undefined;
  // What stands before the first sign of a pattern is a folder.
  const fixed = name.slice(0, name.search(/[*?[{]/)).replace(/[^/]*$/, '');
  const folder = resolve(cwd, fixed === '' ? '.' : fixed);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const pattern = patternOf(resolve(cwd).replaceAll('\\', '/'), name);
  return filesIn(folder, 0)
    .filter((file) => pattern.test(file.replaceAll('\\', '/')) && isDocument(file))
    .toSorted()
    .map((file) => relative(cwd, file));
}

/** A glob as a pattern of whole paths: `*`, `**`, `?`, `[ab]` and `{a,b}`. */
function patternOf(cwd: string, glob: string): RegExp {
  const path = glob.startsWith('/') ? glob : `${cwd}/${glob.replace(/^\.\//, '')}`;
  let source = '';
  for (let at = 0; at < path.length; at++) {
    const sign = path.charAt(at);
    if (path.startsWith('**/', at)) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (path.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (sign === '*') source += '[^/]*';
    else if (sign === '?') source += '[^/]';
    else if (sign === '{') source += '(?:';
    else if (sign === '}') source += ')';
    else if (sign === ',' && source.lastIndexOf('(?:') > source.lastIndexOf(')')) source += '|';
    else source += '[]'.includes(sign) ? sign : sign.replaceAll(/[\\^$.|+()]/g, String.raw`\$&`);
  }
  try {
    return new RegExp(`^${source}$`);
  } catch (cause) {
    throw new CastellanError({
      code: 'usage',
      message: `${glob} is no glob`,
      mend: 'write services/*/openapi.yaml, with *, **, ?, [ab] and {a,b}',
      cause,
    });
  }
}

function filesIn(folder: string, depth: number): string[] {
  if (depth > DEEPEST) return [];
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (found.length > MOST) break;
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesIn(path, depth + 1));
    else if (entry.isFile() && /\.(?:ya?ml|json)$/i.test(entry.name)) found.push(path);
  }
  return found;
}

/** Whether its beginning says that it is an OpenAPI document. */
function isDocument(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD);
    const head = bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD, 0));
    return (
      /^\s*["']?(?:openapi|swagger)["']?\s*:/m.test(head) || /^\s*\{[\s\S]*?"(?:openapi|swagger)"\s*:\s*"/.test(head)
    );
  } finally {
    closeSync(file);
  }
}
