import type { Facts } from '@castellan/guard';
import { factOf, object, type Call, type Caller } from './fact.ts';
import { Random } from './random.ts';

/** Milliseconds. A Saturday in summer. */
export const feedBegin = Date.UTC(2027, 6, 3);
const day = 86_400_000;
const hour = 3_600_000;

export const feedOperations = {
  session: { operation: '', method: 'POST', template: '/session' },
  timeline: { operation: 'timeline', method: 'GET', template: '/timeline' },
  post: { operation: 'post', method: 'GET', template: '/posts/{id}' },
  publish: { operation: 'publish', method: 'POST', template: '/posts' },
  like: { operation: 'like', method: 'PUT', template: '/posts/{id}/like' },
  profile: { operation: 'profile', method: 'GET', template: '/profiles/{handle}' },
  message: { operation: 'sendMessage', method: 'POST', template: '/conversations/{id}/messages' },
  inbox: { operation: 'inbox', method: 'GET', template: '/conversations' },
  settings: { operation: 'settings', method: 'GET', template: '/settings' },
  moderate: { operation: 'moderate', method: 'POST', template: '/moderation/{id}/decision' },
  signUp: { operation: 'signUp', method: 'POST', template: '/accounts/register' },
  signIn: { operation: 'signIn', method: 'POST', template: '/accounts/login' },
} as const satisfies Readonly<Record<string, Call>>;

const f = feedOperations;

interface Member {
  readonly caller: Caller;
  readonly eager: number;
  readonly zone: number;
}

/**
 * A network of people, of a third character: most read what others wrote (links, so that hardly any object was in a list before), some
 * are ten times as busy as others, newcomers each day and a flood of them after the fourth, long-lived tokens on telephones, bots of
 * members, a busy evening (a match) at which everybody comes at once, and an outage.
 */
export class Feed {
  readonly random: Random;
  readonly facts: Facts[] = [];
  readonly days: number;
  readonly members: Member[] = [];
  readonly #match: number;
  readonly #outage: number;

  constructor(seed: number, days: number) {
    this.random = new Random(seed * 104_729);
    this.days = days;
    this.#match = feedBegin + day * Math.floor(this.random.between(4, days - 1)) + 19 * hour;
    this.#outage = feedBegin + day * this.random.between(1.5, days - 0.5);
    for (let i = 0; i < 90; i++) this.#member(i, 0);
    for (let d = 1; d < days; d++) for (let n = d === 4 ? 14 : 2; n > 0; n--) this.#member(this.members.length, d);
    for (let i = 0; i < 2; i++) this.#bot(i);
    for (let d = 0; d < days; d++) for (let n = 0; n < 15; n++) this.#moderation(d);
    this.facts.sort((a, b) => a.time - b.time);
  }

