import type { Facts, ObjectFact } from '@castellan/guard';
import { object, type Call, type Caller } from '../simulator/fact.ts';
import { anybody, nobody, row, stranger, type FamilyAttack } from './attacks.ts';
import type { World } from './traffic.ts';

/** Of ten calls of a caller, those that it makes on other days: what hides an attack. */
function habits({ facts, roles }: World, { subject }: Caller): (i: number) => Call {
  const usual = facts.filter(({ principal, status }) => principal?.subject === subject && status < 300).slice(0, 400);
  return (i) => {
    const one = usual[i % Math.max(1, usual.length)];
    if (one === undefined) return roles.list;
    const { operation, method, template, status, objects, records, sensitive } = one;
    return { operation, method, template, status, objects, records, sensitive, bytes: one.bytesOut };
  };
}

/** What the API has of the type that is attacked, as far as anybody was handed it, but this caller; then what nobody was. */
function collection({ facts, roles: { type } }: World, { subject }: Caller): (i: number) => ObjectFact {
  const ids = new Map<string, ObjectFact>();
  const own = new Set<string>();
  for (const { principal, objects } of facts)
    for (const one of objects)
      if (one.type === type)
        if (principal !== undefined && principal.subject === subject) own.add(one.id);
        else if (one.verdict === 'permitted') ids.set(one.id, one);
  const others = [...ids.values()].filter(({ id }) => !own.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return (i) => others[i] ?? object(type, `deep${i}`);
}

const wrongMethods = ['DELETE', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'];

/** Attacks that were written after those of `attacks.ts` were known to the detectors, in other shapes. */
export const laterAttacks: readonly FamilyAttack[] = [
  {
    kind: 'ids of others between honest calls',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const caller = anybody(world);
      const [usual, others] = [habits(world, caller), collection(world, caller)];
      return row(world, start, strength, 1, (i) => [
        caller,
        i % 3 === 2 ? { ...world.roles.single, objects: [others(i)] } : usual(i),
      ]);
    },
  },
  {
    // Below an object of their own (their firm, their account), where the API has such.
    kind: 'objects of others, all answered',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const caller = anybody(world);
      const { single, type } = world.roles;
      const others = collection(world, caller);
      const nested = world.facts.find(
        ({ principal, operation, objects }) =>
          principal?.subject === caller.subject && operation === single.operation && objects[1]?.type === type,
      );
      const above = nested?.objects[0]?.type === type ? undefined : nested?.objects[0];
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...single, objects: above === undefined ? [others(i)] : [above, others(i)] },
      ]);
    },
  },
  {
    kind: 'search that finds nothing',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const caller = anybody(world);
      const others = collection(world, caller);
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...world.roles.list, objects: i % 8 === 7 ? [others(i)] : [] },
      ]);
    },
  },
  {
    kind: 'stuffing from homes',
    detector: 'credential-stuffing',
    needs: 'login',
    run(world, start, strength) {
      const { random, callers, roles } = world;
      return row(world, start, strength, 1, (i) => {
        const home = `${80 + random.below(30)}.${random.below(250)}.${random.below(250)}.${1 + random.below(250)}`;
        const caller = { ...nobody(world), address: home, agent: random.pick(callers).agent };
        const login = roles.login as Call;
        return [
          caller,
          i % 30 === 29 ? login : { ...login, status: 401, attempt: { account: `h${i}`, secret: `h${i}` } },
        ];
      });
    },
  },
  {
    kind: 'accounts asked for',
    detector: 'credential-stuffing',
    needs: 'login',
    run(world, start, strength) {
      const caller = nobody(world);
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...(world.roles.login as Call), status: i % 5 === 4 ? 401 : 404, attempt: { account: `q${i}` } },
      ]);
    },
  },
  {
    kind: 'pages by a cursor, with the usual program',
    detector: 'scraping',
    run(world, start, strength) {
      const caller = { ...stranger(world), agent: world.random.pick(world.callers).agent };
      const others = collection(world, caller);
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...world.roles.list, objects: Array.from({ length: 20 }, (_, n) => others(i * 20 + n)) },
      ]);
    },
  },
  {
    kind: 'stolen token in the network of its owner',
    detector: 'credential-moved',
    run(world, start, strength) {
      const owner = anybody(world);
      const usual = habits(world, owner);
      const agent = strength === 'slow' ? world.random.pick(world.callers).agent : 'python-requests';
      const thief = { ...owner, agent: agent === owner.agent ? 'curl' : agent };
      const { list, type } = world.roles;
      return row(world, start, strength, 0.4, (i) =>
        i < 5 || i % 4 === 1
          ? [owner, usual(i)]
          : [thief, { ...list, objects: [object(type, `${owner.subject}-${i % 9}`)] }],
      );
    },
  },
  {
    kind: 'methods and media types that nobody documented',
    detector: 'probing',
    run(world, start, strength) {
      const caller = anybody(world);
      const { single, list, write, profile } = world.roles;
      const targets = [single, list, write, profile ?? list];
      return row(world, start, strength, 0.4, (i) => {
        const { template } = targets[i % targets.length] as Call;
        if (i % 3 === 2) return [caller, { ...write, status: 415, refused: ['validate', 'unsupported-media-type'] }];
        return [
          caller,
          {
            operation: '',
            method: wrongMethods[i % wrongMethods.length] as string,
            template: template.replaceAll(/\{\w+\}/g, `{h${i}}`),
            status: 405,
            refused: ['route', 'method-not-allowed', 'undocumented-method'],
          },
        ];
      });
    },
  },
  {
    kind: 'codes tried at a step of a business flow',
    detector: 'object-enumeration',
    needs: 'business',
    run(world, start, strength) {
      const caller = anybody(world);
      const business = world.roles.business as Call;
      return row(world, start, strength, 0.6, (i) => [
        caller,
        { ...business, status: i % 40 === 39 ? 201 : 404, objects: [] },
      ]);
    },
  },
  {
    kind: 'an export now and then',
    detector: 'new-consumer',
    needs: 'admin',
    run(world, start, strength): Facts[] {
      const caller = anybody(world);
      const admin = world.roles.admin as Call;
      const apart = { strong: 1, medium: 5, slow: 20 }[strength] * 60;
      return row(world, start, 'slow', 4 / 110, () => [caller, { ...admin, records: 400, bytes: 200_000 }]).map(
        (one, i) => ({ ...one, time: start + i * apart * 60_000 }),
      );
    },
  },
];
