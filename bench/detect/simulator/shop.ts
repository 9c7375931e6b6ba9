import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from './fact.ts';
import { Random } from './random.ts';

export const day = 86_400_000;
export const hour = 3_600_000;
const minute = 60_000;
const second = 1000;

/** A Monday, midnight. */
export const begin = Date.UTC(2026, 2, 2);

const products = 4000;
/** How busy each hour of a day is. */
const rhythm = [2, 1, 1, 1, 1, 2, 5, 12, 20, 24, 25, 24, 22, 23, 24, 22, 20, 18, 19, 22, 24, 18, 10, 5];

export const operations = {
  login: { operation: 'login', method: 'POST', template: '/login' },
  listProducts: { operation: 'listProducts', method: 'GET', template: '/products' },
  getProduct: { operation: 'getProduct', method: 'GET', template: '/products/{productId}' },
  search: { operation: 'searchProducts', method: 'GET', template: '/products/search' },
  listOrders: { operation: 'listOrders', method: 'GET', template: '/orders' },
  getOrder: { operation: 'getOrder', method: 'GET', template: '/orders/{orderId}' },
  createOrder: { operation: 'createOrder', method: 'POST', template: '/orders' },
  addToCart: { operation: 'addToCart', method: 'POST', template: '/cart/items' },
  getUser: { operation: 'getUser', method: 'GET', template: '/users/{userId}' },
  updateUser: { operation: 'updateUser', method: 'PATCH', template: '/users/{userId}' },
  oldProducts: { operation: 'oldListProducts', method: 'GET', template: '/v1/products' },
  adminUsers: { operation: 'adminListUsers', method: 'GET', template: '/admin/users' },
  adminExport: { operation: 'adminExport', method: 'GET', template: '/admin/export' },
  internalKeys: { operation: 'internalKeys', method: 'GET', template: '/internal/keys' },
} as const satisfies Readonly<Record<string, Call>>;

export interface ShopOptions {
  readonly seed: number;
  readonly days: number;
  readonly users?: number;
}

