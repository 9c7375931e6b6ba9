import type { Direction } from '../compiled.ts';
import { Nodes, type SchemaNode } from './node.ts';
import type { CompileOptions } from './options.ts';
import type { References } from './references.ts';
import { Unit } from './unit.ts';
import type { WorkKind } from './work.ts';

/** All functions of one contract under one set of options. */
export class Compiler {
  readonly nodes: Nodes;
  readonly direction: Direction | undefined;
  readonly formats: boolean;
  readonly content: boolean;
  readonly #units = new WeakMap<object, Unit[]>();

  constructor(nodes: Nodes, options: CompileOptions) {
    this.nodes = nodes;
    this.direction = options.direction;
    this.formats = options.formats ?? true;
    this.content = options.content ?? false;
  }

  /** The same for schemas whose formats only describe. */
  withoutFormats(): Compiler {
    const { direction, content } = this;
    return compilerOf(this.nodes.references, { direction, content, formats: false });
  }

  /**
   * Of answers without formats nothing is counted: that is the same schemas again, taken apart after the ones with formats were.
   * @throws CastellanError `schemas-too-complex`
   */
  spend(kind: WorkKind, amount: number, { resource, pointer }: SchemaNode): void {
    if (this.direction === 'response' && !this.formats) return;
    this.nodes.references.work.spend(kind, amount, () => ({ document: resource.document, pointer }));
  }

  /** The one unit of a schema in its scope. */
  unit(node: SchemaNode): Unit {
    if (typeof node.raw === 'boolean') return new Unit(this, node);
    let units = this.#units.get(node.raw);
    if (units === undefined) this.#units.set(node.raw, (units = []));
    for (const unit of units) {
      if (
        unit.node.scope === node.scope &&
        unit.node.resource === node.resource &&
        sameNames(unit.node.waived, node.waived)
      )
        return unit;
    }
    this.spend('schemas', 1 + units.length, node);
    const unit = new Unit(this, node);
    units.push(unit);
    return unit;
  }
}

const compilers = new WeakMap<References, { readonly nodes: Nodes; readonly byOptions: Map<string, Compiler> }>();

/** The compiler of a contract for these options: the same one for the same options. */
export function compilerOf(references: References, options: CompileOptions): Compiler {
  let known = compilers.get(references);
  if (known === undefined) compilers.set(references, (known = { nodes: new Nodes(references), byOptions: new Map() }));
  const key = `${options.direction ?? ''} ${options.formats ?? true} ${options.content ?? false}`;
  let compiler = known.byOptions.get(key);
  if (compiler === undefined) known.byOptions.set(key, (compiler = new Compiler(known.nodes, options)));
  return compiler;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
