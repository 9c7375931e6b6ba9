import type { Contract, Operation } from '@castellan/contract';
import { follow, isRaw } from '../posture/constraint.ts';
import type { Change } from './change.ts';
import { digestOf } from './digest.ts';
import type { OperationPair } from './operations.ts';

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
    else if (old.digest !== now.digest)
      yield {
        kind: 'breaking',
        code: 'callback-changed',
        severity: 'low',
        message: `${name}: what is sent to ${address} changed, and could not be judged`,
        ...about,
      };
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

interface Callback {
  readonly digest: string;
  readonly location: Operation['location'];
}

function callbacksOf(contract: Contract, operation: Operation): ReadonlyMap<string, Callback> {
  const found = new Map<string, Callback>();
  const written: unknown = contract.at(operation.location);
  const callbacks: unknown = isRaw(written) ? written['callbacks'] : undefined;
  if (!isRaw(callbacks)) return found;
  for (const [key, raw] of Object.entries(callbacks)) {
    const { document, pointer } = operation.location;
    const location = { document, pointer: `${pointer}/callbacks/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` };
    const target = isRaw(raw) ? follow(contract, { raw, location }) : undefined;
    for (const [address, item] of Object.entries(target?.raw ?? {}))
      if (isRaw(item))
        found.set(address, {
          digest: digestOf(contract, { raw: item, location: target?.location ?? location }),
          location,
        });
  }
  return found;
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
    else if (textOf(before, was) !== textOf(after, now))
      yield {
        kind: 'breaking',
        code: 'webhook-changed',
        severity: 'low',
        message: `${named} changed, and could not be judged`,
        place,
      };
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

function textOf(contract: Contract, { location }: Operation): string {
  const raw: unknown = contract.at(location);
  return isRaw(raw) ? digestOf(contract, { raw, location }) : '';
}
