import { patternKey, type Pattern } from './pattern.ts';

/** Milliseconds for which what was dismissed is not told again, and how far it must go to be told all the same. */
const lasts = 30 * 24 * 3_600_000;
const further = 2;
const most = 1000;
const mostIds = 10_000;

/** What somebody said of an incident. */
export interface Dismissed {
  /** Milliseconds, of the facts. */
  readonly time: number;
  readonly note: string;
}

/** What was dismissed here or by another instance: it is not told again for a month, unless it goes twice as far. */
export class Dismissals {
  readonly #patterns = new Map<string, { readonly strength: number; readonly time: number }>();
  readonly #ids = new Map<string, Dismissed>();

  /** What was said of an incident; undefined where nobody dismissed it. */
  of(id: string): Dismissed | undefined {
    return this.#ids.get(id);
  }

  /** @returns false where it is known already; what is new of its patterns counts all the same */
  add(id: string, dismissed: Dismissed, patterns: readonly Pattern[]): boolean {
    const isNew = !this.#ids.has(id);
    if (isNew) keep(this.#ids, mostIds, id, dismissed);
    for (const pattern of patterns) {
      const key = patternKey(pattern);
      const before = this.#patterns.get(key);
      if (before === undefined || before.time <= dismissed.time)
        keep(this.#patterns, most, key, {
          strength: before?.time === dismissed.time ? Math.max(before.strength, pattern.strength) : pattern.strength,
          time: dismissed.time,
        });
    }
    return isNew;
  }

  /** Whether it is not told. @param time milliseconds, of the facts */
  covers(pattern: Pattern, time: number): boolean {
    if (this.#patterns.size === 0) return false;
    const before = this.#patterns.get(patternKey(pattern));
    return before !== undefined && time - before.time < lasts && pattern.strength < before.strength * further;
  }
}

/** The last that was added stays longest. */
function keep<T>(map: Map<string, T>, size: number, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= size) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
