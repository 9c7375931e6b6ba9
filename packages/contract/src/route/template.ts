/** A path template cut at its slashes: `/orders/{id}.json` is `orders` and `{id}.json`. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** One more literal than variables: before the first, between each two, after the last. Any of them may be empty. */
  | {
      readonly kind: 'variable';
      readonly literals: readonly string[];
      readonly variables: readonly string[];
      /** The last segment, which takes what comes after it as well. */
      readonly rest?: true | undefined;
    };

export interface Template {
  readonly segments: readonly Segment[];
  /** Names of the variables in the order in which they stand in the template. */
  readonly variables: readonly string[];
}

/**
 * Reads an OpenAPI path template, or a base path with one. Literal text is brought to the form in which it travels:
 * UTF-8 percent-encoded where RFC 3986 section 3.3 asks for it, and nowhere else.
 *
 * @param path As documented, beginning with `/`.
 */
export function parseTemplate(path: string): Template {
  const variables: string[] = [];
  const segments = (path.startsWith('/') ? path.slice(1) : path).split('/').map((text) => {
    const segment = parseSegment(text);
    if (segment.kind === 'variable') variables.push(...segment.variables);
    return segment;
  });
  return { segments, variables };
}

/** The same template, whose last segment, a variable alone, takes the rest of the path with its slashes. */
export function withRest({ segments, variables }: Template): Template {
  const last = segments.at(-1);
  if (last?.kind !== 'variable' || last.variables.length !== 1) return { segments, variables };
  return { segments: [...segments.slice(0, -1), { ...last, rest: true }], variables };
}

/** The names of a template's variables, in order. */
export function templateVariables(path: string): readonly string[] {
  return path.includes('{') ? parseTemplate(path).variables : [];
}

function parseSegment(text: string): Segment {
  const literals: string[] = [];
  const variables: string[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf('{', from);
    const close = open === -1 ? -1 : text.indexOf('}', open);
    if (close === -1) break;
    literals.push(canonicalLiteral(text.slice(from, open)));
    variables.push(text.slice(open + 1, close));
    from = close + 1;
  }
  const last = canonicalLiteral(text.slice(from));
  return variables.length === 0
    ? { kind: 'literal', text: last }
    : { kind: 'variable', literals: [...literals, last], variables };
}

/** Literal text as it stands in a canonical request: reserved characters as they are, needless encodings undone, hex digits upper-cased. */
function canonicalLiteral(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+|[^A-Za-z0-9\-._~!$&'()*+,;=:@%]+/gi, (run) => {
    if (!run.startsWith('%')) return encodeURIComponent(run);
    try {
      return encodeURIComponent(decodeURIComponent(run));
    } catch {
      return run;
    }
  });
}
