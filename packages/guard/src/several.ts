import { CastellanError, type Contract } from '@castellan/contract';
import { enforcementFrom } from './enforcement/enforcement.ts';
import type { Exchange } from './exchange.ts';
import type { Guard } from './guard.ts';
import type { IncomingRequest } from './incoming.ts';

/**
 * Several documents under one prefix: each request goes through the guard whose document has its operation, and of two that have it
 * through the one with more of the path written out. What none has, the first refuses. For adapters and `upgrades`, in the place of one
 * guard; each keeps its options, events and limits.
 *
 * @example
 * ```ts
 * const guard = several(await createGuard({ contract: 'orders.yaml' }), await createGuard({ contract: 'users.yaml' }));
 * app.use(express(guard));
 * ```
 * @throws CastellanError `two-documents` where two have one operation
 */
export function several(first: Guard, ...others: readonly Guard[]): Guard {
  const guards = [first, ...others];
  refuseTwice(guards);
  const owners = new WeakMap<Exchange, Guard>();
  const of = (exchange: Exchange): Guard => owners.get(exchange) ?? first;
  const ownerOf = ({ method, target }: IncomingRequest): Guard => {
    const known = guards.map((guard) => ({ guard, rank: guard.knows(method, target) }));
    return known.reduce((best, one) => (one.rank > best.rank ? one : best)).guard;
  };
  const all: Guard = {
    get contract() {
      return merged(guards.map(({ contract }) => contract));
    },
    get notices() {
      return guards.flatMap(({ contract, notices }) =>
        notices.map(({ code, message }) => ({ code, message: `${contract.title}: ${message}` })),
      );
    },
    get settings() {
      return first.settings;
    },
    get stale() {
      return guards.find(({ stale }) => stale !== undefined)?.stale;
    },
    revocations: first.revocations,
    bans: first.bans,
    async ban(ban) {
      const [banned] = await Promise.all(guards.map((guard) => guard.ban(ban)));
      return banned as NonNullable<typeof banned>;
    },
    async lift(...lifted) {
      await Promise.all(guards.map((guard) => guard.lift(...lifted)));
    },
    incidents: first.incidents,
    get decides() {
      return guards.some(({ decides }) => decides);
    },
    resource(type, load) {
      const having = guards.filter(({ contract }) => contract.resources.has(type));
      for (const guard of having.length === 0 ? [first] : having) guard.resource(type, load);
      return all;
    },
    start: () => guards.forEach((guard) => guard.start()),
    knows: (method, target) => Math.max(...guards.map((guard) => guard.knows(method, target))),
    authorize: (exchange, ...more) => of(exchange).authorize(exchange, ...more),
    permits: (exchange, ...more) => of(exchange).permits(exchange, ...more),
    filter: (exchange, ...more) => of(exchange).filter(exchange, ...more),
    limitsOf: (principal) => first.limitsOf(principal),
    async enforcement() {
      const each = await Promise.all(guards.map((guard) => guard.enforcement()));
      return enforcementFrom(each.flatMap(({ groups }) => groups));
    },
    evaluate: (question) => first.evaluate(question),
    actions: (search) => first.actions(search),
    open(incoming) {
      const owner = ownerOf(incoming);
      const exchange = owner.open(incoming);
      owners.set(exchange, owner);
      return exchange;
    },
    admit: (exchange) => of(exchange).admit(exchange),
    answer: (exchange) => of(exchange).answer(exchange),
    isOwnOrigin: (exchange, origin) => of(exchange).isOwnOrigin(exchange, origin),
    problem: (exchange) => of(exchange).problem(exchange),
    addedFields: (exchange) => of(exchange).addedFields(exchange),
    close: (exchange) => of(exchange).close(exchange),
    async reload(changed) {
      if (changed !== undefined)
        throw new CastellanError({
          code: 'needs-restart',
          message: 'other options are given to several guards at once',
          mend: 'give each of them its own: guard.reload(options)',
        });
      for (const guard of guards) await guard.reload();
    },
    get lostEvents() {
      return guards.reduce((sum, { lostEvents }) => sum + lostEvents, 0);
    },
    reports: () =>
      guards
        .map((guard) => guard.reports())
        .reduce((sum, one) => ({
          waiting: sum.waiting + one.waiting,
          lost: sum.lost + one.lost,
          uncounted: sum.uncounted + one.uncounted,
        })),
    get lostRecords() {
      return guards.reduce((sum, { lostRecords }) => sum + lostRecords, 0);
    },
    async end() {
      for (const guard of guards) await guard.end();
    },
  };
  return all;
}

/** The first contract with the operations of all: what adapters look at. */
function merged(contracts: readonly Contract[]): Contract {
  const [first] = contracts;
  const operations = contracts.flatMap((contract) => contract.operations);
  return Object.create(first ?? null, { operations: { value: operations, enumerable: true } }) as Contract;
}

function refuseTwice(guards: readonly Guard[]): void {
  const known = new Map<string, Contract>();
  for (const { contract } of guards)
    for (const { method, path, servers } of contract.operations)
      for (const { url } of servers ?? contract.servers) {
        const key = `${method} ${url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/$/, '')}${path.replaceAll(/\{[^{}]*\}/g, '{}')}`;
        const other = known.get(key);
        if (other !== undefined && other !== contract)
          throw new CastellanError({
            code: 'two-documents',
            message: `${method} ${path} stands in '${other.title}' and in '${contract.title}'`,
            mend: 'take it out of one of them, with an overlay if need be',
          });
        known.set(key, contract);
      }
}
