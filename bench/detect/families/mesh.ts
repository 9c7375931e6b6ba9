import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  customer: { operation: 'getCustomer', method: 'GET', template: '/customers/{customerId}' },
  customers: { operation: 'listCustomers', method: 'GET', template: '/customers' },
  stock: { operation: 'getStock', method: 'GET', template: '/stock/{sku}' },
  reserve: { operation: 'reserveStock', method: 'POST', template: '/stock/{sku}/reservations' },
  order: { operation: 'getOrder', method: 'GET', template: '/orders/{orderId}' },
  create: { operation: 'createOrder', method: 'POST', template: '/orders' },
  settle: { operation: 'capturePayment', method: 'POST', template: '/payments' },
  dump: { operation: 'exportOrders', method: 'GET', template: '/internal/orders/export' },
} as const satisfies Record<string, Call>;

interface Service {
  readonly name: string;
  readonly perDay: number;
  readonly calls: readonly (keyof typeof o)[];
}

const services: readonly Service[] = [
  { name: 'checkout', perDay: 900, calls: ['customer', 'stock', 'reserve', 'create', 'settle'] },
  { name: 'storefront', perDay: 1200, calls: ['stock', 'stock', 'stock', 'customer'] },
  { name: 'basket', perDay: 600, calls: ['stock', 'customer'] },
  { name: 'mailer', perDay: 260, calls: ['customer', 'order'] },
  { name: 'fraud', perDay: 300, calls: ['order', 'customer', 'customer'] },
  { name: 'picking', perDay: 420, calls: ['order', 'stock'] },
  { name: 'shipping', perDay: 250, calls: ['order', 'customer'] },
  { name: 'returns', perDay: 60, calls: ['order', 'customer', 'stock'] },
  { name: 'support', perDay: 140, calls: ['customer', 'order', 'order'] },
  { name: 'loyalty', perDay: 180, calls: ['customer', 'order'] },
  { name: 'pricing', perDay: 300, calls: ['stock'] },
  { name: 'billing', perDay: 240, calls: ['order', 'customer', 'settle'] },
  { name: 'search', perDay: 90, calls: ['stock'] },
  { name: 'reviews', perDay: 40, calls: ['order', 'customer'] },
];

/** Programs of one company among themselves: pods come and go with each deployment, tokens last an hour, a region falls, an index is built again. */
function mesh(seed: number, days: number): World {
  const t = new Traffic(seed * 191 + 11, Date.UTC(2027, 2, 1), days);
  const { random } = t;
  const callers: Caller[] = [];
  const failover = t.begin + random.between(2.5, days - 1) * day;
  const down = t.begin + random.between(1.5, days - 0.5) * day;
  const reindex = t.begin + random.between(4, days - 1) * day;
  const blackFriday = 3 + random.below(4);
  const customers = 4000;
  const skus = 900;
  const all: readonly Service[] = [
    ...services,
    { name: 'recommender', perDay: 400, calls: ['order', 'stock', 'customer'] },
  ];
  for (const [s, service] of all.entries()) {
    let version = 1 + random.below(40);
    let pods: string[] = [];
    const deploy = (): void => {
      version += 1;
      pods = Array.from({ length: 2 + random.below(5) }, () => `10.244.${random.below(12)}.${2 + random.below(250)}`);
    };
    deploy();
    const begins = service.name === 'recommender' ? 3.4 : 0;
    const identity = { subject: `svc-${service.name}`, issuer: 'https://sts.mesh.example', kind: 'jwt' };
    if (begins === 0)
      callers.push({ ...identity, credential: '', address: pods[0] as string, agent: `${service.name}/${version}` });
    const at = (time: number): Caller => {
      const inHour = Math.floor(time / hour);
      const pod = random.pick(pods);
      return {
        ...identity,
        // Each pod has its own token, for an hour.
        credential: `${service.name}-${pod}-${inHour}`,
        address: time > failover && time < failover + 3 * hour ? pod.replace('10.244.', '10.60.') : pod,
        agent: `${service.name}/${version}`,
      };
    };
    const make = (name: keyof typeof o, time: number): Call => {
      const call = o[name];
      const id = {
        customer: customers,
        customers,
        stock: skus,
        reserve: skus,
        order: 9000,
        create: 9000,
        settle: 9000,
        dump: 1,
      }[name];
      const type = {
        customer: 'Customer',
        customers: 'Customer',
        stock: 'Stock',
        reserve: 'Reservation',
        order: 'Order',
        create: 'Order',
        settle: 'Payment',
        dump: 'Order',
      }[name];
      if (random.chance(0.004))
        return name === 'create' || name === 'reserve' ? { ...call, ...invalid } : { ...call, status: 404 };
      const recent =
        name === 'order'
          ? Math.floor((time - t.begin) / minute / 1.5) + random.below(60)
          : Math.floor(random.next() ** 1.5 * id);
      return {
        ...call,
        status: call.method === 'POST' ? 201 : 200,
        objects: [object(type, call.method === 'POST' ? `${s}-${time}` : String(recent))],
        ...(name === 'customer' ? { sensitive: { email: 1, address: 1 } } : {}),
      };
    };
    for (let d = 0; d < days; d++) {
      if (d < Math.floor(begins)) continue;
      // Half of the services are deployed on a working day, some twice.
      for (let n = 0; n < service.perDay * (d === blackFriday ? 3 : 1) * random.between(0.85, 1.15); n++) {
        if (t.weekday(d) < 5 && random.chance(0.9 / service.perDay)) deploy();
        const time = t.at(d, [11, 8], [19, 5]);
        if (time < t.begin + begins * day) continue;
        const call = make(random.pick(service.calls), time);
        if (time > down && time < down + 20 * minute && call.template.startsWith('/stock'))
          for (let k = 0; k < 4; k++)
            t.call(time + k * 700, at(time), { ...call, status: random.pick([500, 503, 504]), objects: [] });
        else t.call(time, at(time), call);
      }
      if (service.name === 'search' && t.weekday(d) === 6)
        for (let n = 0; n < 200; n++) {
          const time = t.begin + d * day + 3 * hour + n * 2 * second;
          t.call(time, at(time), { ...o.stock, objects: [object('Stock', String((n * 37) % skus))] });
        }
    }
    if (service.name === 'search')
      for (let n = 0; n < skus; n++) {
        const time = reindex + n * 800;
        t.call(time, at(time), { ...o.stock, objects: [object('Stock', String(n))] });
      }
    if (service.name === 'billing')
      for (let d = 0; d < days; d++)
        for (let n = 0; n < 80; n++) {
          const time = t.begin + d * day + 1 * hour + n * second;
          t.call(time, at(time), {
            ...o.customers,
            objects: Array.from({ length: 50 }, (_, k) => object('Customer', String(n * 50 + k))),
          });
        }
  }
  const warehouse: Caller = {
    subject: 'svc-warehouse',
    issuer: 'https://sts.mesh.example',
    kind: 'jwt',
    credential: '',
    address: '10.9.0.4',
    agent: 'spark/3',
  };
  for (let d = 0; d < days; d++)
    t.call(
      t.begin + d * day + 2 * hour,
      { ...warehouse, credential: `warehouse-${d}` },
      { ...o.dump, records: 1500, bytes: 4_000_000, duration: 9000 },
    );
  return t.world(
    {
      single: o.customer,
      type: 'Customer',
      list: o.customers,
      write: o.reserve,
      profile: o.customer,
      business: o.settle,
      admin: o.dump,
    },
    callers,
  );
}

export const meshFamily: Family = { name: 'mesh', heldOut: false, make: mesh };
