import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, keyed, minute, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  telemetry: { operation: 'putTelemetry', method: 'PUT', template: '/devices/{deviceId}/telemetry' },
  config: { operation: 'getConfig', method: 'GET', template: '/devices/{deviceId}/config' },
  devices: { operation: 'listDevices', method: 'GET', template: '/devices' },
  firmware: { operation: 'getFirmware', method: 'GET', template: '/firmware/{version}' },
  enrol: { operation: 'enrolDevice', method: 'POST', template: '/devices' },
  reset: { operation: 'adminResetDevice', method: 'POST', template: '/admin/devices/{deviceId}/reset' },
  keys: { operation: 'factoryKeys', method: 'GET', template: '/factory/keys' },
} as const satisfies Record<string, Call>;

/** Twenty thousand meters that report now and then, a new firmware for all on one day, certificates that ran out. */
function fleet(seed: number, days: number): World {
  const t = new Traffic(seed * 41 + 13, Date.UTC(2026, 10, 2), days);
  const { random } = t;
  const callers: Caller[] = [];
  const devices = 20_000;
  const update = t.begin + random.between(3.5, 6) * day;
  const expired = t.begin + random.between(4, days - 1) * day;
  for (let i = 0; i < devices; i++) {
    const caller: Caller = {
      subject: `meter${i}`,
      issuer: 'fleet-ca',
      kind: 'certificate',
      credential: `cert-${i}`,
      address: `100.${64 + (i % 8)}.${(i >> 3) % 250}.${1 + random.below(250)}`,
      agent: i % 5 === 0 ? 'meter-fw-3.0' : 'meter-fw-3.1',
    };
    if (i < 300) callers.push(caller);
    let updated = false;
    // Some report often: pumps.
    const every = i % 400 === 0 ? 0.5 * hour : 60 * hour;
    for (let time = t.begin + random.next() * every; time < t.end; time += every * random.between(0.95, 1.05)) {
      const me = { ...caller, agent: updated ? 'meter-fw-3.2' : caller.agent };
      // The cellular network gives another address each time.
      me.address = `100.${64 + (i % 8)}.${random.below(250)}.${1 + random.below(250)}`;
      if (i % 300 === 7 && time > expired && time < expired + 20 * hour) {
        for (let n = 0; n < 3; n++)
          t.call(
            time + n * minute,
            { ...me, subject: undefined },
            {
              ...o.telemetry,
              status: 401,
              refused: ['authenticate', 'unauthenticated', 'expired'],
              attempt: { secret: caller.credential },
            },
          );
        continue;
      }
      t.call(time, me, { ...o.telemetry, status: 204, objects: [object('Device', String(i))] });
      if (random.chance(0.1)) t.call(time + 2000, me, { ...o.config, objects: [object('Device', String(i))] });
      if (!updated && time > update && random.chance(0.6)) {
        t.call(time + 3000, me, { ...o.firmware, objects: [object('Firmware', '3.2')], bytes: 4_000_000 });
        updated = true;
      }
      if (i % 5 === 0 && random.chance(0.02)) t.call(time + 4000, me, undocumented('/v0/time'));
    }
  }
  // The installers: enrol new meters, a street a day.
  for (let i = 0; i < 5; i++) {
    const installer: Caller = {
      subject: `installer${i}`,
      issuer: 'https://id.meters.example',
      kind: 'jwt',
      credential: '',
      address: t.home(),
      agent: 'installer-app-2',
    };
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) > 4) continue;
      const next = t.clock(t.begin + d * day + 8 * hour, 12 * minute);
      for (let n = 0; n < 20 + random.below(15); n++) {
        const me = {
          ...installer,
          credential: `inst${i}-${d}`,
          address: random.chance(0.2) ? t.home() : installer.address,
        };
        t.call(next(), me, {
          ...o.enrol,
          status: random.chance(0.05) ? 409 : 201,
          objects: [object('Device', `new-${i}-${d}-${n}`)],
        });
        t.call(next() - 10 * minute, me, { ...o.config, objects: [object('Device', `new-${i}-${d}-${n}`)] });
      }
    }
  }
  const operator: Caller = {
    subject: 'noc',
    issuer: 'https://id.meters.example',
    kind: 'jwt',
    credential: 'noc',
    address: '192.0.2.5',
    agent: 'chrome',
  };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 12; n++) {
      t.call(t.begin + d * day + n * 2 * hour + random.below(60) * minute, operator, {
        ...o.devices,
        objects: Array.from({ length: 100 }, () => object('Device', String(random.below(devices)))),
      });
      if (n % 4 === 0)
        t.call(t.begin + d * day + n * 2 * hour + 90 * minute, operator, {
          ...o.reset,
          status: 204,
          objects: [object('Device', String(random.below(devices)))],
        });
    }
  const dormant = keyed('pilot', '192.0.2.77', 'pilot');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.config,
      objects: [object('Device', `pilot-${n % 5}`)],
    });
  return t.world(
    { single: o.config, type: 'Device', list: o.devices, write: o.telemetry, admin: o.reset, canary: o.keys },
    callers,
    dormant,
  );
}

export const fleetFamily: Family = { name: 'fleet', heldOut: false, make: fleet };
