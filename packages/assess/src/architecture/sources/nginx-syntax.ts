import { CastellanError, type Place } from '@castellan/contract';

/** One directive of an nginx configuration, with the block that follows it. */
export interface Directive {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly block: readonly Directive[] | undefined;
  readonly place: Place;
}

const MAX_DEPTH = 32;

/**
 * Parses an nginx configuration into directives. `include` is not followed; Lua blocks are skipped.
 * @throws CastellanError `invalid-nginx`
 */
export function parseNginx(file: string, text: string): Directive[] {
  const tokens = tokenise(file, text);
  let at = 0;
  const parse = (depth: number): Directive[] => {
    if (depth > MAX_DEPTH) throw invalid({ file }, `blocks are nested more than ${MAX_DEPTH} levels deep`);
    const directives: Directive[] = [];
    let words: string[] = [];
    let place: Place = { file, line: 1, column: 1 };
    for (let token = tokens[at]; token !== undefined; token = tokens[at]) {
      at += 1;
      if (token.kind === 'word') {
        if (words.length === 0) place = { file, line: token.line, column: token.column };
        words.push(token.text);
      } else if (token.kind === 'close') {
        if (depth === 0) throw invalid({ file, line: token.line, column: token.column }, 'a } closes nothing');
        return directives;
      } else {
        const [name, ...rest] = words;
        words = [];
        if (name === undefined) continue;
        directives.push({ name, arguments: rest, block: token.kind === 'open' ? parse(depth + 1) : undefined, place });
      }
    }
    if (depth > 0) throw invalid(place, 'a { is not closed');
    return directives;
  };
  return parse(0);
}

interface Token {
  readonly kind: 'word' | 'open' | 'close' | 'end';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

function tokenise(file: string, text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /#[^\n]*|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[{};]|(?:[^\s{};"'#\\]|\\[^]|\$\{[^}]*\})(?:[^\s{};\\]|\\[^]|\$\{[^}]*\})*|\n/g;
  let line = 1;
  let start = 0;
  for (const match of text.matchAll(pattern)) {
    const [word] = match;
    const column = match.index - start + 1;
    if (word === '\n') {
      line += 1;
      start = match.index + 1;
      continue;
    }
    if (word.startsWith('#')) continue;
    const kind = word === '{' ? 'open' : word === '}' ? 'close' : word === ';' ? 'end' : 'word';
    const quoted = /^(["'])([^]*)\1$/.exec(word);
    tokens.push({ kind, text: quoted?.[2] ?? word, line, column });
    const breaks = word.split('\n').length - 1;
    if (breaks > 0) {
      line += breaks;
      start = match.index + word.lastIndexOf('\n') + 1;
    }
    if (tokens.length > 200_000) throw invalid({ file, line, column }, 'the file is too long');
  }
  return tokens;
}

function invalid(place: Place, why: string): CastellanError {
  return new CastellanError({
    code: 'invalid-nginx',
    message: `the file is no nginx configuration: ${why}`,
    place,
    mend: 'check it with nginx -t',
  });
}
