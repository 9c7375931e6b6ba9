/** How much more of each item a value asks for. */
export interface Expansions {
  /** Names that it lists. */
  readonly count: number;
  /** Levels of the deepest of them: `author.friends` has two. */
  readonly levels: number;
}

/**
 * Reads what `include`, `expand` and `fields` list, in the ways that they are written: lists by commas, spaces or repetition
 * (`a,b`), paths (`a.b`, `a/b`), nesting (`a(b,c)`, `a{b}`, `a[b]`), and objects (`fields[articles]=title`).
 */
export function expansionsOf(value: unknown): Expansions {
  if (typeof value === 'string') return ofText(value);
  if (typeof value !== 'object' || value === null)
    return { count: value === undefined || value === null ? 0 : 1, levels: 1 };
  const parts = Array.isArray(value)
    ? value.map(expansionsOf)
    : Object.values(value).map((inner) => {
        const { count, levels } = expansionsOf(inner);
        return { count, levels: levels + 1 };
      });
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    levels: parts.reduce((most, { levels }) => Math.max(most, levels), 0),
  };
}

const opens = '([{';
const closes = ')]}';

function ofText(text: string): Expansions {
  let count = 0;
  let levels = 0;
  /** Path segments of the name that is read, and of each nesting around it. */
  let path = 0;
  const around: number[] = [];
  let inName = false;
  const depth = (): number => around.reduce((sum, one) => sum + one, 0) + path;
  for (const character of text) {
    if (opens.includes(character)) {
      around.push(path);
      path = 0;
      inName = false;
    } else if (closes.includes(character)) {
      path = around.pop() ?? 0;
      inName = false;
    } else if (/[,;|\s]/.test(character)) {
      path = 0;
      inName = false;
    } else if (character === '.' || character === '/') {
      inName = false;
      // A path that ends with a point asks for what is below all the same.
      path = Math.max(path, 1);
    } else if (!inName) {
      inName = true;
      if (path === 0) count += 1;
      path += 1;
      levels = Math.max(levels, depth());
    }
  }
  return { count, levels };
}
