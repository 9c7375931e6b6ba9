import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from './fact.ts';
import { plantOperations as p, type Plant } from './plant.ts';

export interface PlantAttack {
  readonly kind: string;
  readonly run: (plant: Plant, start: number, slow: boolean) => Facts[];
}

function row(start: number, every: number, count: number, make: (i: number) => readonly [Caller, Call]): Facts[] {
  return Array.from({ length: count }, (_, i) => factOf(start + i * every, ...make(i)));
}

const foreign = (i: number): string => `45.${(i * 7) % 200}.${(i * 13) % 250}.9`;
const refused = ['authorize', 'forbidden', 'policy-denied'] as const;

/** Attacks in that world, at two paces. */
export const plantAttacks: readonly PlantAttack[] = [
  {
    kind: 'a device reads commands of others',
    run({ devices, random }, start, slow) {
      const { caller } = random.pick(devices);
      return row(start, slow ? 200_000 : 3000, 90, (i) => [
        caller,
        { ...p.command, status: 403, refused, objects: [object('Device', `dev-9-${i}`, 'refused')] },
      ]);
    },
  },
  {
    kind: 'a person reads invoices of other tenants',
    run({ people, random }, start, slow) {
      const caller = { ...random.pick(people), credential: 'evil' };
      return row(start, slow ? 150_000 : 4000, 80, (i) => [
        caller,
        { ...p.invoice, objects: [object('Invoice', `inv-other-${i}`)], sensitive: { iban: 1 } },
      ]);
    },
  },
  {
    kind: 'client secrets are guessed',
    run(_plant, start, slow) {
      const caller: Caller = {
        subject: undefined,
        issuer: '',
        kind: '',
        credential: '',
        address: '45.1.1.1',
        agent: 'go',
      };
      return row(start, slow ? 120_000 : 2000, 90, () => [caller, { ...p.token, status: 401 }]);
    },
  },
  {
    kind: 'client secrets are guessed from everywhere',
    run(_plant, start, slow) {
      return row(start, slow ? 60_000 : 3000, 150, (i) => [
        { subject: undefined, issuer: '', kind: '', credential: '', address: foreign(i), agent: '' },
        { ...p.token, status: 401, attempt: { account: `client-${i}`, secret: `s${i}` } },
      ]);
    },
  },
  {
    kind: 'one secret for all clients',
    run(_plant, start, slow) {
      return row(start, slow ? 1_800_000 : 5000, 30, (i) => [
        { subject: undefined, issuer: '', kind: '', credential: '', address: foreign(i), agent: '' },
        { ...p.token, status: 401, attempt: { account: `client-${i}`, secret: 'same' } },
      ]);
    },
  },
  {
    kind: 'the certificate of a device elsewhere',
    run({ devices, random }, start, slow) {
      const { caller, id } = random.pick(devices);
      return row(start, slow ? 600_000 : 20_000, 20, () => [
        { ...caller, address: '45.3.3.3', agent: 'curl' },
        { ...p.report, status: 204, objects: [object('Device', id)] },
      ]);
    },
  },
  {
    kind: 'a person takes all devices',
    run({ people, random }, start, slow) {
      const caller = { ...random.pick(people), credential: 'evil' };
      return row(start, slow ? 60_000 : 1500, 250, (i) => [
        caller,
        { ...p.device, objects: [object('Device', `dev-${i % 7}-${i}`)] },
      ]);
    },
  },
  {
    kind: 'many new accounts take all devices',
    run(_plant, start, slow) {
      return row(start, slow ? 20_000 : 3000, 500, (i) => [
        {
          subject: `new-${i % 15}`,
          issuer: 'idp',
          kind: 'session',
          credential: `new-${i % 15}`,
          address: foreign(i % 15),
          agent: 'go',
        },
        { ...p.device, objects: [object('Device', `all-${i}`)] },
      ]);
    },
  },
  {
    kind: 'paths are tried',
    run(_plant, start, slow) {
      const names = [
        '/.env',
        '/admin',
        '/v1/tenants',
        '/debug',
        '/metrics',
        '/graphql',
        '/swagger.json',
        '/actuator/env',
        '/users',
        '/backup',
      ];
      return row(start, slow ? 300_000 : 1000, 30, (i) => [
        { subject: undefined, issuer: '', kind: '', credential: '', address: '45.4.4.4', agent: 'scan' },
        {
          operation: '',
          method: 'GET',
          template: i < 10 ? (names[i] as string) : `/x${i}`,
          status: 404,
          refused: ['route', 'not-found', 'undocumented-path'],
        },
      ]);
    },
  },
  {
    kind: 'values are tried',
    run({ people, random }, start, slow) {
      const caller = { ...random.pick(people), credential: 'evil' };
      const targets = [p.devices, p.device, p.startJob, p.invoices, p.reserve] as const;
      return row(start, slow ? 240_000 : 2000, 60, (i) => [
        caller,
        {
          ...(targets[i % 5] as Call),
          status: i % 7 === 6 ? 500 : 400,
          ...(i % 7 === 6 ? {} : { refused: ['validate', 'invalid-request', 'schema'] as const }),
        },
      ]);
    },
  },
  {
    kind: 'booked without a reservation',
    run(_plant, start, slow) {
      const caller: Caller = {
        subject: 'new-booker',
        issuer: 'idp',
        kind: 'session',
        credential: 'nb',
        address: '45.5.5.5',
        agent: 'edge',
      };
      return row(start, slow ? 600_000 : 5000, 20, () => [caller, { ...p.book, status: 201 }]);
    },
  },
  {
    kind: 'a list without its filter',
    run({ people, random }, start, slow) {
      const caller = { ...random.pick(people), credential: 'evil' };
      return row(start, slow ? 900_000 : 10_000, 12, () => [
        caller,
        { ...p.people, bytes: 3_000_000, records: 9000, sensitive: { email: 9000 } },
      ]);
    },
  },
  {
    kind: 'a device exports the tenant',
    run({ devices, random }, start, slow) {
      const { caller } = random.pick(devices);
      return row(start, slow ? 3_600_000 : 60_000, 4, () => [caller, { ...p.export, bytes: 2_000_000 }]);
    },
  },
  {
    kind: 'members go to somebody new',
    run(_plant, start, slow) {
      const caller: Caller = {
        subject: 'new-reader',
        issuer: 'idp',
        kind: 'session',
        credential: 'nr',
        address: '45.6.6.6',
        agent: 'edge',
      };
      return row(start, slow ? 600_000 : 10_000, 40, (i) => [
        caller,
        { ...p.people, objects: [object('Member', `m${i}`)], sensitive: { email: 5, phone: 5 } },
      ]);
    },
  },
];