/** A shop for some days: users with their rhythm, an office behind one address, a proxy pool, telephones, partners, jobs, crawlers. */
export class Shop {
  readonly random: Random;
  readonly users: (Caller & { readonly orders: string[]; readonly pace: number })[] = [];
  readonly facts: Facts[] = [];
  readonly days: number;
  readonly #broken: {
    readonly from: number;
    readonly to: number;
    readonly operation: string;
    readonly status: number;
  }[] = [];
  /** From when on a new version of the app is out. */
  readonly #release: number;

  constructor({ seed, days, users = 120 }: ShopOptions) {
    this.random = new Random(seed);
    this.days = days;
    const { random } = this;
    this.#release = begin + day * random.between(2, days - 0.5);
    for (let i = 0; i < 2; i++) {
      const from = begin + day * random.between(1.5, days - 0.2);
      this.#broken.push({
        from,
        to: from + random.between(10, 90) * minute,
        operation: random.pick(['getOrder', 'listOrders', 'getProduct', 'createOrder', 'getUser']),
        status: random.pick([500, 500, 404, 400, 403]),
      });
    }
    for (let i = 0; i < users; i++) this.users.push(this.#newUser(i));
    for (const user of this.users) this.#userDays(user);
    for (let i = 0; i < 4; i++) this.#partner(i);
    for (let i = 0; i < 3; i++) this.#job(i);
    this.#crawler();
    this.#administrators();
    this.#oldKey();
  }

  #newUser(i: number): Shop['users'][number] {
    const { random } = this;
    const place = random.next();
    const address =
      place < 0.25
        ? '203.0.113.7'
        : place < 0.4
          ? `198.51.100.${10 + random.below(4)}`
          : `${60 + random.below(30)}.${random.below(255)}.${random.below(255)}.${1 + random.below(250)}`;
    return {
      subject: `user${i}`,
      issuer: 'https://login.shop.example',
      kind: 'jwt',
      credential: `t${i}-0`,
      address,
      agent: random.chance(0.5) ? 'app-5.1' : random.pick(['firefox', 'chrome', 'safari']),
      orders: Array.from({ length: 1 + random.below(8) }, (_, n) => `${i}-${n}`),
      pace: random.logNormal(1, 0.6),
    };
  }

  #userDays(user: Shop['users'][number]): void {
    const { random } = this;
    for (let d = 0; d < this.days; d++) {
      const weekend = d % 7 >= 5 ? 0.6 : 1;
      const sessions = Math.min(
        6,
        Math.floor(random.exponential(1.3 * user.pace * weekend)) + (random.chance(0.4) ? 1 : 0),
      );
      for (let n = 0; n < sessions; n++) this.#session(user, begin + d * day + this.#hourOfDay() * hour, `${d}-${n}`);
    }
  }

  #hourOfDay(): number {
    const { random } = this;
    let rest = random.next() * rhythm.reduce((a, b) => a + b, 0);
    for (let at = 0; at < 24; at++) {
      rest -= rhythm[at] ?? 0;
      if (rest < 0) return at + random.next();
    }
    return 12;
  }

  /** Adds a call; on a network that is lost now and then, or to an operation that a deployment broke, several. */
  call(time: number, caller: Caller, call: Call): void {
    const { random } = this;
    const broken = this.#broken.find(
      ({ from, to, operation }) => time >= from && time < to && operation === call.operation,
    );
    if (broken === undefined) {
      this.facts.push(factOf(time, caller, call));
      if (caller.agent.startsWith('app') && random.chance(0.01)) this.facts.push(factOf(time + 900, caller, call));
      return;
    }
    const failed: Call = {
      ...call,
      status: broken.status,
      objects: [],
      ...(broken.status === 400 ? { refused: ['validate', 'invalid-request', 'schema'] as const } : {}),
    };
    // Telephones try again.
    for (let i = 0; i < (caller.agent.startsWith('app') ? 4 : 1 + random.below(2)); i++)
      this.facts.push(factOf(time + i * 1500, caller, failed));
  }

  #session(user: Shop['users'][number], start: number, name: string): void {
    const { random } = this;
    const o = operations;
    let time = start;
    const wait = (): number => (time += random.exponential(9 * second) + 400);
    const mobile = user.agent.startsWith('app');
    const caller: Caller = { ...user, credential: `${user.subject}-${name}` };
    if (mobile && time > this.#release && random.chance(0.7)) caller.agent = user.agent = 'app-5.2';
    if (mobile && random.chance(0.4))
      caller.address = `100.${64 + random.below(20)}.${random.below(255)}.${random.below(255)}`;
    if (random.chance(0.5)) {
      while (random.chance(0.12))
        this.call(wait(), caller, {
          ...o.login,
          status: 401,
          attempt: { account: user.subject, secret: `w${random.below(1e6)}` },
        });
      this.call(wait(), { ...caller, subject: undefined }, o.login);
    }
    if (caller.agent === 'app-5.2')
      this.call(wait(), caller, {
        operation: '',
        method: 'GET',
        template: '/recommendations',
        status: 404,
        refused: ['route', 'not-found', 'undocumented-path'],
      });
    if (!mobile && random.chance(0.1))
      this.call(
        wait(),
        { ...caller, subject: undefined },
        { operation: '', method: 'GET', template: '/favicon.ico', status: 404 },
      );
    const steps = 2 + Math.floor(random.logNormal(7, 0.8));
    let cart = 0;
    let seen: string[] = [];
    for (let i = 0; i < Math.min(steps, 150); i++) {
      const roll = random.next();
      if (mobile && random.chance(0.02))
        caller.address = `100.${64 + random.below(20)}.${random.below(255)}.${random.below(255)}`;
      if (roll < 0.22 || seen.length === 0) {
        seen = Array.from({ length: 20 }, () => String(Math.floor(random.next() ** 2.5 * products)));
        this.call(wait(), caller, {
          ...(random.chance(0.4) ? o.search : o.listProducts),
          objects: seen.map((id) => object('Product', id)),
          duration: random.logNormal(30, 0.5),
        });
      } else if (roll < 0.6) {
        const linked = random.chance(0.06) ? String(random.below(products)) : random.pick(seen);
        const gone = random.chance(0.01);
        this.call(wait(), caller, {
          ...o.getProduct,
          status: gone ? 404 : 200,
          objects: gone ? [] : [object('Product', linked)],
          duration: random.logNormal(12, 0.5),
        });
      } else if (roll < 0.7) {
        this.call(wait(), caller, { ...o.listOrders, objects: user.orders.map((id) => object('Order', id)) });
      } else if (roll < 0.8) {
        this.call(wait(), caller, { ...o.getOrder, objects: [object('Order', random.pick(user.orders))] });
      } else if (roll < 0.86) {
        const wrong = random.chance(0.06);
        this.call(wait(), caller, {
          ...o.addToCart,
          status: wrong ? 400 : 201,
          ...(wrong ? { refused: ['validate', 'invalid-request', 'schema'] as const } : {}),
        });
        if (!wrong) cart += 1;
      } else if (roll < 0.9 && cart > 0) {
        const id = `${user.subject}-${name}-${i}`;
        user.orders.push(id);
        cart = 0;
        this.call(wait(), caller, { ...o.createOrder, status: 201, objects: [object('Order', id)] });
      } else if (roll < 0.97) {
        this.call(wait(), caller, {
          ...(random.chance(0.2) ? o.updateUser : o.getUser),
          objects: [object('User', user.subject ?? '')],
          sensitive: { email: 1 },
        });
      } else if (random.chance(0.3)) {
        // An old link.
        this.call(wait(), caller, {
          ...o.getOrder,
          status: random.chance(0.5) ? 403 : 404,
          refused: ['authorize', 'forbidden', 'policy-denied'],
          objects: [object('Order', `old${random.below(500)}`, 'refused')],
        });
      }
    }
  }

  #partner(i: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `partner${i}`,
      issuer: 'keys',
      kind: 'api-key',
      credential: `key-${i}`,
      address: `192.0.2.${10 + i}`,
      agent: `partner-${i}`,
    };
    const often = random.between(3, 12) * minute;
    for (let time = begin; time < begin + this.days * day; time += random.exponential(often)) {
      if (random.chance(0.1)) caller.address = `192.0.2.${10 + i + 20 * random.below(3)}`;
      const at = ((time - begin) / hour) % 24;
      if ((rhythm[Math.floor(at)] ?? 1) < random.below(26)) continue;
      this.call(time, caller, {
        ...(i === 0 ? operations.oldProducts : operations.listProducts),
        objects: Array.from({ length: 50 }, () => object('Product', String(random.below(products)))),
      });
      if (random.chance(0.3))
        this.call(time + 800, caller, {
          ...operations.getProduct,
          objects: [object('Product', String(random.below(products)))],
        });
    }
  }

  #job(i: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `job${i}`,
      issuer: 'keys',
      kind: 'api-key',
      credential: `job-${i}`,
      address: `10.0.0.${5 + i}`,
      agent: 'job',
    };
    const every = i === 2 ? 3.5 * day : day;
    for (let start = begin + (1 + i * 2) * hour; start < begin + this.days * day; start += every) {
      const pages = Math.round(random.between(60, 90) * (i === 2 ? 1.5 : 1));
      for (let page = 0; page < pages; page++)
        this.call(start + page * 2500, caller, {
          ...operations.listProducts,
          objects: Array.from({ length: 50 }, (_, n) => object('Product', String((page * 50 + n) % products))),
        });
    }
  }

  #crawler(): void {
    const { random } = this;
    const caller: Caller = {
      subject: undefined,
      issuer: '',
      kind: '',
      credential: '',
      address: '66.249.66.1',
      agent: 'crawler',
    };
    for (let time = begin; time < begin + this.days * day; time += random.exponential(4 * minute)) {
      caller.address = `66.249.66.${1 + random.below(20)}`;
      if (random.chance(0.02))
        this.call(time, caller, { operation: '', method: 'GET', template: '/robots.txt', status: 404 });
      const gone = random.chance(0.05);
      this.call(time, caller, {
        ...operations.getProduct,
        status: gone ? 404 : 200,
        objects: gone ? [] : [object('Product', String(random.below(products)))],
      });
    }
  }

  #administrators(): void {
    const { random } = this;
    for (let i = 0; i < 2; i++) {
      const caller: Caller = {
        ...this.#newUser(1000 + i),
        subject: `admin${i}`,
        address: '203.0.113.7',
        agent: 'firefox',
      };
      for (let d = 0; d < this.days; d++) {
        if (d % 7 >= 5) continue;
        for (let n = 0; n < 6; n++)
          this.call(
            begin + d * day + random.between(8, 17) * hour,
            { ...caller, credential: `admin${i}-${d}` },
            {
              ...(n === 0 && d % 3 === 0 ? operations.adminExport : operations.adminUsers),
              objects: Array.from({ length: 20 }, () => object('User', `user${random.below(120)}`)),
              sensitive: { email: 20 },
            },
          );
      }
    }
  }

  /** A key that is used for two days and then never again. */
  #oldKey(): void {
    const { random } = this;
    const caller: Caller = {
      subject: 'old-integration',
      issuer: 'keys',
      kind: 'api-key',
      credential: 'old-key',
      address: '192.0.2.200',
      agent: 'old-integration',
    };
    for (let n = 0; n < 40; n++)
      this.call(begin + random.between(0.2, 1.8) * day, caller, {
        ...operations.listProducts,
        objects: Array.from({ length: 20 }, () => object('Product', String(random.below(products)))),
      });
  }
}
