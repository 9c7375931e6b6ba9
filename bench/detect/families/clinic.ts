import { object, type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
  denied,
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
  token: { operation: 'issueToken', method: 'POST', template: '/oauth2/token' },
  worklist: { operation: 'listWorklist', method: 'GET', template: '/wards/{wardId}/worklist' },
  patient: { operation: 'readPatient', method: 'GET', template: '/Patient/{id}' },
  observations: { operation: 'searchObservations', method: 'GET', template: '/Observation' },
  observe: { operation: 'createObservation', method: 'POST', template: '/Observation' },
  document: { operation: 'readDocument', method: 'GET', template: '/DocumentReference/{id}' },
  slot: { operation: 'bookAppointment', method: 'POST', template: '/Appointment' },
  slots: { operation: 'searchSlots', method: 'GET', template: '/Slot' },
  bulk: { operation: 'exportAll', method: 'GET', template: '/$export' },
} as const satisfies Record<string, Call>;

/** A hospital: people on shifts read patients of their ward all day, emergencies read any; doctors change wards; a laboratory writes at night. */
function clinic(seed: number, days: number): World {
  const t = new Traffic(seed * 89 + 59, Date.UTC(2026, 1, 9), days);
  const { random } = t;
  const callers: Caller[] = [];
  const patients = 500;
  for (let i = 0; i < 80; i++) {
    const nurse = i < 50;
    let ward = i % 8;
    const caller: Caller = {
      subject: `staff${i}`,
      issuer: 'https://id.clinic.example',
      kind: 'jwt',
      credential: '',
      address: `10.20.${ward}.${10 + random.below(20)}`,
      agent: nurse ? 'ward-terminal' : random.pick(['chrome', 'edge']),
    };
    callers.push(caller);
    for (let d = 0; d < days; d++) {
      if (random.chance(0.28)) continue;
      // On another ward from now on.
      if (random.chance(0.04)) ward = random.below(8);
      const shift = random.pick([6, 14, 22]);
      const me = { ...caller, credential: `${caller.subject}-${d}`, address: `10.20.${ward}.${10 + random.below(20)}` };
      const next = t.clock(t.begin + d * day + shift * hour + random.below(20) * minute, 7 * minute);
      t.signIn(next, me, o.token, 0.05);
      const own = (): string => `p${ward * 62 + random.below(40)}`;
      for (let n = 0; n < 25 + random.below(25); n++) {
        const roll = random.next();
        const time = next();
        if (roll < 0.15)
          t.call(time, me, {
            ...o.worklist,
            objects: Array.from({ length: 30 }, (_, k) => object('Patient', `p${ward * 62 + k}`)),
          });
        else if (roll < 0.55) {
          const id = random.chance(0.06) ? `p${random.below(patients)}` : own();
          t.call(
            time,
            me,
            random.chance(0.01)
              ? { ...o.patient, ...denied, objects: [object('Patient', id, 'refused')] }
              : { ...o.patient, objects: [object('Patient', id)], sensitive: { birthDate: 1, diagnosis: 1 } },
          );
        } else if (roll < 0.75)
          t.call(time, me, {
            ...o.observations,
            objects: Array.from({ length: random.below(60) }, (_, k) => object('Observation', `${own()}-${d}-${k}`)),
            duration: random.logNormal(80, 0.8),
          });
        else if (roll < 0.9)
          t.call(
            time,
            me,
            random.chance(0.08)
              ? { ...o.observe, ...invalid }
              : { ...o.observe, status: 201, objects: [object('Observation', `n${i}-${d}-${n}`)] },
          );
        else if (!nurse)
          for (let k = 0; k < 1 + random.below(5); k++)
            t.call(
              time + k * 20 * second,
              me,
              random.chance(0.03)
                ? { ...o.document, status: 404 }
                : {
                    ...o.document,
                    objects: [object('Document', `${own()}-doc${k}`)],
                    bytes: random.logNormal(400_000, 1),
                    sensitive: { diagnosis: 1 },
                  },
            );
      }
      // A doctor prepares for the whole ward.
      if (!nurse && random.chance(0.08))
        for (let k = 0; k < 35; k++)
          t.call(next() - 6 * minute * k, me, {
            ...o.patient,
            objects: [object('Patient', `p${ward * 62 + k}`)],
            sensitive: { birthDate: 1, diagnosis: 1 },
          });
    }
  }
  for (let i = 0; i < 160; i++) {
    const person: Caller = {
      subject: `citizen${i}`,
      issuer: 'https://id.citizens.example',
      kind: 'jwt',
      credential: '',
      address: t.home(),
      agent: random.pick(['safari', 'chrome']),
    };
    for (let d = 0; d < days; d++) {
      if (!random.chance(0.12)) continue;
      const next = t.clock(t.at(d, [9, 3], [20, 4]));
      const me = { ...person, credential: `${i}-${d}` };
      for (let k = 0; k < 1 + random.below(6); k++)
        t.call(next(), me, {
          ...o.slots,
          objects: Array.from({ length: 20 }, () => object('Slot', String(random.below(900)))),
        });
      if (random.chance(0.5))
        t.call(next(), me, {
          ...o.slot,
          status: random.chance(0.2) ? 409 : 201,
          objects: [object('Appointment', `${i}-${d}`)],
        });
      if (random.chance(0.1)) t.call(next(), me, undocumented('/Appointment/cancel'));
    }
  }
  const laboratory = keyed('laboratory', '10.30.0.4', 'hl7-bridge');
  for (let d = 0; d < days; d++) {
    const next = t.clock(t.begin + d * day + 3 * hour, 3 * second);
    for (let n = 0; n < 400 * random.between(0.6, 1.5); n++)
      t.call(next(), laboratory, { ...o.observe, status: 201, objects: [object('Observation', `lab-${d}-${n}`)] });
  }
  const statistics = keyed('statistics', '10.30.0.9', 'stat-2');
  for (let d = 0; d < days; d++)
    t.call(t.begin + d * day + 4 * hour, statistics, {
      ...o.bulk,
      records: 20_000,
      bytes: 30_000_000,
      sensitive: { diagnosis: 500 },
    });
  const dormant = keyed('old-pacs', '10.30.0.77', 'pacs-4');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.document,
      objects: [object('Document', `p${n}-doc0`)],
    });
  return t.world(
    {
      single: o.patient,
      type: 'Patient',
      list: o.observations,
      write: o.observe,
      profile: o.patient,
      login: o.token,
      admin: o.bulk,
      business: o.slot,
    },
    callers,
    dormant,
  );
}

export const clinicFamily: Family = { name: 'clinic', heldOut: false, make: clinic };
