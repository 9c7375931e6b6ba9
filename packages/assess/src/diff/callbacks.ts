import { escapePointer, type Contract, type Location, type Operation } from '@castellan/contract';
import { follow, isRaw, type SchemaNode } from '../posture/constraint.ts';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';
import { sentChanges, type Sent } from './sent.ts';

/** What the API calls at its callers: where to, and with what. */
export function* callbackChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const [was, is] = [callbacksOf(before, pair.before), callbacksOf(after, pair.after)];
  for (const [address, now] of is) {
    const old = was.get(address);
    const about = { operation: name, place: after.place(now.location) };
    if (old === undefined)
      yield {
        kind: 'security',
        code: 'callback-added',
        severity: 'medium',
        message: `${name} makes the service call ${address} now`,
        ...about,
      };
    else yield* itemChanges(`${name}: ${address}`, name, old.item, now.item);
  }
  for (const [address, old] of was)
    if (!is.has(address))
      yield {
        kind: 'breaking',
        code: 'callback-removed',
        severity: 'medium',
        message: `${name} no longer calls ${address}`,
        operation: name,
        place: before.place(old.location),
      };
}

/** The methods of a path item that is called, each as a request. */
function* itemChanges(what: string, operation: string, old: Sent, now: Sent): Generator<Change> {
  const place = now.contract.place(now.node.location);
  const [was, is] = [methodsOf(old), methodsOf(now)];
  for (const [method, one] of is) {
    const before = was.get(method);
    if (before !== undefined) yield* sentChanges(what, before, one, operation);
    else
      yield {
        kind: 'security',
        code: 'callback-added',
        severity: 'medium',
        message: `${what} is called with ${method.toUpperCase()} now`,
        operation,
        place,
      };
  }
  for (const method of was.keys())
    if (!is.has(method))
      yield {
        kind: 'breaking',
        code: 'callback-removed',
        severity: 'medium',
        message: `${what} is no longer called with ${method.toUpperCase()}`,
        operation,
        place,
      };
}

const METHODS = /^(?:get|put|post|delete|options|head|patch|trace|query)$/;

/** What stands beside the methods holds for each of them. */
function methodsOf({ contract, node }: Sent): ReadonlyMap<string, Sent> {
  const found = new Map<string, Sent>();
  const shared = Object.fromEntries(Object.entries(node.raw).filter(([key]) => !METHODS.test(key) && key !== '$ref'));
  for (const [method, raw] of Object.entries(node.raw)) {
    if (!METHODS.test(method) || !isRaw(raw)) continue;
    const { document, pointer } = node.location;
    const parameters = [shared['parameters'], raw['parameters']].flatMap((one) =>
      Array.isArray(one) ? (one as unknown[]) : [],
    );
    found.set(method, {
      contract,
      node: {
        raw: { ...shared, ...raw, ...(parameters.length === 0 ? {} : { parameters }) },
        location: { document, pointer: `${pointer}/${method}` },
      },
    });
  }
  return found;
}

interface Callback {
  readonly item: Sent;
  readonly location: Operation['location'];
}

function callbacksOf(contract: Contract, operation: Operation): ReadonlyMap<string, Callback> {
  const found = new Map<string, Callback>();
  const written: unknown = contract.at(operation.location);
  const callbacks: unknown = isRaw(written) ? written['callbacks'] : undefined;
  if (!isRaw(callbacks)) return found;
  for (const [key, raw] of Object.entries(callbacks)) {
    const { document, pointer } = operation.location;
    const location = { document, pointer: `${pointer}/callbacks/${escapePointer(key)}` };
    const target = isRaw(raw) ? follow(contract, { raw, location }) : undefined;
    for (const [address, item] of Object.entries(target?.raw ?? {}))
      if (isRaw(item))
        found.set(address, {
          item: { contract, node: itemOf(contract, item, target?.location ?? location, address) },
          location,
        });
  }
  return found;
}

/** A path item, followed where it is a reference. */
function itemOf(
  contract: Contract,
  raw: SchemaNode['raw'],
  { document, pointer }: Location,
  address: string,
): SchemaNode {
  const location = { document, pointer: `${pointer}/${escapePointer(address)}` };
  return follow(contract, { raw, location }) ?? { raw, location };
}

/** What the API sends by itself (`webhooks`). */
export function* webhookChanges(before: Contract, after: Contract): Generator<Change> {
  const keyOf = ({ method, path }: Operation): string => `${method} ${path}`;
  const old = new Map(before.webhooks.map((one) => [keyOf(one), one]));
  for (const now of after.webhooks) {
    const was = old.get(keyOf(now));
    old.delete(keyOf(now));
    const place = after.place(now.location);
    const named = `the webhook ${now.path}`;
    if (was === undefined)
      yield { kind: 'compatible', code: 'webhook-added', severity: 'info', message: `${named} is new`, place };
    else yield* sentChanges(named, sentOf(before, was), sentOf(after, now));
  }
  for (const gone of old.values())
    yield {
      kind: 'breaking',
      code: 'webhook-removed',
      severity: 'medium',
      message: `the webhook ${gone.path} is gone`,
      place: before.place(gone.location),
    };
}

/** An operation of `webhooks`, with the parameters that its path item says for all methods. */
function sentOf(contract: Contract, { location, method }: Operation): Sent {
  const { document, pointer } = location;
  const around = { document, pointer: pointer.slice(0, pointer.lastIndexOf('/')) };
  const item: unknown = contract.at(around);
  const raw: unknown = contract.at(location);
  const node = { raw: isRaw(raw) ? raw : {}, location };
  return (
    (isRaw(item)
      ? methodsOf({ contract, node: { raw: item, location: around } }).get(method.toLowerCase())
      : undefined) ?? {
      contract,
      node,
    }
  );
}
