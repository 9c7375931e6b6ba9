import {
  everyServer,
  type Contract,
  type ModeSetting,
  type Rate,
  type RateLimit,
  type Location,
} from '@castellan/contract';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';

const PROFILES = ['toy', 'internal', 'standard', 'bank'] as const;

/** What `x-castellan` bounds, raised or dropped, on one operation. */
export function* controlChanges(pair: OperationPair, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const was = pair.before.castellan;
  const is = pair.after.castellan;
  const place = after.place(pair.after.location);
  const change = (
    code: string,
    what: string,
    old: number | undefined,
    now: number | undefined,
    unit: string,
  ): Change | undefined => {
    if (old === undefined || old === now || (now !== undefined && now < old)) return undefined;
    return {
      kind: 'security',
      code,
      severity: 'medium',
      message: `${name}: ${what} was ${trim(old)}${unit} and is ${now === undefined ? 'gone' : `${trim(now)}${unit}`}`,
      operation: name,
      place,
    };
  };
  const changes = [
    change('rate-limit-raised', 'the rate limit', perMinute(was.rateLimit), perMinute(is.rateLimit), ' per minute'),
    change('body-limit-raised', 'the largest body', was.maxBody, is.maxBody, ' bytes'),
    change('page-raised', 'the largest page', was.page?.max, is.page?.max, ' items'),
    change('concurrency-raised', 'the concurrency', was.concurrency, is.concurrency, ''),
    change(
      'budget-raised',
      'the budget of records',
      ratePerMinute(was.budget?.records),
      ratePerMinute(is.budget?.records),
      ' per minute',
    ),
    change(
      'budget-raised',
      'the budget of bytes',
      ratePerMinute(was.budget?.bytes),
      ratePerMinute(is.budget?.bytes),
      ' per minute',
    ),
    change(
      'pace-raised',
      'the pace of the flow',
      ratePerMinute(was.flow?.pace),
      ratePerMinute(is.flow?.pace),
      ' per minute',
    ),
  ];
  for (const one of changes) if (one !== undefined) yield one;
  const skipped = (was.flow?.after ?? []).filter((step) => !(is.flow?.after ?? []).includes(step));
  if (skipped.length > 0)
    yield {
      kind: 'security',
      code: 'flow-order-dropped',
      severity: 'high',
      message: `${name} may be called without ${skipped.join(', ')} before it`,
      operation: name,
      place,
    };
  if (was.resource !== undefined && is.resource === undefined)
    yield {
      kind: 'security',
      code: 'resource-dropped',
      severity: 'high',
      message: `${name}: policies no longer decide about its ${was.resource.type}`,
      operation: name,
      place,
    };
  if (was.existence === 'secret' && is.existence !== 'secret')
    yield {
      kind: 'security',
      code: 'existence-shown',
      severity: 'medium',
      message: `${name}: a refusal now tells that the object exists`,
      operation: name,
      place,
    };
  if (weaker(was.mode, is.mode))
    yield {
      kind: 'security',
      code: 'mode-weakened',
      severity: 'high',
      message: `${name}: controls were ${written(was.mode)} and are ${written(is.mode)}`,
      operation: name,
      place,
    };
}

/** The same for the whole API, and its servers. */
export function* apiChanges(before: Contract, after: Contract): Generator<Change> {
  const root = { document: after.documents[0] ?? '', pointer: '/x-castellan' };
  const place = after.place(root);
  const was = before.castellan;
  const is = after.castellan;
  if (PROFILES.indexOf(is.profile) < PROFILES.indexOf(was.profile))
    yield {
      kind: 'security',
      code: 'profile-lowered',
      severity: 'high',
      message: `the profile was ${was.profile} and is ${is.profile}`,
      place,
    };
  if (weaker(was.mode, is.mode))
    yield {
      kind: 'security',
      code: 'mode-weakened',
      severity: 'critical',
      message: `controls of the whole API were ${written(was.mode)} and are ${written(is.mode)}`,
      place,
    };
  const old = perMinute(was.rateLimit);
  const now = perMinute(is.rateLimit);
  if (old !== undefined && (now === undefined || now > old))
    yield {
      kind: 'security',
      code: 'rate-limit-raised',
      severity: 'medium',
      message: `the rate limit of the API was ${trim(old)} per minute and is ${now === undefined ? 'gone' : `${trim(now)} per minute`}`,
      place,
    };
  yield* serverChanges(before, after);
}

