import { existsSync } from 'node:fs';
import { dirname, join, relative, isAbsolute, sep, parse } from 'node:path';

/** What marks the top of a project. */
const MARKS = ['.git', 'package.json', 'castellan.yaml'];

/**
 * The directory that references between files may not leave: that of the project around the root document (the nearest
 * one above it with `.git`, `package.json` or `castellan.yaml`), or the working directory where the document is below
 * it, whichever is wider; else the document's own directory. So `../common.yaml` works inside of a project, and a
 * hostile document cannot make the loader read what lies outside.
 */
export function boundaryOf(rootFile: string, cwd: string): string {
  const own = dirname(rootFile);
  let boundary = own;
  for (let at = own; at !== parse(at).root; at = dirname(at)) {
    if (MARKS.some((mark) => existsSync(join(at, mark)))) {
      boundary = at;
      break;
    }
  }
  if (cwd !== parse(cwd).root && isInside(own, cwd) && isInside(boundary, cwd)) boundary = cwd;
  return boundary;
}

/** Whether a path is a directory or lies in it. Both absolute. */
export function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
