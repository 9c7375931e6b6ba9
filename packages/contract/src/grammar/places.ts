import { escapeToken, isObject } from '../load/pointer.ts';

/** One place in a made document, for tests that change each in turn. */
export interface Spot {
  readonly pointer: string;
  readonly key: string;
  /** Keys from the root down to here. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every place of a document below its root but extensions. */
export function* spotsOf(value: unknown, path: readonly string[] = []): Generator<Spot> {
  const pointer = path.map((token) => `/${escapeToken(token)}`).join('');
  if (path.length > 0) yield { pointer, key: path.at(-1) ?? '', path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, below] of Object.entries(value)) if (!key.startsWith('x-')) yield* spotsOf(below, [...path, key]);
}

/** A copy of a document in which something else stands at a place. */
export function replaced(document: unknown, path: readonly string[], value: unknown, key?: string): object {
  const [first, ...rest] = path;
  if (Array.isArray(document))
    return document.map((item: unknown, index) =>
      String(index) !== first ? item : rest.length === 0 ? value : replaced(item, rest, value, key),
    );
  if (!isObject(document) || first === undefined) throw new Error('there is no such place');
  return Object.fromEntries(
    Object.entries(document).map(([name, item]) =>
      name !== first
        ? [name, item]
        : rest.length === 0
          ? [key ?? name, value]
          : [name, replaced(item, rest, value, key)],
    ),
  );
}
