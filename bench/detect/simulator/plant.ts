import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from './fact.ts';
import { Random } from './random.ts';

/** Milliseconds. A Thursday. */
export const plantBegin = Date.UTC(2025, 9, 2);
const day = 86_400_000;
const hour = 3_600_000;
const minute = 60_000;

export const plantOperations = {
  token: { operation: 'issueToken', method: 'POST', template: '/oauth/token' },
  report: { operation: 'putReadings', method: 'PUT', template: '/tenants/{tenantId}/devices/{deviceId}/readings' },
  command: {
    operation: 'nextCommand',
    method: 'GET',
    template: '/tenants/{tenantId}/devices/{deviceId}/commands/next',
  },
  devices: { operation: 'listDevices', method: 'GET', template: '/tenants/{tenantId}/devices' },
  device: { operation: 'getDevice', method: 'GET', template: '/tenants/{tenantId}/devices/{deviceId}' },
  startJob: { operation: 'startAnalysis', method: 'POST', template: '/tenants/{tenantId}/analyses' },
  job: { operation: 'getAnalysis', method: 'GET', template: '/tenants/{tenantId}/analyses/{analysisId}' },
  invoice: { operation: 'getInvoice', method: 'GET', template: '/tenants/{tenantId}/invoices/{invoiceId}' },
  invoices: { operation: 'listInvoices', method: 'GET', template: '/tenants/{tenantId}/invoices' },
  people: { operation: 'listMembers', method: 'GET', template: '/tenants/{tenantId}/members' },
  reserve: { operation: 'reserveCapacity', method: 'POST', template: '/tenants/{tenantId}/reservations' },
  book: { operation: 'bookCapacity', method: 'POST', template: '/tenants/{tenantId}/bookings' },
  export: { operation: 'exportTenant', method: 'POST', template: '/tenants/{tenantId}/export' },
} as const satisfies Readonly<Record<string, Call>>;

const p = plantOperations;

/**
 * Machines of some tenants, of quite another character than a shop: a flat rhythm without nights, devices that report and are
 * answered 404 as long as there is no command, tokens that change each hour, gateways in clouds whose address changes with each
 * call, analyses that are polled until they are there, few people, at work only, and one tenant as large as all others.
 */
export class Plant {
  readonly random: Random;
  readonly facts: Facts[] = [];
  readonly days: number;
  readonly devices: { readonly caller: Caller; readonly tenant: number; readonly id: string }[] = [];
  readonly people: Caller[] = [];

  constructor(seed: number, days: number) {
    this.random = new Random(seed * 7919);
    this.days = days;
    for (let tenant = 0; tenant < 6; tenant++) this.#tenant(tenant);
    this.#renamed();
    this.facts.sort((a, b) => a.time - b.time);
  }

