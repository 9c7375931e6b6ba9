import type { Column, Table } from './table.ts';

/** Operations of a caller that are remembered. */
const depth = 8;
/** Calls after which an order is believed, and of how many callers. */
const enough = 20;
const enoughCallers = 5;
/** Share of calls before which the step was taken. */
const nearlyAlways = 0.97;
/** Calls without it that there might have been as well, and what share of all they and those that there were may be: of a few calls nearly all have much before them by chance. */
const unseen = 3;
const mostWithout = 0.1;
const maxOperations = 500;

interface Steps {
  calls: number;
  callers: number;
  /** By operation: calls before which it was among the last steps of the caller. */
  readonly before: Map<number, number>;
}

/** Which operation nearly always comes before which: the order of business flows, as callers keep it. */
export class Predecessors {
  readonly #last: Column<Uint16Array>;
  readonly #of = new Map<number, Steps>();

  constructor(callers: Table) {
    this.#last = callers.column((length) => new Uint16Array(length), depth);
  }

  /** The steps that nearly everybody takes before an operation and this caller did not; empty where none is known to be needed. */
  missing(caller: number, kind: number): readonly number[] {
    const steps = this.#of.get(kind);
    if (steps === undefined || steps.calls < enough || steps.callers < enoughCallers) return [];
    const missing: number[] = [];
    for (const [step, calls] of steps.before)
      if (
        calls / steps.calls >= nearlyAlways &&
        steps.calls - calls + unseen <= steps.calls * mostWithout &&
        !this.#took(caller, step)
      )
        missing.push(step);
    return missing;
  }

  /**
   * Learns from a call what comes before it.
   * @param kind of the operation and the caller's credential
   */
  learn(caller: number, operation: number, kind: number, newCaller: boolean): void {
    let steps = this.#of.get(kind);
    if (steps === undefined) {
      if (this.#of.size >= maxOperations) return;
      this.#of.set(kind, (steps = { calls: 0, callers: 0, before: new Map() }));
    }
    steps.calls += 1;
    if (newCaller) steps.callers += 1;
    for (let i = 0; i < depth; i++) {
      const step = this.#last.get(caller, i);
      if (step !== 0 && step !== short(operation)) steps.before.set(step, (steps.before.get(step) ?? 0) + 1);
    }
    // Forgets: what was true for long counts as much as what is true for a while.
    if (steps.calls > 2000) {
      steps.calls /= 2;
      for (const [step, calls] of steps.before) steps.before.set(step, calls / 2);
    }
  }

  /** Remembers a step of a caller, each once: the latest first. */
  step(caller: number, operation: number): void {
    const step = short(operation);
    let moved = this.#last.get(caller, 0);
    if (moved === step) return;
    this.#last.set(caller, step);
    for (let i = 1; i < depth && moved !== 0 && moved !== step; i++) {
      const next = this.#last.get(caller, i);
      this.#last.set(caller, moved, i);
      moved = next;
    }
  }

  /** Forgets the steps of a caller: a session ended. */
  end(caller: number): void {
    this.#last.clear(caller);
  }

  #took(caller: number, step: number): boolean {
    for (let i = 0; i < depth; i++) if (this.#last.get(caller, i) === step) return true;
    return false;
  }
}

/** 16 bits of an operation's number, never 0. */
const short = (operation: number): number => (operation & 0xffff) | 1;
