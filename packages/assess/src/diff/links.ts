import { escapePointer, type Contract, type Location } from '@castellan/contract';
import { follow, isRaw, type SchemaNode } from '../posture/constraint.ts';
import type { Change } from './change.ts';
import { digestOf } from './digest.ts';
import type { OperationPair } from './operations.ts';

/** Where answers lead clients (OpenAPI, Link Object): another server, another operation, other values. */
export function* linkChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  for (const now of pair.after.responses) {
    const old = pair.before.responses.find(({ status }) => status === now.status);
    if (old === undefined) continue;
    const [was, is] = [linksOf(before, old.location), linksOf(after, now.location)];
    for (const [key, link] of is) {
      const other = was.get(key);
      if (other === undefined || digestOf(before, other) === digestOf(after, link)) continue;
      const server = text(other.raw['server']) !== text(link.raw['server']);
      yield {
        kind: server ? 'security' : 'breaking',
        code: 'link-changed',
        severity: server ? 'medium' : 'low',
        message: `${name}: the link ${key} of ${now.status} leads ${server ? 'to another server' : 'elsewhere, or with other values'} now`,
        operation: name,
        place: after.place(link.location),
      };
    }
    for (const [key, link] of was)
      if (!is.has(key))
        yield {
          kind: 'breaking',
          code: 'link-removed',
          severity: 'low',
          message: `${name}: the link ${key} of ${now.status} is gone`,
          operation: name,
          place: before.place(link.location),
        };
  }
}

function linksOf(contract: Contract, location: Location): ReadonlyMap<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  const written: unknown = contract.at(location);
  const answer = isRaw(written) ? follow(contract, { raw: written, location }) : undefined;
  const links: unknown = answer?.raw['links'];
  if (answer === undefined || !isRaw(links)) return found;
  for (const [key, raw] of Object.entries(links)) {
    const { document, pointer } = answer.location;
    const at = { document, pointer: `${pointer}/links/${escapePointer(key)}` };
    if (isRaw(raw)) found.set(key, follow(contract, { raw, location: at }) ?? { raw, location: at });
  }
  return found;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
