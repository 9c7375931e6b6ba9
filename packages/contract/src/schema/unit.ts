import type { Compiler } from './compiler.ts';
import { emitSchema } from './emit.ts';
import { spend } from './fuel.ts';
import type { SchemaNode } from './node.ts';
import { composed } from './composition.ts';
import type { Tracker } from './tracker.ts';
import { Writer } from './writer.ts';

export type Check = (value: unknown) => boolean;
export type Track = (value: unknown, tracker: Tracker) => boolean;

/** Beyond this many schemas, a composition is taken to contain itself: the guard against it costs little and changes nothing. */
const COMPOSITION_LIMIT = 2_000;

/** One schema location in one scope, with its functions, each generated when first called. Shared by everything that refers to it. */
export class Unit {
  readonly node: SchemaNode;
  readonly compiler: Compiler;
  /** Generated code calls `(unit.f ?? unit.compile())(value)`, so that a call site only ever sees the compiled function. */
  f: Check | undefined = undefined;
  t: Track | undefined = undefined;
  #loops: boolean | undefined = undefined;

  constructor(compiler: Compiler, node: SchemaNode) {
    this.compiler = compiler;
    this.node = node;
  }

  compile(): Check {
    const writer = new Writer();
    emitSchema({ compiler: this.compiler, writer, root: this.node }, this.node, 'v', 'return false;', undefined);
    writer.line('return true;');
    const check = writer.build('v') as Check;
    this.f = this.loops ? guarded(check) : check;
    return this.f;
  }

  compileTracked(): Track {
    const writer = new Writer();
    emitSchema({ compiler: this.compiler, writer, root: this.node }, this.node, 'v', 'return false;', 't');
    writer.line('return true;');
    const track = writer.build('v, t') as Track;
    this.t = this.loops ? guarded(track) : track;
    return this.t;
  }

  /** Whether applying this schema to a value can come back to it with the same value. */
  get loops(): boolean {
    this.#loops ??= this.#reachesItself();
    return this.#loops;
  }

  #reachesItself(): boolean {
    if (this.#endsByItself()) return false;
    const seen = new Set<Unit>();
    const pending: SchemaNode[] = [this.node];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      for (const { node: next, referred } of composed(this.compiler, node)) {
        if (!referred || typeof next.raw === 'boolean') {
          pending.push(next);
          continue;
        }
        const unit = this.compiler.unit(next);
        if (unit === this) return true;
        if (seen.has(unit)) continue;
        seen.add(unit);
        pending.push(next);
        if (seen.size > COMPOSITION_LIMIT) return true;
      }
    }
    return false;
  }

  /** Whether nothing that this schema is composed of comes back to itself; remembered for all of it. */
  #endsByItself(open = new Set<Unit>()): boolean {
    if (this.#loops === false) return true;
    if (this.#loops === true || open.has(this)) return false;
    open.add(this);
    const ends = composed(this.compiler, this.node).every(
      ({ node }) => typeof node.raw === 'boolean' || this.compiler.unit(node).#endsByItself(open),
    );
    open.delete(this);
    if (ends) this.#loops = false;
    return ends;
  }
}

/**
 * A schema that contains itself (`Cat` is a `Pet`, `Pet` is one of `Cat` and `Dog`) asks the same question again while it is being
 * answered; the inner question adds nothing, so the answer is yes.
 */
function guarded<T extends (value: unknown, tracker: Tracker) => boolean>(inner: T): T {
  const active: unknown[] = [];
  return ((value: unknown, tracker: Tracker): boolean => {
    spend(4 + active.length);
    if (active.includes(value)) return true;
    active.push(value);
    try {
      return inner(value, tracker);
    } finally {
      active.pop();
    }
  }) as T;
}
