import { compileResourceAccess, type Findings, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';

/** More names than this in one value of a patch are not searched. */
const maxNames = 100_000;

/**
 * Properties that a JSON Patch (RFC 6902) writes. It names them in `path` and `from`, or in a value that holds them, and
 * whoever writes the whole object writes all of them. A property is told by its name, wherever it stands in the object.
 *
 * @returns undefined where the operation takes none, or its resource has no property that only some may write
 */
export function compilePatchRules(
  core: GuardCore,
  operation: Operation,
): ((exchange: Exchange, findings: Findings) => boolean) | undefined {
  if (!operation.body?.content.some(({ type }) => isPatch(type))) return undefined;
  const schema = core.contract.resources.get(operation.resource?.type ?? '')?.schema;
  if (schema === undefined) return undefined;
  const rules = compileResourceAccess(core.contract, schema, 'request', { resources: false })?.rules ?? [];
  if (rules.length === 0) return undefined;
  return (exchange, findings) => {
    if (!isPatch(exchange.fields?.contentType ?? '') || !Array.isArray(exchange.value)) return true;
    for (const change of exchange.value as unknown[]) {
      if (typeof change !== 'object' || change === null || Array.isArray(change)) continue;
      const { op, path, from, value } = change as Record<string, unknown>;
      if (op === 'test') continue;
      const pointers = [path, op === 'move' || op === 'copy' ? from : undefined].filter(
        (one) => typeof one === 'string',
      );
      const whole = pointers.includes('');
      const names = new Set(pointers.flatMap((pointer) => pointer.split('/').slice(1).map(unescaped)));
      if (!addNames(value, names)) return false;
      for (const rule of rules)
        if (whole || names.has(rule.name))
          findings.properties.push({ rule, holder: change as Record<string, unknown>, owner: undefined });
    }
    return true;
  };
}

function isPatch(mediaType: string): boolean {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase() === 'application/json-patch+json';
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** False where there are too many to be searched. */
function addNames(value: unknown, names: Set<string>): boolean {
  const pending = [value];
  for (let left = maxNames; pending.length > 0; left--) {
    if (left === 0) return false;
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) for (const name of Object.keys(next)) names.add(name);
    pending.push(...Object.values(next));
  }
  return true;
}
