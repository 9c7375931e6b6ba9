import { object, type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
  hour,
  invalid,
  keyed,
  minute,
  second,
  Traffic,
  undocumented,
  type Family,
  type World,
} from './traffic.ts';

const o = {
  articles: { operation: 'listArticles', method: 'GET', template: '/articles' },
  article: { operation: 'getArticle', method: 'GET', template: '/articles/{articleId}' },
  stock: { operation: 'putStock', method: 'PUT', template: '/articles/{articleId}/stock' },
  orders: { operation: 'listOrders', method: 'GET', template: '/orders' },
  order: { operation: 'getOrder', method: 'GET', template: '/orders/{orderId}' },
  buyer: { operation: 'getBuyer', method: 'GET', template: '/buyers/{buyerId}' },
  report: { operation: 'exportSales', method: 'GET', template: '/reports/sales' },
  old: { operation: 'listArticlesV1', method: 'GET', template: '/v1/articles' },
} as const satisfies Record<string, Call>;

/** Programs of shops: each night everything is paged through; one shop is a hundred times the others; all get new keys on one day. */
function sync(seed: number, days: number): World {
  const t = new Traffic(seed * 157 + 23, Date.UTC(2027, 6, 5), days);
  const { random } = t;
  const rekeyed = random.pick([4, 5, 6]);
  const again = random.pick([4, 6, 7]);
  const callers: Caller[] = [];
  for (let i = 0; i < 45; i++) {
    const size = i === 0 ? 4000 : Math.round(random.logNormal(45, 0.9)) + 5;
    const agent = random.pick(['erp-nord/4', 'erp-sued/2', 'shopsync', 'php-client']);
    // New keys are of a new kind of credential, and have new subjects.
    const shop = (d: number): Caller =>
      d >= rekeyed + (i % 5 === 0 ? 1 : 0)
        ? {
            subject: `shop-${i}@2`,
            issuer: 'https://keys.sync.example',
            kind: 'jwt',
            credential: `shop${i}-${d}`,
            address: `198.51.100.${i + 100}`,
            agent,
          }
        : { ...keyed(`shop${i}`, `198.51.100.${i + 100}`, agent) };
    callers.push(shop(6));
    for (let d = 0; d < days; d++) {
      const me = shop(d);
      let time = t.begin + d * day + (1 + (i % 4)) * hour + i * minute;
      const pause = i === 0 ? 2 * second : 3 * second;
      // Only a part is paged through but when a database was set up again.
      const all = i === 0 ? 1 : i % 9 === 4 && d === again ? 1 : 0.4;
      for (let n = 0; n < size * all; n += 50)
        t.call((time += pause), me, {
          ...(i % 11 === 7 ? o.old : o.articles),
          objects: Array.from({ length: Math.min(50, size) }, (_, k) => object('Article', `${i}-${n + k}`)),
        });
      if (i % 9 === 4 && d === again)
        for (let n = 0; n < size; n++)
          t.call((time += pause), me, { ...o.article, objects: [object('Article', `${i}-${n}`)] });
      // What was sold is written back one by one, all day.
      const sold = i === 0 ? 500 : Math.round(size * random.between(0.1, 0.5));
      for (let n = 0; n < sold; n++) {
        const when = t.at(d, [11, 6], [20, 4]);
        const id = `${i}-${random.below(size)}`;
        t.call(
          when,
          me,
          random.chance(0.015)
            ? { ...o.stock, ...invalid }
            : random.chance(0.02)
              ? { ...o.stock, status: 404 }
              : { ...o.stock, objects: [object('Article', id)] },
        );
        if (random.chance(0.4)) {
          t.call(when + 5 * second, me, { ...o.order, objects: [object('Order', `${i}-${d}-${n}`)] });
          t.call(when + 7 * second, me, {
            ...o.buyer,
            objects: [object('Buyer', `${i}-${d}-${n}`)],
            sensitive: { email: 1, address: 1 },
          });
        }
      }
      for (let h = 6; h < 23; h++)
        t.call(t.begin + d * day + h * hour + i * 40 * second, me, {
          ...o.orders,
          objects: Array.from({ length: Math.min(50, Math.ceil(sold / 15)) }, (_, k) =>
            object('Order', `${i}-${d}-${k}`),
          ),
        });
      if (i % 7 === 3 && t.weekday(d) === 0)
        t.call(time + hour, me, { ...o.report, records: sold * 7, sensitive: { email: sold } });
      // One still shows its old key for a day.
      if (d === rekeyed && i % 6 === 1)
        for (let n = 0; n < 40; n++)
          t.call(
            t.begin + d * day + n * 20 * minute,
            { ...keyed(`shop${i}`, `198.51.100.${i + 100}`, agent), subject: undefined },
            {
              ...o.orders,
              status: 401,
              refused: ['authenticate', 'unauthenticated', 'revoked'],
              attempt: { secret: `key-shop${i}` },
            },
          );
      if (agent === 'php-client' && d > 4) t.call(time + 2 * hour, me, undocumented('/version'));
    }
  }
  const dormant = keyed('old-shop', '192.0.2.245', 'php-client');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.orders, objects: [object('Order', `old-${n}`)] });
  return t.world(
    {
      single: o.order,
      type: 'Order',
      list: o.articles,
      write: o.stock,
      profile: o.buyer,
      admin: o.report,
      deprecated: o.old,
    },
    callers,
    dormant,
  );
}

export const syncFamily: Family = { name: 'sync', heldOut: false, make: sync };
