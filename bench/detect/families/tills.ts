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
  menu: { operation: 'getMenu', method: 'GET', template: '/restaurants/{restaurantId}/menu' },
  item: { operation: 'getMenuItem', method: 'GET', template: '/items/{itemId}' },
  bill: { operation: 'createBill', method: 'POST', template: '/bills' },
  open: { operation: 'listOpenBills', method: 'GET', template: '/bills' },
  read: { operation: 'getBill', method: 'GET', template: '/bills/{billId}' },
  pay: { operation: 'payBill', method: 'POST', template: '/bills/{billId}/payments' },
  member: { operation: 'getMember', method: 'GET', template: '/members/{phone}' },
  refund: { operation: 'adminRefund', method: 'POST', template: '/admin/refunds' },
  figures: { operation: 'listFiguresV1', method: 'GET', template: '/v1/figures' },
} as const satisfies Record<string, Call>;

/** Tills of restaurants: all of one share a key, go over to a telephone network when the line is down, send at once what had to wait; most guests are no members. */
function tills(seed: number, days: number): World {
  const t = new Traffic(seed * 211 + 41, Date.UTC(2027, 8, 6), days);
  const { random } = t;
  const callers: Caller[] = [];
  const newMenu = 2 + random.below(5);
  const update = t.begin + (1 + random.below(6)) * day + 4 * hour;
  for (let i = 0; i < 46; i++) {
    const machines = 1 + random.below(6);
    const line = t.home(84, 3);
    const shop: Caller = { ...keyed(`till${i}`, line, 'till-7'), credential: `key-till${i}` };
    callers.push(shop);
    const offline = random.chance(0.4) ? random.between(1, days) * day + t.begin : -1;
    const often = random.logNormal(26, 0.6);
    const closed = random.below(7);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) === closed) continue;
      const many = Math.round(often * (t.weekday(d) > 3 ? 1.7 : 1) * random.between(0.7, 1.3));
      for (let n = 0; n < many; n++) {
        const start = t.at(d, [12.7, 1.6], [19.8, 2.6], [19.8, 2.6]);
        const isDown = offline > 0 && start > offline && start < offline + 3 * hour;
        // Without a line: half of the tills have a telephone card, the others send when it is back.
        const waits = isDown && i % 2 === 0;
        const at = waits ? offline + 3 * hour + random.below(90) * second : start;
        const me: Caller = {
          ...shop,
          address: isDown && !waits ? `37.80.${i}.${20 + random.below(200)}` : line,
          agent: at > update ? 'till-8' : n % machines === 0 ? 'till-7' : 'till-7-tablet',
        };
        const next = t.clock(at, waits ? 500 : 40 * second);
        const id = `${i}-${d}-${n}`;
        t.call(
          next(),
          me,
          random.chance(0.02) ? { ...o.bill, ...invalid } : { ...o.bill, status: 201, objects: [object('Bill', id)] },
        );
        if (random.chance(0.5))
          t.call(next(), me, {
            ...o.open,
            objects: Array.from({ length: random.below(14) }, (_, k) =>
              object('Bill', `${i}-${d}-${Math.max(0, n - k)}`),
            ),
          });
        if (random.chance(0.45))
          t.call(
            next(),
            me,
            random.chance(0.6)
              ? { ...o.member, status: 404 }
              : {
                  ...o.member,
                  objects: [object('Member', String(random.below(5000)))],
                  sensitive: { name: 1, phone: 1 },
                },
          );
        if (random.chance(0.3)) t.call(next(), me, { ...o.read, objects: [object('Bill', id)] });
        t.call(next(), me, { ...o.pay, status: random.chance(0.06) ? 402 : 201, objects: [object('Payment', id)] });
        if (random.chance(0.006)) t.call(next(), me, { ...o.refund, status: 201 });
      }
      const wake = t.clock(t.begin + d * day + 10 * hour + random.below(60) * minute, 2 * second);
      const fresh = d === newMenu ? 140 : 6;
      t.call(wake(), shop, { ...o.menu, objects: [object('Menu', String(i % 5))], bytes: 60_000 });
      for (let k = 0; k < fresh; k++)
        t.call(wake(), shop, {
          ...o.item,
          objects: [object('Item', `${i % 5}-${d === newMenu ? `n${k}` : random.below(140)}`)],
        });
      // Who closes counts the day.
      const close = t.clock(t.begin + d * day + 22.5 * hour + random.below(60) * minute, 3 * second);
      for (let k = 0; k < Math.min(many, 25); k++)
        t.call(close(), shop, { ...o.read, objects: [object('Bill', `${i}-${d}-${k}`)] });
    }
  }
  for (let p = 0; p < 3; p++) {
    const platform = keyed(`delivery${p}`, `192.0.2.${150 + p}`, `courier-${p}`);
    for (let d = 0; d < days; d++)
      for (let n = 0; n < 170 * random.between(0.6, 1.6); n++) {
        const time = t.at(d, [12.5, 2], [19.5, 3]);
        t.call(
          time,
          platform,
          random.chance(0.3)
            ? { ...o.menu, objects: [object('Menu', String(random.below(5)))], bytes: 60_000 }
            : { ...o.bill, status: random.chance(0.05) ? 422 : 201, objects: [object('Bill', `d${p}-${d}-${n}`)] },
        );
        if (p === 1 && random.chance(0.03)) t.call(time + 200, platform, undocumented('/restaurants/opening-hours'));
      }
  }
  const office = keyed('head-office', '198.51.100.12', 'excel');
  for (let d = 0; d < days; d++)
    for (let i = 0; i < 46; i++)
      t.call(t.begin + d * day + 7 * hour + i * 2 * second, office, { ...o.figures, records: 30, bytes: 4000 });
  const dormant = keyed('old-till', '192.0.2.160', 'till-5');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.read, objects: [object('Bill', `0-0-${n}`)] });
  return t.world(
    {
      single: o.member,
      type: 'Member',
      list: o.open,
      write: o.bill,
      profile: o.member,
      business: o.pay,
      admin: o.refund,
      deprecated: o.figures,
    },
    callers,
    dormant,
  );
}

export const tillsFamily: Family = { name: 'tills', heldOut: true, make: tills };
