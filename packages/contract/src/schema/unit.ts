import type { Compiler } from './compiler.ts';
import { emitSchema } from './emit.ts';
import { spend } from './fuel.ts';
import type { SchemaNode } from './node.ts';
import { composed, type Composed } from './composition.ts';
import { settleLoops } from './loops.ts';
import type { Tracker } from './tracker.ts';
import { Writer } from './writer.ts';

export type Check = (value: unknown) => boolean;
export type Track = (value: unknown, tracker: Tracker) => boolean;

/** One schema location in one scope, with its functions, each generated when first called. Shared by everything that refers to it. */
export class Unit {
  readonly node: SchemaNode;
  readonly compiler: Compiler;
  /** Generated code calls `(unit.f ?? unit.compile())(value)`, so that a call site only ever sees the compiled function. */
  f: Check | undefined = undefined;
  t: Track | undefined = undefined;
  /** What the schema applies in place: see `composed`. */
  parts: readonly Composed[] | undefined = undefined;
  #loops: boolean | undefined = undefined;

  constructor(compiler: Compiler, node: SchemaNode) {
    this.compiler = compiler;
    this.node = node;
  }

  compile(): Check {
    const writer = new Writer();
    emitSchema({ compiler: this.compiler, writer, root: this.node }, this.node, 'v', 'return false;', undefined);
    writer.line('return true;');
    this.compiler.spend('code', writer.size, this.node);
    const check = writer.build('v') as Check;
    this.f = this.loops ? guarded(check) : check;
    return this.f;
  }

  compileTracked(): Track {
    const writer = new Writer();
    emitSchema({ compiler: this.compiler, writer, root: this.node }, this.node, 'v', 'return false;', 't');
    writer.line('return true;');
    this.compiler.spend('code', writer.size, this.node);
    const track = writer.build('v, t') as Track;
    this.t = this.loops ? guarded(track) : track;
    return this.t;
  }

  /** Whether applying this schema to a value can come back to it with the same value. */
  get loops(): boolean {
    if (this.#loops === undefined)
      settleLoops<Unit>(this, {
        next: (unit) =>
          composed(unit.compiler, unit.node).flatMap(({ node }) =>
            typeof node.raw === 'boolean' ? [] : [unit.compiler.unit(node)],
          ),
        known: (unit) => unit.#loops !== undefined,
        settle(units, loops) {
          for (const unit of units) unit.#loops = loops;
        },
      });
    return this.#loops ?? true;
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
