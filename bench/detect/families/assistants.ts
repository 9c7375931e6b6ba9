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
  login: { operation: 'signIn', method: 'POST', template: '/auth/token' },
  contacts: { operation: 'searchContacts', method: 'GET', template: '/contacts' },
  contact: { operation: 'getContact', method: 'GET', template: '/contacts/{contactId}' },
  deal: { operation: 'getDeal', method: 'GET', template: '/deals/{dealId}' },
  deals: { operation: 'listDeals', method: 'GET', template: '/deals' },
  note: { operation: 'addNote', method: 'POST', template: '/deals/{dealId}/notes' },
  mail: { operation: 'sendMail', method: 'POST', template: '/mails' },
  report: { operation: 'exportPipeline', method: 'GET', template: '/reports/pipeline/export' },
} as const satisfies Record<string, Call>;

const guesses = ['/contacts/search', '/deals/search', '/contact', '/v2/deals', '/companies', '/users/me', '/mail/send'];

/** Salespeople, and more every day their assistants: programs in a cloud that ask quickly, invent paths and ids, and send what does not fit. */
function assistants(seed: number, days: number): World {
  const t = new Traffic(seed * 181 + 7, Date.UTC(2027, 1, 1), days);
  const { random } = t;
  const callers: Caller[] = [];
  for (let i = 0; i < 140; i++) {
    const team = i % 9;
    const person: Caller = {
      subject: `sales${i}`,
      issuer: 'https://sso.crm.example',
      kind: 'jwt',
      credential: '',
      address: `203.0.113.${130 + team}`,
      agent: random.pick(['chrome', 'edge', 'safari']),
    };
    callers.push(person);
    const own = (): string => `${team}-${Math.floor(random.next() ** 2 * 240)}`;
    // A third has an assistant on the first day; others get one on some day, some never.
    const since = random.chance(0.33) ? 0 : random.between(0.5, 16);
    const talkative = random.logNormal(2, 0.6);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) > 4 ? random.chance(0.93) : random.chance(0.15)) continue;
      const me = {
        ...person,
        credential: `${person.subject}-${d}`,
        address: random.chance(0.2) ? t.home() : person.address,
      };
      const next = t.clock(t.at(d, [9.2, 1.2]), 6 * minute);
      t.signIn(next, me, o.login, 0.06);
      for (let n = 0; n < 14 + random.below(22); n++) {
        const roll = random.next();
        if (roll < 0.25)
          t.call(next(), me, {
            ...o.deals,
            objects: Array.from({ length: 20 }, (_, k) => object('Deal', `${team}-${k + d * 6}`)),
          });
        else if (roll < 0.6) t.call(next(), me, { ...o.deal, objects: [object('Deal', own())] });
        else if (roll < 0.8)
          t.call(next(), me, { ...o.contact, objects: [object('Contact', own())], sensitive: { email: 1, phone: 1 } });
        else if (roll < 0.93)
          t.call(next(), me, { ...o.note, status: 201, objects: [object('Note', `${i}-${d}-${n}`)] });
        else t.call(next(), me, { ...o.mail, status: random.chance(0.05) ? 400 : 202 });
      }
      if (d < since) continue;
      const robot: Caller = {
        ...person,
        credential: `${person.subject}-assistant-${d}`,
        address: `172.104.${7 + (i % 3)}.${20 + random.below(6)}`,
        agent: d < 6 ? 'assistant-3' : 'assistant-4',
      };
      for (let n = 0; n < Math.min(14, random.exponential(talkative)); n++) {
        const act = t.clock(t.at(d, [10, 3], [15, 4]), 900);
        const about = own();
        // Of all deals of the team, one after the other.
        const many = random.chance(0.06) ? 40 + random.below(60) : 2 + Math.floor(random.exponential(7));
        for (let k = 0; k < many; k++) {
          const roll = random.next();
          const time = act();
          if (roll < 0.05) t.call(time, robot, undocumented(random.pick(guesses)));
          else if (roll < 0.12) t.call(time, robot, { ...random.pick([o.contacts, o.note, o.mail]), ...invalid });
          else if (roll < 0.17) t.call(time, robot, { ...o.contact, status: 404 });
          else if (roll < 0.19)
            t.call(time, robot, {
              ...o.deal,
              ...denied,
              objects: [object('Deal', `${(team + 1) % 9}-${random.below(200)}`, 'refused')],
            });
          else if (roll < 0.4)
            t.call(time, robot, {
              ...o.contacts,
              objects: Array.from({ length: random.below(6) }, () => object('Contact', own())),
              sensitive: { email: 2 },
            });
          else if (roll < 0.75)
            t.call(time, robot, {
              ...o.deal,
              objects: [object('Deal', many > 30 ? `${team}-${k}` : random.chance(0.6) ? about : own())],
            });
          else if (roll < 0.93)
            t.call(time, robot, {
              ...o.contact,
              objects: [object('Contact', own())],
              sensitive: { email: 1, phone: 1 },
            });
          else t.call(time, robot, { ...o.note, status: 201, objects: [object('Note', `${i}-${d}-a${n}-${k}`)] });
        }
      }
    }
  }
  for (let d = 0; d < days; d++)
    if (t.weekday(d) === 0)
      for (let i = 0; i < 9; i++)
        t.call(
          t.at(d, [8, 0.5]),
          { ...(callers[i] as Caller), credential: `sales${i}-${d}` },
          { ...o.report, records: 240, bytes: 90_000 },
        );
  const warehouse = keyed('warehouse', '192.0.2.66', 'etl-2');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 45; n++)
      t.call(t.begin + d * day + 2 * hour + n * 4 * second, warehouse, {
        ...o.deals,
        objects: Array.from({ length: 50 }, (_, k) => object('Deal', `${n % 9}-${Math.floor(n / 9) * 50 + k}`)),
      });
  const dormant = keyed('old-etl', '192.0.2.67', 'etl-1');
  for (let n = 0; n < 40; n++) t.call(t.begin + n * hour, dormant, { ...o.deal, objects: [object('Deal', `0-${n}`)] });
  return t.world(
    {
      single: o.contact,
      type: 'Contact',
      list: o.contacts,
      write: o.note,
      profile: o.contact,
      login: o.login,
      admin: o.report,
    },
    callers,
    dormant,
  );
}

export const assistantsFamily: Family = { name: 'assistants', heldOut: false, make: assistants };