  #push(time: number, caller: Caller, call: Call): void {
    this.facts.push(factOf(time, caller, { duration: this.random.logNormal(60, 0.9), ...call }));
  }

  #tenant(tenant: number): void {
    const { random } = this;
    const count = tenant === 0 ? 30 : 2 + random.below(6);
    for (let i = 0; i < count; i++) this.#device(tenant, i);
    this.#integration(tenant);
    for (let i = 0; i < 3; i++) this.#person(tenant, i);
  }

  #device(tenant: number, i: number): void {
    const { random } = this;
    const id = `dev-${tenant}-${i}`;
    const caller: Caller = {
      subject: id,
      issuer: 'devices',
      kind: 'certificate',
      credential: `cert-${id}`,
      address: `172.${16 + tenant}.${random.below(250)}.${1 + random.below(250)}`,
      agent: '',
    };
    this.devices.push({ caller, tenant, id });
    const every = random.between(20, 60) * minute;
    for (
      let time = plantBegin + random.between(0, every);
      time < plantBegin + this.days * day;
      time += every * random.between(0.95, 1.05)
    ) {
      // Out of reach for some hours, then everything at once.
      const late = random.chance(0.004) ? Math.ceil(random.between(5, 40)) : 1;
      if (late > 1) time += late * every;
      for (let n = 0; n < late; n++)
        this.#push(time + n * 300, caller, {
          ...p.report,
          status: random.chance(0.01) ? 409 : 204,
          objects: [object('Device', id)],
          records: 0,
          bytes: 0,
        });
      const some = random.chance(0.08);
      this.#push(time + 2000, caller, {
        ...p.command,
        status: some ? 200 : 404,
        objects: some ? [object('Device', id)] : [],
        bytes: some ? 600 : 90,
      });
    }
  }

  /** A program of the tenant in a cloud: another address with each call, a token for each hour, everything once a day. */
  #integration(tenant: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `service-${tenant}`,
      issuer: 'idp',
      kind: 'jwt',
      credential: '',
      address: '',
      agent: `sdk-${tenant % 3}`,
    };
    for (let time = plantBegin; time < plantBegin + this.days * day; time += hour) {
      caller.credential = `svc-${tenant}-${time}`;
      const move = (): Caller => ({
        ...caller,
        address: `3.${120 + (tenant % 3)}.${random.below(200)}.${1 + random.below(250)}`,
      });
      this.#push(time, { ...move(), subject: undefined }, p.token);
      const at = Math.round(((time - plantBegin) / hour) % 24);
      const devices = this.devices.filter((one) => one.tenant === tenant);
      if (at === 3 + tenant) {
        for (const { id } of devices)
          this.#push(time + random.between(1, 20) * minute, move(), { ...p.device, objects: [object('Device', id)] });
        this.#push(time + 1000, move(), { ...p.devices, objects: devices.map(({ id }) => object('Device', id)) });
      }
      if (random.chance(0.3)) this.#analysis(time + random.between(0, 50) * minute, move());
    }
  }

  #analysis(from: number, caller: Caller): void {
    const { random } = this;
    const id = `an-${from}`;
    this.#push(from, caller, { ...p.startJob, status: 202, objects: [object('Analysis', id)] });
    const polls = 1 + Math.floor(random.exponential(6));
    for (let i = 1; i <= polls; i++)
      this.#push(from + i * 10_000, caller, {
        ...p.job,
        status: i === polls ? 200 : 404,
        objects: [object('Analysis', id)],
        ...(i === polls ? { bytes: Math.round(random.logNormal(40_000, 1)) } : {}),
      });
  }

  #person(tenant: number, i: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `person-${tenant}-${i}`,
      issuer: 'idp',
      kind: 'session',
      credential: '',
      address: `80.${tenant}.1.7`,
      agent: random.pick(['edge', 'firefox']),
    };
    this.people.push(caller);
    for (let d = 0; d < this.days; d++) {
      const weekday = (4 + d) % 7;
      if (weekday === 6 || weekday === 0 || random.chance(0.3)) continue;
      const work = { ...caller, credential: `${caller.subject}-${d}` };
      let time = plantBegin + d * day + random.between(7, 16) * hour;
      const next = (): number => (time += random.exponential(40_000));
      if (random.chance(0.2)) this.#push(next(), { ...work, subject: undefined }, { ...p.token, status: 400 });
      this.#push(next(), { ...work, subject: undefined }, p.token);
      const own = this.devices.filter((one) => one.tenant === tenant);
      this.#push(next(), work, { ...p.devices, objects: own.map(({ id }) => object('Device', id)) });
      for (let n = random.below(12); n > 0; n--)
        this.#push(next(), work, { ...p.device, objects: [object('Device', random.pick(own).id)] });
      if (random.chance(0.3)) {
        const months = Array.from({ length: 12 }, (_, m) => `inv-${tenant}-${m}`);
        this.#push(next(), work, {
          ...p.invoices,
          objects: months.map((id) => object('Invoice', id)),
          sensitive: { iban: 1 },
        });
        for (let n = random.below(12); n > 0; n--)
          this.#push(next(), work, {
            ...p.invoice,
            objects: [object('Invoice', random.pick(months))],
            sensitive: { iban: 1 },
          });
      }
      if (random.chance(0.2))
        this.#push(next(), work, {
          ...p.people,
          objects: [0, 1, 2].map((n) => object('Member', `person-${tenant}-${n}`)),
          sensitive: { email: 3 },
        });
      if (random.chance(0.4)) {
        this.#push(next(), work, { ...p.reserve, status: 201, objects: [object('Reservation', `${work.credential}`)] });
        this.#push(next(), work, { ...p.book, status: random.chance(0.1) ? 409 : 201 });
      }
      if (i === 0 && random.chance(0.15))
        this.#push(next(), work, { ...p.export, bytes: Math.round(random.logNormal(2e6, 0.4)) });
    }
  }

  /** An operation was renamed: old devices ask for the old path for the rest of the time. */
  #renamed(): void {
    const { random } = this;
    const from = plantBegin + day * random.between(2, this.days - 1);
    for (const { caller, id } of this.devices)
      if (random.chance(0.5))
        for (let time = from + random.between(0, hour); time < plantBegin + this.days * day; time += 2 * hour)
          this.#push(time, caller, {
            operation: '',
            method: 'GET',
            template: `/firmware/{${id.padEnd(16, '_')}}`,
            status: 404,
            refused: ['route', 'not-found', 'undocumented-path'],
          });
  }
}
