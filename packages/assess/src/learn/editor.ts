import { escapePointer } from '@castellan/contract';

/** One action of an overlay. */
export interface Action {
  readonly target: string;
  readonly description?: string | undefined;
  readonly update?: unknown;
  readonly remove?: true | undefined;
}

/**
 * Changes a copy of a document and notes each change as actions of an Overlay (1.0), which applied in their order make the
 * same document. Nodes are named by JSON Pointer, as they are when they are changed.
 */
export class Editor {
  readonly document: Record<string, unknown>;
  readonly actions: Action[] = [];
  #description: string | undefined = undefined;

  constructor(document: Readonly<Record<string, unknown>>) {
    this.document = structuredClone(document) as Record<string, unknown>;
  }

  /** Why the next actions are there. */
  describe(description: string): void {
    this.#description = description;
  }

  get(pointer: string): unknown {
    let value: unknown = this.document;
    for (const token of tokens(pointer)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[token];
    }
    return value;
  }

  has(pointer: string): boolean {
    return this.get(pointer) !== undefined;
  }

  /** Sets a member of an object; objects above it that are missing are made. */
  set(pointer: string, value: unknown): void {
    let at = pointer;
    let update = value;
    for (;;) {
      const all = tokens(at);
      const parent = pointerOf(all.slice(0, -1));
      const name = all.at(-1) ?? '';
      update = Object.fromEntries([[name, update]]);
      if (this.has(parent) || parent === '') {
        const before = this.get(at);
        // Only what is of one kind is merged into what was there.
        if (isContainer(before) || (before !== undefined && isContainer(value))) this.remove(at);
        this.#act({ target: this.#path(parent), update });
        Object.assign(this.get(parent) as object, structuredClone(update));
        return;
      }
      at = parent;
    }
  }

  remove(pointer: string): void {
    if (!this.has(pointer)) return;
    this.#act({ target: this.#path(pointer), remove: true });
    const all = tokens(pointer);
    const parent = this.get(pointerOf(all.slice(0, -1)));
    const name = all.at(-1) ?? '';
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete (parent as Record<string, unknown>)[name];
  }

  /** Adds to a list; makes it where it is missing. */
  append(pointer: string, ...items: readonly unknown[]): void {
    const list = this.get(pointer);
    if (!Array.isArray(list)) return this.set(pointer, items);
    this.#act({ target: this.#path(pointer), update: items });
    list.push(...structuredClone(items as unknown[]));
  }

  #act(action: Action): void {
    this.actions.push(this.#description === undefined ? action : { ...action, description: this.#description });
  }

  /** The normalised JSONPath (RFC 9535 section 2.7) of a node. */
  #path(pointer: string): string {
    let path = '$';
    let value: unknown = this.document;
    for (const token of tokens(pointer)) {
      path += Array.isArray(value) ? `[${token}]` : `['${token.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
      value = (value as Readonly<Record<string, unknown>> | undefined)?.[token];
    }
    return path;
  }
}

/** The reference tokens of a JSON Pointer. */
export function tokens(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A JSON Pointer of these tokens. */
export function pointerOf(all: readonly string[]): string {
  return all.map((token) => `/${escapePointer(token)}`).join('');
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
