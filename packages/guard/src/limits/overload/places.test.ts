// A service in simulated time: so many workers, each call takes so long, and callers who give up. By a seeded generator.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Importance } from './importance.ts';
import { Places, type Leave } from './places.ts';

interface Load {
  /** Calls per second, by time in seconds. */
  readonly rate: (at: number) => number;
  /** Seconds that are simulated. */
  readonly seconds: number;
  /** Calls that the service works on at once; others wait inside it. */
  readonly workers: number;
  /** Milliseconds that a call takes a worker. */
  readonly takes: (random: () => number, at: number) => { readonly operation: string; readonly milliseconds: number };
  /** Milliseconds after which a caller has given up. */
  readonly patience: number;
  readonly importance?: (random: () => number) => Importance;
  readonly sheds: boolean;
}

interface Result {
  readonly offered: number;
  /** Answered before the caller gave up. */
  readonly good: number;
  readonly shed: readonly number[];
  readonly sent: readonly number[];
  readonly places: Places;
}

async function simulate(load: Load, seed = 7): Promise<Result> {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  let now = 0;
  const agenda: { at: number; run: () => void }[] = [];
  const later = (milliseconds: number, run: () => void): (() => void) => {
    const entry = { at: now + milliseconds, run };
    agenda.push(entry);
    return () => void agenda.splice(agenda.indexOf(entry), 1);
  };
  const places = new Places(250, () => now, later);
  const inside: (() => void)[] = [];
  let [busy, offered, good] = [0, 0, 0];
  const [shed, sent] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  const work = (): void => {
    if (busy >= load.workers) return;
    const next = inside.shift();
    if (next === undefined) return;
    busy += 1;
    next();
  };
  const serve = (operation: string, milliseconds: number, came: number, leave: Leave): void => {
    inside.push(() => {
      later(milliseconds, () => {
        busy -= 1;
        leave('served');
        if (now - came <= load.patience) good += 1;
        work();
      });
    });
    work();
  };
  const arrive = (): void => {
    const second = now / 1000;
    if (second >= load.seconds) return;
    later((-Math.log(1 - random()) * 1000) / load.rate(second), arrive);
    offered += 1;
    const came = now;
    const { operation, milliseconds } = load.takes(random, second);
    const importance = load.importance?.(random) ?? 2;
    sent[importance] = (sent[importance] ?? 0) + 1;
    if (!load.sheds) return serve(operation, milliseconds, came, () => {});
    const settle = (leave: Leave | undefined): void => {
      if (leave === undefined) shed[importance] = (shed[importance] ?? 0) + 1;
      else serve(operation, milliseconds, came, leave);
    };
    const place = places.enter(operation, importance);
    if (place instanceof Promise) void place.then(settle);
    else settle(place);
  };
  arrive();
  for (;;) {
    agenda.sort((a, b) => a.at - b.at);
    const next = agenda.shift();
    if (next === undefined || next.at > load.seconds * 1000) break;
    now = next.at;
    next.run();
    // Who waited for a place goes on before time does.
    await Promise.resolve();
    await Promise.resolve();
  }
  return { offered, good, shed, sent, places };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
/** Ten workers, twenty milliseconds: 500 calls a second. */
const plain = { workers: 10, patience: 500, seconds: 20 } as const;
const steady = { takes: (random: () => number) => ({ operation: 'a', milliseconds: 10 + 20 * random() }) };

describe('a service that gets more than it can serve', () => {
  for (const times of [1.5, 3, 10])
    test(`${times} times as much: most of what it can serve is served in time; without shedding next to nothing is`, async () => {
      const load = { ...plain, ...steady, rate: () => 500 * times };
      const [without, with_] = [await simulate({ ...load, sheds: false }), await simulate({ ...load, sheds: true })];
      const capacity = 500 * plain.seconds;
      assert.ok(without.good < capacity * 0.25, `without: ${without.good} of ${capacity}`);
      assert.ok(with_.good > capacity * 0.8, `with: ${with_.good} of ${capacity}`);
    });
  test('a burst that passes is over when it is over', async () => {
    const load = { ...plain, ...steady, rate: (at: number) => (at > 5 && at < 10 ? 2500 : 300) };
    const { good, offered, shed } = await simulate({ ...load, sheds: true });
    // What was offered without the burst, and what can be served in it.
    assert.ok(good > (15 * 300 + 5 * 500) * 0.85, `${good} of ${offered}, ${sum(shed)} shed`);
  });
  test('one that is slower for another reason sheds for some seconds, and then no more', async () => {
    const takes: Load['takes'] = (random, at) => ({
      operation: 'a',
      milliseconds: (at < 10 ? 1 : 4) * (10 + 10 * random()),
    });
    const load = { ...plain, workers: 200, seconds: 60, rate: () => 500, takes };
    const after = await simulate({ ...load, sheds: true });
    const until = await simulate({ ...load, seconds: 45, sheds: true });
    assert.equal(sum(after.shed) - sum(until.shed), 0, `${sum(until.shed)} before`);
  });
  test('what matters least is shed first', async () => {
    const load = {
      ...plain,
      ...steady,
      rate: () => 1000,
      importance: (random: () => number) => Math.floor(random() * 4) as Importance,
    };
    const { sent, shed } = await simulate({ ...load, sheds: true });
    const parts = shed.map((count, importance) => count / (sent[importance] ?? 1));
    assert.ok((parts[3] ?? 1) < 0.05, `${parts.map((part) => part.toFixed(2))}`);
    for (let at = 1; at < 4; at++) assert.ok((parts[at - 1] ?? 0) >= (parts[at] ?? 0) - 0.02, `${parts}`);
    assert.ok((parts[0] ?? 0) > 0.5, `${parts}`);
  });
});

describe('a service that has enough', () => {
  const forms: Readonly<Record<string, Partial<Load> & Pick<Load, 'takes'>>> = {
    'calls that are alike': steady,
    'operations that take very different times': {
      takes: (random) =>
        random() < 0.1
          ? { operation: 'export', milliseconds: 80 + 40 * random() }
          : { operation: 'get', milliseconds: 2 + 2 * random() },
    },
    'more exports than before': {
      takes: (random, at) =>
        random() < (at < 8 ? 0.02 : 0.2)
          ? { operation: 'export', milliseconds: 60 }
          : { operation: 'get', milliseconds: 4 },
    },
    'one operation that is fast or slow': {
      takes: (random) => ({ operation: 'a', milliseconds: random() < 0.5 ? 1 : 25 }),
    },
    'a few that take for ever': {
      takes: (random) => ({ operation: 'a', milliseconds: random() < 0.01 ? 600 : 8 }),
    },
    'hours that are slower': {
      takes: (random, at) => ({ operation: 'a', milliseconds: (10 + 10 * random()) * (at < 10 ? 1 : 1.3) }),
    },
  };
  for (const [what, form] of Object.entries(forms))
    test(`${what}: nobody is refused`, async () => {
      const load = { ...plain, workers: 20, rate: () => 350, ...form, patience: 5000 };
      const { offered, shed } = await simulate({ ...load, sheds: true });
      assert.equal(sum(shed), 0, `${sum(shed)} of ${offered}`);
    });
});

test('calls that are refused or given up at once make no other call wait', async () => {
  let now = 0;
  const places = new Places(
    100,
    () => now,
    () => () => {},
  );
  const first = places.limit;
  for (let i = 0; i < 5000; i++) {
    const leave = places.enter('a', 3);
    assert.ok(typeof leave === 'function');
    now += i % 3 === 0 ? 20 : 0.5;
    leave(i % 3 === 0 ? 'served' : i % 3 === 1 ? 'cut' : 'refused');
  }
  assert.ok(places.limit >= first, `${places.limit}`);
});

test('callers who give up are slow calls', async () => {
  let now = 0;
  const places = new Places(
    100,
    () => now,
    () => () => {},
  );
  const round = (took: number, outcome: 'served' | 'cut'): void => {
    const all = Array.from({ length: 60 }, () => places.enter('a', 3));
    now += took;
    for (const leave of all) if (typeof leave === 'function') leave(outcome);
  };
  for (let i = 0; i < 50; i++) round(20, 'served');
  for (let i = 0; i < 6; i++) round(1000, 'cut');
  assert.ok(places.limit < 60, `${places.limit}`);
});

test('who waits is told at its deadline, and places are given back once', async () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const places = new Places(
    100,
    () => now,
    (_, run) => (timers.push(run), () => {}),
  );
  const taken = Array.from({ length: places.limit }, () => places.enter('a', 3));
  assert.ok(taken.every((place) => typeof place === 'function'));
  const [late, early] = [places.enter('a', 3), places.enter('a', 3)];
  assert.ok(late instanceof Promise && early instanceof Promise);
  const [first] = taken;
  if (typeof first === 'function') {
    first('served');
    first('served');
  }
  assert.equal(typeof (await late), 'function', 'who came first goes first, and one place is one');
  now = 101;
  for (const run of timers.splice(0)) run();
  assert.equal(await early, undefined);
});
