import { compileResourceAccess, escapePointer, type Operation, type UrlRestriction } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { isJsonPatch } from '../json-patch.ts';
import { addTexts, checks, type FindUrls } from './find.ts';
import type { UrlCheck } from './restriction.ts';

/**
 * URLs that a JSON Patch (RFC 6902) writes into the operation's resource: at a path that names a restricted property, or
 * in a value that holds one. A property is told by its name. What is copied or moved there is not in the request: it is
 * refused.
 *
 * @returns undefined where the operation takes none, or its resource has no property with such a restriction
 */
export function compilePatchUrls(core: GuardCore, operation: Operation): FindUrls | undefined {
  if (!operation.body?.content.some(({ type }) => isJsonPatch(type))) return undefined;
  const schema = core.contract.resources.get(operation.resource?.type ?? '')?.schema;
  if (schema === undefined) return undefined;
  const options = { resources: false, rules: 'url' } as const;
  const byName = new Map<string, UrlRestriction[]>();
  for (const { name, url } of compileResourceAccess(core.contract, schema, 'request', options)?.rules ?? [])
    if (url !== undefined) byName.set(name, [...(byName.get(name) ?? []), url]);
  if (byName.size === 0) return undefined;
  const checkOf = checks();
  const checksOf = (name: string): readonly UrlCheck[] => (byName.get(name) ?? []).map(checkOf);

  return (exchange, found) => {
    if (!isJsonPatch(exchange.fields?.contentType ?? '') || !Array.isArray(exchange.value)) return true;
    for (const [index, change] of (exchange.value as unknown[]).entries()) {
      if (typeof change !== 'object' || change === null || Array.isArray(change)) continue;
      const { op, path, value } = change as Record<string, unknown>;
      if (op === 'test' || op === 'remove' || typeof path !== 'string') continue;
      for (const name of path.split('/').slice(1).map(unescaped))
        for (const check of checksOf(name))
          if (op === 'move' || op === 'copy')
            found.push({ text: '', check: notThere, pointer: () => `/${index}/from` });
          else addTexts(found, value, check, () => `/${index}/value`);
      const pending: (readonly [value: unknown, pointer: string])[] = [[value, `/${index}/value`]];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const [at, pointer] = next;
        if (typeof at !== 'object' || at === null) continue;
        for (const [name, inner] of Object.entries(at)) {
          const below = `${pointer}/${escapePointer(name)}`;
          for (const check of checksOf(name)) addTexts(found, inner, check, () => below);
          pending.push([inner, below]);
        }
      }
    }
    return true;
  };
}

const notThere: UrlCheck = () => ({
  message: 'brings a URL that is not in the request',
  mend: 'add it with its value',
});

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
