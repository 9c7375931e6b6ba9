import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from './fact.ts';
import { operations as o, type Shop } from './shop.ts';

const second = 1000;
const minute = 60_000;

/** An attack: who does what how often. */
export interface Attack {
  readonly kind: string;
  /** The detector that is there for it. */
  readonly detector: string;
  readonly run: (shop: Shop, start: number, strength: Strength) => Facts[];
}

export const strengths = ['strong', 'medium', 'slow'] as const;
export type Strength = (typeof strengths)[number];

/** Milliseconds between two requests, and how many there are. */
const paces: Readonly<Record<Strength, readonly [every: number, count: number]>> = {
  strong: [1 * second, 400],
  medium: [20 * second, 150],
  slow: [4 * minute, 110],
};

let strangers = 0;
function stranger(shop: Shop, more: Partial<Caller> = {}): Caller {
  strangers += 1;
  const { random } = shop;
  return {
    subject: `stranger${strangers}`,
    issuer: 'https://login.shop.example',
    kind: 'jwt',
    credential: `stranger${strangers}-t`,
    address: `185.${random.below(255)}.${random.below(255)}.${1 + random.below(250)}`,
    agent: 'chrome',
    ...more,
  };
}

const anybody = (shop: Shop): Caller => ({ ...shop.random.pick(shop.users) });
const nobody = (shop: Shop): Caller => stranger(shop, { subject: undefined });

function row(
  shop: Shop,
  start: number,
  strength: Strength,
  make: (i: number) => readonly [Caller, Call],
  share = 1,
): Facts[] {
  const [every, count] = paces[strength];
  const facts: Facts[] = [];
  let time = start;
  for (let i = 0; i < count * share; i++) {
    const [caller, call] = make(i);
    facts.push(factOf(time, caller, call));
    time += every * shop.random.between(0.5, 1.5);
  }
  return facts;
}

const refused = ['authorize', 'forbidden', 'policy-denied'] as const;
const list = (type: string, many: number, id: (n: number) => string) =>
  Array.from({ length: many }, (_, n) => object(type, id(n)));

