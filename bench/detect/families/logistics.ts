import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  shipment: { operation: 'getShipment', method: 'GET', template: '/shipments/{shipmentId}' },
  scan: { operation: 'recordScan', method: 'POST', template: '/scans' },
  book: { operation: 'bookPickup', method: 'POST', template: '/pickups' },
  quote: { operation: 'quote', method: 'POST', template: '/quotes' },
  addressee: { operation: 'getAddressee', method: 'GET', template: '/addressees/{id}' },
  label: { operation: 'getLabelV1', method: 'GET', template: '/v1/labels/{id}' },
  tariffs: { operation: 'adminUpdateTariffs', method: 'PUT', template: '/admin/tariffs' },
} as const satisfies Record<string, Call>;

/** Parcels: partners that ask for thousands of shipments by number at night, a hall of scanners behind one address. */
function logistics(seed: number, days: number): World {
  const t = new Traffic(seed * 37 + 11, Date.UTC(2026, 8, 7), days);
  const { random } = t;
  const number = (d: number, n: number): string => `S${d}-${n}`;
  for (let i = 0; i < 6; i++) {
    const partner = keyed(`merchant${i}`, `198.51.100.${10 + i}`);
    const size = [900, 400, 250, 120, 60, 30][i] as number;
    for (let d = 0; d < days; d++) {
      const next = t.clock(t.begin + d * day + (1 + i * 0.6) * hour + random.below(20) * minute, 1500);
      // Mondays three times as many: what was sold at the weekend.
      const today = Math.round(
        size * (t.weekday(d) === 0 ? 2.4 : 1) * random.between(0.8, 1.2) * (i === 2 && d === 6 ? 1.8 : 1),
      );
      for (let n = 0; n < today; n++) {
        // Numbers are the merchant's own: many are not known here yet.
        const unknown = random.chance(0.09);
        t.call(
          next(),
          partner,
          unknown
            ? { ...o.shipment, status: 404 }
            : { ...o.shipment, objects: [object('Shipment', number(d, i * 1000 + n))] },
        );
      }
      for (let n = 0; n < today / 12; n++) {
        const at = next();
        if (random.chance(0.5)) t.call(at, partner, { ...o.quote, status: 200 });
        t.call(
          at + 700,
          partner,
          random.chance(0.04)
            ? { ...o.book, ...invalid }
            : { ...o.book, status: 201, objects: [object('Pickup', `${i}-${d}-${n}`)] },
        );
      }
    }
  }
  const callers: Caller[] = [];
  for (let i = 0; i < 90; i++) {
    const hall = i < 70;
    const scanner: Caller = {
      subject: `scanner${i}`,
      issuer: 'https://id.parcels.example',
      kind: 'jwt',
      credential: `scanner${i}`,
      address: hall ? '203.0.113.20' : t.home(100, 3),
      agent: 'scanner-4',
    };
    callers.push(scanner);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) === 6 || random.chance(0.1)) continue;
      const shift = random.pick([5, 13]);
      const next = t.clock(t.begin + d * day + shift * hour + random.below(20) * minute, 5 * minute);
      const many = Math.floor(random.between(30, 70));
      const me = { ...scanner, credential: `scanner${i}-${d}` };
      for (let n = 0; n < many; n++) {
        const time = next();
        if (!hall && random.chance(0.05)) me.address = t.home(100, 3);
        const id = number(d, random.below(3000));
        t.call(
          time,
          me,
          random.chance(0.02)
            ? { ...o.scan, ...invalid }
            : { ...o.scan, status: 201, objects: [object('Shipment', id)] },
        );
        if (random.chance(0.15))
          t.call(
            time + 2 * second,
            me,
            random.chance(0.06) ? { ...o.shipment, status: 404 } : { ...o.shipment, objects: [object('Shipment', id)] },
          );
        if (!hall && random.chance(0.3))
          t.call(time + 3 * second, me, {
            ...o.addressee,
            objects: [object('Addressee', id)],
            sensitive: { phone: 1, address: 1 },
          });
      }
    }
  }
  // The hall's own system prints labels with the old version, in waves.
  const printer = keyed('printer', '203.0.113.20', 'printer-1');
  for (let d = 0; d < days; d++)
    for (let wave = 0; wave < 5; wave++) {
      const next = t.clock(t.begin + d * day + (6 + wave * 3) * hour, second);
      for (let n = 0; n < 30 + random.below(30); n++)
        t.call(next(), printer, { ...o.label, objects: [object('Label', `${d}-${wave}-${n}`)], bytes: 40_000 });
    }
  const manager = { ...(callers[0] as Caller), subject: 'pricing', credential: 'pricing', agent: 'edge' };
  for (let d = 0; d < days; d += 2) t.call(t.begin + d * day + 10 * hour, manager, { ...o.tariffs, status: 204 });
  const dormant = keyed('old-merchant', '192.0.2.210');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.shipment,
      objects: [object('Shipment', number(0, n))],
    });
  return t.world(
    {
      single: o.shipment,
      type: 'Shipment',
      list: o.shipment,
      write: o.scan,
      profile: o.addressee,
      admin: o.tariffs,
      deprecated: o.label,
    },
    callers,
    dormant,
  );
}

export const logisticsFamily: Family = { name: 'logistics', heldOut: false, make: logistics };