  #push(time: number, caller: Caller, call: Call): void {
    const isOut = time > this.#outage && time < this.#outage + 0.6 * hour;
    const facts = factOf(time, caller, { duration: this.random.logNormal(25, 0.7), ...call });
    this.facts.push(
      isOut ? { ...facts, status: this.random.pick([500, 502, 504]), objects: [], objectCount: 0, records: 0 } : facts,
    );
  }

  #address(): string {
    const { random } = this;
    return `${90 + random.below(8)}.${random.below(250)}.${random.below(250)}.${1 + random.below(250)}`;
  }

  #member(i: number, from: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `handle${i}`,
      issuer: 'https://id.feed.example',
      kind: 'opaque-token',
      credential: `phone-${i}`,
      address: this.#address(),
      agent: random.pick(['feed-ios-9', 'feed-android-9', 'feed-android-8']),
    };
    const member = { caller, eager: random.logNormal(1, 0.9), zone: random.below(4) };
    this.members.push(member);
    if (from > 0)
      this.#push(
        feedBegin + from * day + random.between(8, 11) * hour,
        { ...caller, subject: undefined },
        { ...f.signUp, status: 201 },
      );
    for (let d = from; d < this.days; d++) {
      const visits = Math.min(9, Math.round(random.exponential(2.2 * member.eager)));
      for (let n = 0; n < visits; n++)
        this.#visit(member, feedBegin + d * day + ((11 + random.between(0, 12) + member.zone) % 24) * hour);
    }
    if (random.chance(0.7)) this.#visit(member, this.#match + random.between(0, 1.5) * hour);
  }

  #visit({ caller }: Member, start: number): void {
    const { random } = this;
    if (start < feedBegin) return;
    let time = start;
    const next = (): number => (time += random.exponential(7000) + 300);
    const now = { ...caller, address: random.chance(0.5) ? this.#address() : caller.address };
    if (random.chance(0.02)) {
      // Signed out: the password is not known by heart.
      for (let n = random.below(4); n > 0; n--)
        this.#push(
          next(),
          { ...now, subject: undefined },
          { ...f.signIn, status: 401, attempt: { account: caller.subject, secret: `${caller.subject}${n}` } },
        );
      this.#push(next(), { ...now, subject: undefined }, f.signIn);
    }
    const age = Math.floor((start - feedBegin) / 60_000);
    for (let n = 2 + Math.floor(random.logNormal(8, 0.9)); n > 0; n--) {
      const roll = random.next();
      // What is new is what is read.
      const post = `p${Math.max(0, age - Math.floor(random.exponential(600)))}-${random.below(3)}`;
      if (roll < 0.3)
        this.#push(next(), now, {
          ...f.timeline,
          objects: Array.from({ length: 15 }, (_, k) =>
            object('Post', `p${Math.max(0, age - k * 3)}-${random.below(3)}`),
          ),
        });
      else if (roll < 0.62)
        this.#push(
          next(),
          now,
          random.chance(0.05) ? { ...f.post, status: 404 } : { ...f.post, objects: [object('Post', post)] },
        );
      else if (roll < 0.75) this.#push(next(), now, { ...f.like, status: 204, objects: [object('Post', post)] });
      else if (roll < 0.9)
        this.#push(next(), now, {
          ...f.profile,
          status: random.chance(0.08) ? 403 : 200,
          objects: [object('Profile', `handle${random.below(this.members.length)}`)],
        });
      else if (roll < 0.94)
        this.#push(next(), now, {
          ...f.inbox,
          objects: [0, 1, 2, 3].map((k) => object('Conversation', `${caller.subject}-${k}`)),
        });
      else if (roll < 0.97)
        this.#push(next(), now, {
          ...f.message,
          status: random.chance(0.1) ? 422 : 201,
          objects: [object('Conversation', `${caller.subject}-${random.below(4)}`)],
        });
      else if (roll < 0.99) this.#push(next(), now, { ...f.publish, status: 201, objects: [object('Post', post)] });
      else this.#push(next(), now, { ...f.settings, sensitive: { email: 1, phone: 1 } });
    }
  }

  /** A program of a member that looks every ten minutes. */
  #bot(i: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `bot${i}`,
      issuer: 'https://id.feed.example',
      kind: 'opaque-token',
      credential: `bot-${i}`,
      address: `5.9.${i}.1`,
      agent: 'python-requests',
    };
    for (
      let time = feedBegin + i * 1000;
      time < feedBegin + this.days * day;
      time += 600_000 * random.between(0.9, 1.1)
    ) {
      const age = Math.floor((time - feedBegin) / 60_000);
      this.#push(time, caller, {
        ...f.timeline,
        objects: Array.from({ length: 15 }, (_, k) => object('Post', `p${Math.max(0, age - k)}-0`)),
      });
    }
  }

  #moderation(d: number): void {
    const { random } = this;
    const caller: Caller = {
      subject: `moderator${random.below(3)}`,
      issuer: 'https://id.feed.example',
      kind: 'session',
      credential: `m-${d}`,
      address: '185.1.1.1',
      agent: 'chrome',
    };
    this.#push(feedBegin + d * day + random.between(8, 20) * hour, caller, {
      ...f.moderate,
      status: 200,
      objects: [object('Post', `p${d * 1440}-1`)],
    });
  }
}

export interface FeedAttack {
  readonly kind: string;
  readonly run: (feed: Feed, start: number, slow: boolean) => Facts[];
}

function row(start: number, every: number, count: number, make: (i: number) => readonly [Caller, Call]): Facts[] {
  return Array.from({ length: count }, (_, i) => factOf(start + i * every, ...make(i)));
}

const evil: Caller = {
  subject: 'evil',
  issuer: 'https://id.feed.example',
  kind: 'opaque-token',
  credential: 'evil',
  address: '45.9.9.9',
  agent: 'feed-ios-9',
};
const nobody: Caller = { ...evil, subject: undefined };

