import {
  compileResourceAccess,
  isJson,
  type Findings,
  type Operation,
  type PropertyRule,
  type Schema,
} from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { isJsonPatch } from '../json-patch.ts';

/** More names than this in one value of a patch are not searched. */
const maxNames = 100_000;

/**
 * Properties that a JSON Patch (RFC 6902) writes, and objects that it names. It says them in `path` and `from`, or in a value
 * that holds them; whoever writes or removes what holds them writes them. A property is also told by its name alone,
 * wherever it stands in the object. What is copied, moved or tested is read: whoever may not read it may do neither.
 *
 * @returns undefined where the operation takes none, or what it changes has no property that only some may write or read
 */
export function compilePatchRules(
  core: GuardCore,
  operation: Operation,
): ((exchange: Exchange, findings: Required<Findings>) => boolean) | undefined {
  if (!operation.body?.content.some(({ type }) => isJsonPatch(type))) return undefined;
  const schemas = patched(core, operation);
  const resources = core.authority !== undefined;
  const writes = schemas.flatMap(
    (schema) => compileResourceAccess(core.contract, schema, 'request', { resources }) ?? [],
  );
  const reads = schemas.flatMap(
    (schema) => compileResourceAccess(core.contract, schema, 'response', { resources: false }) ?? [],
  );
  if (writes.length + reads.length === 0) return undefined;
  const named = writes.flatMap(({ rules }) => rules);
  return (exchange, findings) => {
    if (!isJsonPatch(exchange.fields?.contentType ?? '') || !Array.isArray(exchange.value)) return true;
    // All of them are decided on the same object, so that one of each is enough.
    const told = new Set<readonly string[]>();
    for (const change of exchange.value as unknown[]) {
      if (typeof change !== 'object' || change === null || Array.isArray(change)) continue;
      const { op, path, from, value } = change as Record<string, unknown>;
      const holder = change as Record<string, unknown>;
      const tell = (rules: readonly PropertyRule[]): void => {
        for (const rule of rules) {
          if (told.has(rule.allowed)) continue;
          told.add(rule.allowed);
          findings.properties.push({ rule, holder, owner: undefined });
        }
      };
      const source = op === 'move' || op === 'copy' ? from : op === 'test' ? path : undefined;
      if (typeof source === 'string')
        for (const access of reads) {
          const place = access.at(tokensOf(source));
          tell(place.rules);
          tell(place.below);
        }
      if (op === 'test') continue;
      const written = [path, op === 'move' ? from : undefined].filter((one) => typeof one === 'string');
      for (const pointer of written)
        for (const access of writes) {
          const place = access.at(tokensOf(pointer));
          tell(place.rules);
          tell(place.below);
          if (pointer !== path || value === undefined) continue;
          const inner: Required<Findings> = { resources: [], properties: [], references: [] };
          if (!place.visitIn(holder, 'value', inner)) return false;
          tell(inner.properties.map(({ rule }) => rule));
          findings.references.push(...inner.references);
        }
      if (named.length === 0) continue;
      const names = new Set(
        [path, op === 'move' || op === 'copy' ? from : undefined].flatMap((pointer) =>
          typeof pointer === 'string' ? tokensOf(pointer) : [],
        ),
      );
      if (!addNames(value, names)) return false;
      tell(named.filter((rule) => names.has(rule.name)));
    }
    return true;
  };
}

/** What a patch changes: the operation's resource, and what a GET of the same path answers. */
function patched(core: GuardCore, operation: Operation): readonly Schema[] {
  const resource = core.contract.resources.get(operation.resource?.type ?? '')?.schema;
  const read = core.contract.operations.find(({ method, path }) => method === 'GET' && path === operation.path);
  const answered = (read?.responses ?? [])
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content)
    .filter(({ type }) => isJson(type.split(';', 1)[0]?.trim() ?? ''))
    .map(({ schema }) => schema);
  return [resource, ...answered].filter((schema) => schema !== undefined);
}

function tokensOf(pointer: string): string[] {
  return pointer.split('/').slice(1).map(unescaped);
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
