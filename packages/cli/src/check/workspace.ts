import { isAbsolute, relative } from 'node:path';
import type { Terminal } from '../verb.ts';

/**
 * The folder of the command within the workspace that annotations are relative to (`GITHUB_WORKSPACE`), with a slash at the
 * end; empty where it is the workspace itself, or none is known.
 */
export function workspacePrefix({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): string {
  const workspace = env['GITHUB_WORKSPACE'];
  if (workspace === undefined || workspace === '') return '';
  const folder = relative(workspace, cwd).replaceAll('\\', '/');
  return folder === '' || folder.startsWith('..') || isAbsolute(folder) ? '' : `${folder}/`;
}
