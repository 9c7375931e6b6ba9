import { canonicalPath } from '@castellan/contract';
import type { GuardCore } from './core.ts';

/** More than a path has variables. */
const most = 1000;

/** How well a document fits a request, as `Guard.knows` says. */
export function fitOf({ routes, outside }: GuardCore, method: string, target: string): number {
  const canonical = canonicalPath(target, { allowSemicolon: routes.usesMatrix });
  if ('problem' in canonical) return 0;
  const { path } = canonical;
  const found = routes.match(method, path) ?? { allow: [] };
  const read = 'allow' in found && method === 'HEAD' && found.allow.includes('GET') ? routes.match('GET', path) : found;
  if (read !== undefined && !('allow' in read)) return 3 + Math.max(0, most - read.captures.length);
  if ('allow' in found && found.allow.length > 0) return 2;
  return outside?.(method, path) === undefined ? 0 : 1;
}