export const attacks: readonly Attack[] = [
  {
    kind: 'enumeration, refused',
    detector: 'object-enumeration',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(shop, start, strength, (i) => [
        caller,
        { ...o.getOrder, status: 403, refused, objects: [object('Order', `x${i}`, 'refused')] },
      ]);
    },
  },
  {
    kind: 'enumeration, answered',
    detector: 'object-enumeration',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(shop, start, strength, (i) => [caller, { ...o.getOrder, objects: [object('Order', `y${i}`)] }]);
    },
  },
  {
    kind: 'enumeration over networks',
    detector: 'object-enumeration',
    run(shop, start, strength) {
      const callers = Array.from({ length: 10 }, () => stranger(shop, { agent: 'okhttp' }));
      return row(shop, start, strength, (i) => [callers[i % 10] as Caller, { ...o.getUser, status: 404, objects: [] }]);
    },
  },
  {
    kind: 'credential stuffing',
    detector: 'credential-stuffing',
    run(shop, start, strength) {
      const caller = nobody(shop);
      return row(shop, start, strength, (i) => [
        caller,
        {
          ...o.login,
          status: i % 60 === 59 ? 200 : 401,
          ...(i % 60 === 59 ? {} : { attempt: { account: `a${i}`, secret: `s${i}` } }),
        },
      ]);
    },
  },
  {
    kind: 'credential stuffing over networks',
    detector: 'credential-stuffing',
    run(shop, start, strength) {
      return row(shop, start, strength, (i) => [
        nobody(shop),
        { ...o.login, status: 401, attempt: { account: `b${i}`, secret: `t${i}` } },
      ]);
    },
  },
  {
    kind: 'password spraying',
    detector: 'password-spraying',
    run(shop, start, strength) {
      return row(
        shop,
        start,
        strength,
        (i) => [
          nobody(shop),
          { ...o.login, status: 401, attempt: { account: `c${i}`, secret: `spray${Math.floor(i / 60)}` } },
        ],
        0.6,
      );
    },
  },
  {
    kind: 'stolen token',
    detector: 'credential-moved',
    run(shop, start, strength) {
      const owner = { ...anybody(shop), credential: 'stolen' };
      const thief = { ...owner, address: '185.7.7.7', agent: strength === 'slow' ? 'safari' : 'python' };
      return row(
        shop,
        start,
        strength,
        (i) => [
          i < 5 || i % 4 === 1 ? owner : thief,
          { ...o.listOrders, objects: list('Order', 4, (n) => `${owner.subject}-${n}`) },
        ],
        0.4,
      );
    },
  },
  {
    kind: 'scraping',
    detector: 'scraping',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(
        shop,
        start,
        strength,
        (i) => [
          caller,
          i % 5 === 0
            ? { ...o.listProducts, objects: list('Product', 20, (n) => String(i * 4 + n)) }
            : { ...o.getProduct, objects: [object('Product', String((i * 7) % 4000))] },
        ],
        2,
      );
    },
  },
  {
    kind: 'scraping over credentials',
    detector: 'distributed-scraping',
    run(shop, start, strength) {
      const callers = Array.from({ length: 25 }, () => stranger(shop, { agent: 'okhttp' }));
      return row(
        shop,
        start,
        strength,
        (i) => [callers[i % 25] as Caller, { ...o.getProduct, objects: [object('Product', String(i % 4000))] }],
        8,
      );
    },
  },
  {
    kind: 'probing',
    detector: 'probing',
    run(shop, start, strength) {
      const caller = nobody(shop);
      const names = [
        '.env',
        '.git/config',
        'admin',
        'wp-login.php',
        'api/v2/users',
        'graphql',
        'debug',
        'status',
        'users',
        'internal',
        'backup.sql',
        'metrics',
        'old',
        'test',
        'staging',
      ];
      return row(
        shop,
        start,
        strength,
        (i) => [
          caller,
          {
            operation: '',
            method: i % 7 === 6 ? 'PUT' : 'GET',
            template: `/${names[i % names.length]}${i < names.length ? '' : `/${i}`}`.replace(/\d+$/, (d) => `p${d}`),
            status: 404,
            refused: ['route', 'not-found', 'undocumented-path'],
          },
        ],
        0.4,
      );
    },
  },
  {
    kind: 'injection',
    detector: 'injection',
    run(shop, start, strength) {
      const caller = strength === 'medium' ? nobody(shop) : anybody(shop);
      const targets = [o.search, o.listProducts, o.addToCart, o.getProduct, o.updateUser];
      return row(
        shop,
        start,
        strength,
        (i) => [
          caller,
          i % 9 === 8
            ? { ...(targets[i % 5] as Call), status: 500 }
            : {
                ...(targets[i % 5] as Call),
                status: 400,
                refused: ['validate', 'invalid-request', i % 2 === 0 ? 'schema' : 'parameter'],
              },
        ],
        0.5,
      );
    },
  },
  {
    kind: 'flow out of order',
    detector: 'sequence-violation',
    run(shop, start, strength) {
      const caller = stranger(shop);
      return row(
        shop,
        start,
        strength,
        (i) => [
          caller,
          strength === 'strong'
            ? { ...o.createOrder, status: 403, refused: ['authorize', 'forbidden', 'flow-order'] }
            : { ...o.createOrder, status: 201, objects: [object('Order', `bot${i}`)] },
        ],
        0.2,
      );
    },
  },
  {
    kind: 'answers that grow',
    detector: 'operation-change',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(
        shop,
        start,
        strength,
        () => [
          caller,
          strength === 'medium' ? { ...o.search, duration: 8000 } : { ...o.listOrders, bytes: 900_000, records: 2000 },
        ],
        0.2,
      );
    },
  },
  {
    kind: 'new consumer of administration',
    detector: 'new-consumer',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(
        shop,
        start,
        strength,
        () => [
          caller,
          {
            ...(strength === 'slow' ? o.adminExport : o.adminUsers),
            objects: list('User', 5, (n) => `user${n}`),
            sensitive: { email: 5 },
          },
        ],
        0.1,
      );
    },
  },
  {
    kind: 'dormant key',
    detector: 'dormant-credential',
    run(shop, start, strength) {
      const caller: Caller = {
        subject: 'old-integration',
        issuer: 'keys',
        kind: 'api-key',
        credential: 'old-key',
        address: '185.9.9.9',
        agent: 'python',
      };
      return row(
        shop,
        start,
        strength,
        (i) => [caller, { ...o.getProduct, objects: [object('Product', String(i))] }],
        0.2,
      );
    },
  },
  {
    kind: 'sensitive data to somebody new',
    detector: 'data-leaving',
    run(shop, start, strength) {
      const caller = stranger(shop);
      return row(shop, start, strength, (i) => [
        caller,
        { ...o.getUser, objects: [object('User', `user${i}`)], sensitive: { email: 1, address: 1 } },
      ]);
    },
  },
  {
    kind: 'deprecated operation',
    detector: 'deprecated-rising',
    run(shop, start, strength) {
      const caller = anybody(shop);
      return row(
        shop,
        start,
        strength,
        () => [caller, { ...o.oldProducts, objects: list('Product', 20, () => String(shop.random.below(4000))) }],
        0.8,
      );
    },
  },
  {
    kind: 'canary',
    detector: 'canary',
    run(shop, start) {
      return [factOf(start, anybody(shop), o.internalKeys)];
    },
  },
];
