// Streams of facts as processes send them, each with a clock of its own, some wrong: what time it is taken to be is that of most.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FactClock } from './clock.ts';

const hour = 3600;
const begin = 1_770_000_000;

/** Numbers that look random. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Stream {
  /** Seconds between two facts. */
  readonly gap: number;
  /** Share of facts of the process whose clock is wrong, and by how many seconds. */
  readonly share: number;
  readonly off: number;
  readonly seed: number;
}

/** Plays a stream for some thousand facts; gives for how many of a thousand it was ahead of the right time, and how far it ever was behind. */
function play({ gap, share, off, seed }: Stream, facts = 4000): { readonly ahead: number; readonly behind: number } {
  const random = randomOf(seed);
  const clock = new FactClock();
  let [time, ahead, behind] = [begin, 0, 0];
  // Some facts of a clock that is right come first: who begins with a wrong one cannot know.
  for (let i = 0; i < facts; i++) {
    time += Math.round(gap * random() * 2);
    const now = clock.take(i > 20 && random() < share ? time + off : time);
    if (now > time + 600) ahead += 1000 / facts;
    behind = Math.max(behind, time - now);
  }
  return { ahead, behind };
}

test('clock: one process of several whose clock is wrong, by whatever, neither carries the others along nor holds them', () => {
  for (const gap of [0, 0.05, 1, 20, 50])
    for (const share of [0.01, 0.1, 0.3, 0.5])
      for (const off of [
        -90 * 86_400,
        -13 * hour,
        -2 * hour,
        -700,
        900,
        hour,
        5 * hour,
        11 * hour,
        13 * hour,
        400 * 86_400,
      ])
        for (const seed of [1, 2, 3]) {
          const { ahead, behind } = play({ gap, share, off, seed });
          const stream = JSON.stringify({ gap, share, off, seed });
          assert.ok(ahead < 6, `${ahead} of 1000 ahead: ${stream}`);
          assert.ok(behind <= Math.max(200, gap * 80), `${behind} s behind: ${stream}`);
        }
});

test('clock: after a night, a week or a month without requests it is where the facts are, within a few of them', () => {
  for (const gap of [0, 1, 30, 300, 3000])
    for (const pause of [hour, 9 * hour, 7 * 86_400, 31 * 86_400]) {
      const clock = new FactClock();
      let time = begin;
      for (let i = 0; i < 300; i++) clock.take((time += gap));
      time += pause;
      let needed = 0;
      while (clock.take((time += gap)) < time - Math.max(60, 20 * gap))
        assert.ok((needed += 1) < 20, `${gap} ${pause}`);
    }
});

test('clock: goes back at most once for each leap, and takes no number that is none', () => {
  const random = randomOf(9);
  const clock = new FactClock();
  let [before, back] = [0, 0];
  for (let i = 0; i < 5000; i++) {
    const now = clock.take(i % 50 === 7 ? Number.NaN : begin + i + Math.round((random() - 0.5) * 10 * hour));
    assert.ok(Number.isFinite(now));
    if (now < before) back += 1;
    before = now;
  }
  assert.ok(back < 20, `${back} times back`);
});