/** Where the API is: what is not encrypted, hosts that were not named before, addresses that are gone. */
function* serverChanges(before: Contract, after: Contract): Generator<Change> {
  const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
  const old = everyServer(before);
  const known = new Map(old.map(({ url, location }) => [url, location]));
  const hosts = new Set(old.map(({ url }) => hostOf(url)));
  const now = everyServer(after);
  for (const { url, location } of now) {
    const place = after.place(location);
    const one = known.get(url);
    if (one !== undefined) yield* variableChanges(url, valuesAt(before, one), valuesAt(after, location), place);
    if (known.has(url)) continue;
    if (/^http:/i.test(url))
      yield {
        kind: 'security',
        code: 'server-plain-http',
        severity: 'high',
        message: `the new server ${url} is plain HTTP`,
        place,
      };
    else if (old.length > 0) {
      const stranger = hostOf(url) !== '' && !hosts.has(hostOf(url));
      yield {
        kind: stranger ? 'security' : 'compatible',
        code: 'server-added',
        severity: stranger ? 'low' : 'info',
        message: `the server ${url} is new${stranger ? ': clients send their credentials to another host' : ''}`,
        place,
      };
    }
  }
  const left = new Set(now.map(({ url }) => url));
  for (const { url, location } of old)
    if (!left.has(url) && now.length > 0)
      yield {
        kind: 'breaking',
        code: 'server-removed',
        severity: 'low',
        message: `the server ${url} is gone`,
        place: before.place(location),
      };
}

/** Values that a variable of a server's address may have; `any` where none are listed. */
type Listed = ReadonlyMap<string, readonly string[] | 'any'>;

function valuesAt(contract: Contract, location: Location): Listed {
  const written: unknown = contract.at(location);
  const variables = Object(Object(written)['variables']) as Readonly<Record<string, unknown>>;
  return new Map(
    Object.entries(variables).map(([name, variable]) => {
      const { enum: listed } = Object(variable) as { readonly enum?: unknown };
      return [name, Array.isArray(listed) ? listed.map(String) : 'any'] as const;
    }),
  );
}

function* variableChanges(url: string, old: Listed, now: Listed, place: Change['place']): Generator<Change> {
  for (const [name, is] of now) {
    const was = old.get(name);
    if (was === undefined || was === 'any') continue;
    const added = is === 'any' ? ['anything'] : is.filter((one) => !was.includes(one));
    if (added.length > 0)
      yield {
        kind: 'security',
        code: 'server-added',
        severity: 'low',
        message: `the server ${url}: ${name} may be ${added.join(', ')} now: clients send their credentials to another host`,
        place,
      };
  }
}

/** Whether controls of either direction do less than before. */
function weaker(was: ModeSetting | undefined, is: ModeSetting | undefined): boolean {
  const rank = { off: 0, observe: 1, enforce: 2 } as const;
  const of = (setting: ModeSetting | undefined, direction: 'requests' | 'responses'): number =>
    rank[(typeof setting === 'object' ? setting[direction] : setting) ?? 'enforce'];
  return (['requests', 'responses'] as const).some((direction) => of(is, direction) < of(was, direction));
}

function written(setting: ModeSetting | undefined): string {
  if (typeof setting !== 'object') return setting ?? 'enforce';
  return `${setting.requests ?? 'enforce'} for requests and ${setting.responses ?? 'enforce'} for responses`;
}

/** Calls per minute that the strictest of several limits lets through. */
function perMinute(limits: readonly RateLimit[] | undefined): number | undefined {
  if (limits === undefined) return undefined;
  return Math.min(
    ...limits.map(({ rate, cost }) => (rate.count / rate.seconds / (typeof cost === 'number' ? cost : 1)) * 60),
  );
}

function ratePerMinute(rate: Rate | undefined): number | undefined {
  return rate === undefined ? undefined : (rate.count / rate.seconds) * 60;
}

function trim(number: number): string {
  return String(Math.round(number * 100) / 100);
}