/** Attacks in that world, at two paces. */
export const feedAttacks: readonly FeedAttack[] = [
  {
    kind: 'conversations of others',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      return row(start, slow ? 240_000 : 2000, 90, (i) => [
        caller,
        {
          ...f.message,
          status: 403,
          refused: ['authorize', 'forbidden', 'policy-denied'],
          objects: [object('Conversation', `x${i}`, 'refused')],
        },
      ]);
    },
  },
  {
    kind: 'profiles one after the other',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      return row(start, slow ? 45_000 : 1000, 500, (i) => [
        caller,
        { ...f.profile, objects: [object('Profile', `all${i}`)], sensitive: { phone: 1 } },
      ]);
    },
  },
  {
    kind: 'passwords, one address',
    run: (_, start, slow) =>
      row(start, slow ? 200_000 : 3000, 80, (i) => [
        nobody,
        { ...f.signIn, status: 401, attempt: { account: `h${i}`, secret: `s${i}` } },
      ]),
  },
  {
    kind: 'passwords, a botnet',
    run: (_, start, slow) =>
      row(start, slow ? 90_000 : 4000, 150, (i) => [
        { ...nobody, address: `45.${i % 200}.${(i * 31) % 250}.7` },
        { ...f.signIn, status: 401, attempt: { account: `h${i}`, secret: `s${i}` } },
      ]),
  },
  {
    kind: 'one password',
    run: (_, start, slow) =>
      row(start, slow ? 2_400_000 : 9000, 25, (i) => [
        { ...nobody, address: `45.${i}.1.7` },
        { ...f.signIn, status: 401, attempt: { account: `h${i}`, secret: 'one' } },
      ]),
  },
  {
    kind: 'a token taken along',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      return row(start, slow ? 300_000 : 15_000, 30, () => [
        { ...caller, address: '45.8.8.8', agent: 'okhttp' },
        { ...f.inbox, objects: [object('Conversation', `${caller.subject}-1`)] },
      ]);
    },
  },
  {
    kind: 'everything ever posted',
    run: (_, start, slow) =>
      row(start, slow ? 30_000 : 1500, 400, (i) => [
        evil,
        { ...f.timeline, objects: Array.from({ length: 15 }, (_unused, k) => object('Post', `old${i * 15 + k}`)) },
      ]),
  },
  {
    kind: 'everything, by twenty accounts',
    run: (_, start, slow) =>
      row(start, slow ? 15_000 : 2000, 900, (i) => [
        {
          ...evil,
          subject: `evil${i % 20}`,
          credential: `evil${i % 20}`,
          address: `45.7.${i % 20}.1`,
          agent: 'okhttp',
        },
        { ...f.post, objects: [object('Post', `old${i}`)] },
      ]),
  },
  {
    kind: 'looking around',
    run: (_, start, slow) =>
      row(start, slow ? 400_000 : 1500, 24, (i) => [
        evil,
        {
          operation: '',
          method: 'GET',
          template: `/${['admin', 'internal', 'users', 'export', 'graphql', 'v2', 'stats', 'debug'][i % 8]}${i < 8 ? '' : `/${['all', 'me', 'list'][i % 3]}`}`,
          status: 404,
          refused: ['route', 'not-found', 'undocumented-path'],
        },
      ]),
  },
  {
    kind: 'odd values',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      const targets = [f.timeline, f.publish, f.profile, f.message, f.settings] as const;
      return row(start, slow ? 300_000 : 2500, 50, (i) => [
        caller,
        {
          ...(targets[i % 5] as Call),
          status: i % 6 === 5 ? 500 : 400,
          ...(i % 6 === 5 ? {} : { refused: ['validate', 'invalid-request', 'schema'] as const }),
        },
      ]);
    },
  },
  {
    kind: 'moderating without being asked',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      return row(start, slow ? 1_200_000 : 8000, 8, (i) => [
        caller,
        {
          ...f.moderate,
          status: 403,
          refused: ['authorize', 'forbidden', 'policy-denied'],
          objects: [object('Post', `m${i}`, 'refused')],
        },
      ]);
    },
  },
  {
    kind: 'answers a hundred times as large',
    run: (feed, start, slow) => {
      const { caller } = feed.random.pick(feed.members);
      return row(start, slow ? 1_200_000 : 6000, 10, () => [caller, { ...f.inbox, bytes: 2_000_000, records: 4000 }]);
    },
  },
  {
    kind: 'requests that keep it busy',
    run: (_, start, slow) => row(start, slow ? 1_200_000 : 8000, 10, () => [evil, { ...f.timeline, duration: 12_000 }]),
  },
  {
    kind: 'settings of others',
    run: (_, start, slow) =>
      row(start, slow ? 240_000 : 3000, 60, () => [evil, { ...f.settings, sensitive: { email: 1, phone: 1 } }]),
  },
];
