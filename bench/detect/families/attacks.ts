import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from '../simulator/fact.ts';
import { denied, invalid, minute, second, undocumented, type Roles, type World } from './traffic.ts';

export const strengths = ['strong', 'medium', 'slow'] as const;
export type Strength = (typeof strengths)[number];

/** Milliseconds between two requests, and how many there are. */
const paces: Readonly<Record<Strength, readonly [every: number, count: number]>> = {
  strong: [1 * second, 300],
  medium: [20 * second, 150],
  slow: [4 * minute, 110],
};

/** An attack, in the words of any API. */
export interface FamilyAttack {
  readonly kind: string;
  /** The detector that is there for it. */
  readonly detector: string;
  /** What the API must have for it to be possible. */
  readonly needs?: keyof Roles | 'dormant';
  readonly run: (world: World, start: number, strength: Strength) => Facts[];
}

type Made = readonly [Caller, Call];

export function row(
  world: World,
  start: number,
  strength: Strength,
  share: number,
  make: (i: number) => Made,
): Facts[] {
  const [every, count] = paces[strength];
  let time = start;
  return Array.from({ length: Math.ceil(count * share) }, (_, i) => {
    time += every * world.random.between(0.5, 1.5);
    return factOf(time, ...make(i));
  });
}

let strangers = 0;
/** Somebody new with an account like those of others. */
export function stranger({ random, callers }: World): Caller {
  strangers += 1;
  const like = callers[0] as Caller;
  const address = `185.${random.below(255)}.${random.below(255)}.${1 + random.below(250)}`;
  return { ...like, subject: `mallory${strangers}`, credential: `mallory${strangers}`, address };
}

export const nobody = (world: World): Caller => ({ ...stranger(world), subject: undefined, credential: '' });
/** An account that somebody took over, or its owner turned bad: with the credential of a new session. */
export const anybody = ({ random, callers }: World): Caller => {
  const owner = random.pick(callers);
  return owner.kind === 'jwt' || owner.credential === ''
    ? { ...owner, credential: `${owner.subject}-evil${(strangers += 1)}` }
    : { ...owner };
};
const has = (call: Call | undefined): Call => call as Call;
const objects = (type: string, many: number, id: (n: number) => string) =>
  Array.from({ length: many }, (_, n) => object(type, id(n)));

const probes = [
  '.env',
  '.git/config',
  'admin',
  'wp-login.php',
  'api/v2/users',
  'graphql',
  'debug',
  'actuator',
  'users',
  'internal',
  'backup.sql',
  'metrics',
  'old',
  'test',
  'staging',
  'console',
];

