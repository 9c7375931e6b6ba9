import type { PatternElement } from '../load/est.ts';

/** Compiles the pattern of `like`. It runs in time linear in the text for each literal, with no backtracking. */
export function matcher(pattern: readonly PatternElement[]): (text: string) => boolean {
  const literals = [''];
  for (const element of pattern) {
    if (element === 'Wildcard') literals.push('');
    else literals.push(`${literals.pop() ?? ''}${element.Literal}`);
  }
  const [first = '', ...middle] = literals;
  const last = middle.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let position = first.length;
    const end = text.length - last.length;
    for (const literal of middle) {
      const found = text.indexOf(literal, position);
      if (found < 0) return false;
      position = found + literal.length;
      if (position > end) return false;
    }
    return true;
  };
}
