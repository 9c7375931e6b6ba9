/** A piece of SQL: texts with a parameter between each two. No value ever becomes text. */
export interface Fragment {
  readonly strings: readonly string[];
  readonly params: readonly unknown[];
}

/** Builds a fragment; fragments among the values are spliced in, everything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Fragment {
  const texts = [strings[0] ?? ''];
  const params: unknown[] = [];
  for (const [index, value] of values.entries()) {
    const after = strings[index + 1] ?? '';
    if (isFragment(value)) {
      texts.push(`${texts.pop() ?? ''}${value.strings[0] ?? ''}`, ...value.strings.slice(1));
      params.push(...value.params);
      texts.push(`${texts.pop() ?? ''}${after}`);
    } else {
      params.push(value);
      texts.push(after);
    }
  }
  return { strings: texts, params };
}

const isFragment = (value: unknown): value is Fragment =>
  typeof value === 'object' && value !== null && 'strings' in value && 'params' in value;

/** A text that the caller trusts: a quoted column, an operator, an expression of the mapping. */
export function raw(text: string): Fragment {
  return { strings: [text], params: [] };
}

/** Fragments with a text between each two. */
export function joined(fragments: readonly Fragment[], between: string): Fragment {
  const [first = raw(''), ...others] = fragments;
  return others.reduce((before, next) => sql`${before}${raw(between)}${next}`, first);
}