export const familyAttacks: readonly FamilyAttack[] = [
  {
    kind: 'enumeration, refused',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const caller = anybody(world);
      const { single, type } = world.roles;
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...single, ...denied, objects: [object(type, `x${i}`, 'refused')] },
      ]);
    },
  },
  {
    kind: 'enumeration, answered',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const caller = anybody(world);
      const { single, type } = world.roles;
      return row(world, start, strength, 1, (i) => [caller, { ...single, objects: [object(type, `y${i}`)] }]);
    },
  },
  {
    kind: 'enumeration over networks',
    detector: 'object-enumeration',
    run(world, start, strength) {
      const callers = Array.from({ length: 10 }, () => ({ ...stranger(world), agent: 'okhttp' }));
      return row(world, start, strength, 1, (i) => [callers[i % 10] as Caller, { ...world.roles.single, status: 404 }]);
    },
  },
  {
    kind: 'credential stuffing',
    detector: 'credential-stuffing',
    needs: 'login',
    run(world, start, strength) {
      const caller = nobody(world);
      const login = has(world.roles.login);
      return row(world, start, strength, 1, (i) => [
        caller,
        i % 60 === 59 ? login : { ...login, status: 401, attempt: { account: `a${i}`, secret: `s${i}` } },
      ]);
    },
  },
  {
    kind: 'credential stuffing over networks',
    detector: 'credential-stuffing',
    needs: 'login',
    run(world, start, strength) {
      return row(world, start, strength, 1, (i) => [
        nobody(world),
        { ...has(world.roles.login), status: 401, attempt: { account: `b${i}`, secret: `t${i}` } },
      ]);
    },
  },
  {
    kind: 'password spraying',
    detector: 'password-spraying',
    needs: 'login',
    run(world, start, strength) {
      return row(world, start, strength, 0.5, (i) => [
        nobody(world),
        { ...has(world.roles.login), status: 401, attempt: { account: `c${i}`, secret: `spray${Math.floor(i / 60)}` } },
      ]);
    },
  },
  {
    kind: 'keys tried',
    detector: 'credential-stuffing',
    run(world, start, strength) {
      const caller = nobody(world);
      return row(world, start, strength, 0.7, (i) => [
        caller,
        {
          ...world.roles.list,
          status: 401,
          refused: ['authenticate', 'unauthenticated', 'unknown'],
          attempt: { secret: `key${i}` },
        },
      ]);
    },
  },
  {
    kind: 'stolen token',
    detector: 'credential-moved',
    run(world, start, strength) {
      const owner = { ...anybody(world) };
      const thief = { ...owner, address: '185.7.7.7', agent: strength === 'slow' ? owner.agent : 'python' };
      const { list, type } = world.roles;
      return row(world, start, strength, 0.4, (i) => [
        i < 5 || i % 4 === 1 ? owner : thief,
        { ...list, objects: objects(type, 4, (n) => `${owner.subject}-${n}`) },
      ]);
    },
  },
  {
    kind: 'scraping',
    detector: 'scraping',
    run(world, start, strength) {
      const caller = anybody(world);
      const { single, list, type } = world.roles;
      return row(world, start, strength, 2, (i) => [
        caller,
        i % 5 === 0
          ? { ...list, objects: objects(type, 20, (n) => `all${i * 4 + n}`) }
          : { ...single, objects: [object(type, `all${(i * 7) % 4000}`)] },
      ]);
    },
  },
  {
    kind: 'scraping over credentials',
    detector: 'distributed-scraping',
    run(world, start, strength) {
      const callers = Array.from({ length: 25 }, () => ({ ...stranger(world), agent: 'okhttp' }));
      const { single, type } = world.roles;
      return row(world, start, strength, 6, (i) => [
        callers[i % 25] as Caller,
        { ...single, objects: [object(type, `all${i}`)] },
      ]);
    },
  },
  {
    kind: 'probing',
    detector: 'probing',
    run(world, start, strength) {
      const caller = strength === 'medium' ? anybody(world) : nobody(world);
      return row(world, start, strength, 0.4, (i) => {
        const name = probes[i % probes.length] as string;
        return [caller, undocumented(i < probes.length ? `/${name}` : `/${name}/p${i}`, i % 7 === 6 ? 'PUT' : 'GET')];
      });
    },
  },
  {
    kind: 'injection',
    detector: 'injection',
    run(world, start, strength) {
      const caller = strength === 'medium' ? nobody(world) : anybody(world);
      const { single, list, write, profile } = world.roles;
      const targets = [single, list, write, profile ?? list];
      return row(world, start, strength, 0.5, (i) => {
        const target = targets[i % targets.length] as Call;
        if (i % 9 === 8) return [caller, { ...target, status: 500 }];
        return [
          caller,
          { ...target, ...invalid, refused: ['validate', 'invalid-request', i % 2 === 0 ? 'schema' : 'parameter'] },
        ];
      });
    },
  },
  {
    kind: 'flow out of order',
    detector: 'sequence-violation',
    needs: 'business',
    run(world, start, strength) {
      const caller = stranger(world);
      const business = has(world.roles.business);
      return row(world, start, strength, 0.2, (i) => [
        caller,
        strength === 'strong'
          ? { ...business, status: 403, refused: ['authorize', 'forbidden', 'flow-order'] }
          : { ...business, status: 201, objects: [object('Bought', `bot${i}`)] },
      ]);
    },
  },
  {
    kind: 'answers that grow',
    detector: 'operation-change',
    run(world, start, strength) {
      const caller = anybody(world);
      const { list } = world.roles;
      return row(world, start, strength, 0.2, () => [
        caller,
        strength === 'medium' ? { ...list, duration: 20_000 } : { ...list, bytes: 6_000_000, records: 9000 },
      ]);
    },
  },
  {
    kind: 'new consumer of administration',
    detector: 'new-consumer',
    needs: 'admin',
    run(world, start, strength) {
      const caller = anybody(world);
      return row(world, start, strength, 0.1, () => [
        caller,
        { ...has(world.roles.admin), objects: objects('Person', 5, (n) => `person${n}`), sensitive: { email: 5 } },
      ]);
    },
  },
  {
    kind: 'dormant key',
    detector: 'dormant-credential',
    needs: 'dormant',
    run(world, start, strength) {
      const caller = { ...(world.dormant as Caller), address: '185.9.9.9', agent: 'python' };
      const { single, type } = world.roles;
      return row(world, start, strength, 0.2, (i) => [caller, { ...single, objects: [object(type, String(i))] }]);
    },
  },
  {
    kind: 'sensitive data to somebody new',
    detector: 'data-leaving',
    needs: 'profile',
    run(world, start, strength) {
      const caller = stranger(world);
      return row(world, start, strength, 1, (i) => [
        caller,
        { ...has(world.roles.profile), objects: [object('Person', `person${i}`)], sensitive: { email: 1, address: 1 } },
      ]);
    },
  },
  {
    kind: 'deprecated operation',
    detector: 'deprecated-rising',
    needs: 'deprecated',
    run(world, start, strength) {
      const caller = anybody(world);
      const { type, deprecated } = world.roles;
      return row(world, start, strength, 0.8, (i) => [
        caller,
        { ...has(deprecated), objects: objects(type, 20, (n) => `old${(i * 20 + n) % 900}`) },
      ]);
    },
  },
  {
    kind: 'canary',
    detector: 'canary',
    needs: 'canary',
    run: (world, start) => [factOf(start, anybody(world), has(world.roles.canary))],
  },
];
