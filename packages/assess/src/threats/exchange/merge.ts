import { isOurs } from './identity.ts';

type Raw = Readonly<Record<string, unknown>>;

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Puts what people added to a foreign file into a newly made one. Objects: every key that is not made here stays. Lists of
 * things with an id: what people added stays, what was made here and is no more is dropped. Everything else is as made.
 * @param kept keys whose earlier value people may have changed and that stays: places, sizes, notes
 */
export function keepPeoples(made: unknown, earlier: unknown, kept: ReadonlySet<string>): unknown {
  if (Array.isArray(made)) {
    if (!Array.isArray(earlier)) return made;
    const old = new Map(
      (earlier as unknown[]).flatMap((item): [string, unknown][] =>
        isRaw(item) && idOf(item) !== undefined ? [[idOf(item) ?? '', item]] : [],
      ),
    );
    const known = new Set<string>();
    const merged = (made as unknown[]).map((item) => {
      const id = isRaw(item) ? idOf(item) : undefined;
      if (id === undefined) return item;
      known.add(id);
      return keepPeoples(item, old.get(id), kept);
    });
    const added = (earlier as unknown[]).filter(
      (item) => isRaw(item) && idOf(item) !== undefined && !known.has(idOf(item) ?? '') && !isOurs(idOf(item)),
    );
    return [...merged, ...added];
  }
  if (!isRaw(made) || !isRaw(earlier)) return made;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(made)) {
    const before = Object.hasOwn(earlier, key) ? earlier[key] : undefined;
    result[key] = kept.has(key) && before !== undefined && before !== '' ? before : keepPeoples(value, before, kept);
  }
  for (const [key, value] of Object.entries(earlier))
    if (!Object.hasOwn(made, key) && key !== '__proto__') result[key] = value;
  return result;
}

/** The id of a thing in a list: a text, or the number of a diagram. */
function idOf(item: Raw): string | undefined {
  const { id } = item;
  if (typeof id === 'string') return id;
  return typeof id === 'number' ? String(id) : undefined;
}
