import type { Direction } from '../compiled.ts';
import type { SchemaNode } from '../schema/node.ts';
import { parsePointer } from '../schema/pointer.ts';

interface Entry {
  readonly name: string;
  request: string | undefined;
  response: string | undefined;
}

/** Gives referred schemas names, one each, and keeps what they stand for in either direction. */
export class Names {
  readonly #entries = new Map<unknown, Entry>();
  readonly #taken: Set<string>;

  /** @param reserved names that no schema may take */
  constructor(reserved: readonly string[]) {
    this.#taken = new Set(reserved);
  }

  /** The name of a schema in a direction. `write` gives its type, once. */
  of(node: SchemaNode, direction: Direction, write: () => string): string {
    let entry = this.#entries.get(node.raw);
    if (entry === undefined)
      this.#entries.set(node.raw, (entry = { name: this.#free(node), request: undefined, response: undefined }));
    if (entry[direction] === undefined) {
      // Set before it is written: a schema may refer to itself.
      entry[direction] = 'unknown';
      entry[direction] = write();
    }
    return `${marker(direction)}${entry.name}`;
  }

  /**
   * Every name with its type. A schema that is the same in both directions has one type; otherwise the one of requests
   * is called `…Request`.
   * @returns the declarations, and what replaces the marked names in other texts
   */
  settle(): {
    readonly declarations: readonly (readonly [name: string, type: string])[];
    readonly final: (text: string) => string;
  } {
    const entries = [...this.#entries.values()];
    const differing = this.#differing(entries);
    const final = (text: string): string =>
      text.replaceAll(/§(request|response)§([A-Za-z_$][\w$]*)/g, (_all, direction: Direction, name: string) =>
        direction === 'request' && differing.has(name) ? `${name}Request` : name,
      );
    const declarations: [string, string][] = [];
    for (const { name, request, response } of entries) {
      const main = response ?? (differing.has(name) ? undefined : request);
      if (main !== undefined) declarations.push([name, final(main)]);
      if (differing.has(name) && request !== undefined) declarations.push([`${name}Request`, final(request)]);
    }
    return { declarations: declarations.sort(([a], [b]) => (a < b ? -1 : 1)), final };
  }

  /** Names whose types differ by direction, themselves or in what they refer to. */
  #differing(entries: readonly Entry[]): ReadonlySet<string> {
    const differing = new Set<string>();
    const plain = (text: string): string => text.replaceAll(/§(?:request|response)§/g, '');
    for (const { name, request, response } of entries)
      if (request !== undefined && response !== undefined && plain(request) !== plain(response)) differing.add(name);
    for (let before = -1; before !== differing.size;) {
      before = differing.size;
      for (const { name, request, response } of entries) {
        if (request === undefined || response === undefined || differing.has(name)) continue;
        if (mentions(request).some((other) => differing.has(other))) differing.add(name);
      }
    }
    return differing;
  }

  #free(node: SchemaNode): string {
    const token = parsePointer(node.pointer)?.at(-1) ?? '';
    const words = token.split(/[^A-Za-z0-9_$]+/).filter((word) => word !== '');
    let base = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    if (base === '' || /^\d/.test(base)) base = `Schema${base}`;
    let name = base;
    for (let number = 2; this.#taken.has(name) || this.#taken.has(`${name}Request`); number++)
      name = `${base}${number}`;
    this.#taken.add(name).add(`${name}Request`);
    return name;
  }
}

function marker(direction: Direction): string {
  return `§${direction}§`;
}

function mentions(text: string): readonly string[] {
  return [...text.matchAll(/§(?:request|response)§([A-Za-z_$][\w$]*)/g)].map((match) => match[1] ?? '');
}
