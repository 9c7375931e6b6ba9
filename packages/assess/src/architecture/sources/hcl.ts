import { CastellanError, type Place } from '@castellan/contract';

/** A block of HCL: `resource "aws_db_instance" "main" { … }`. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** Attributes whose value is plain: a text, number, boolean, or list of texts. Expressions are kept as `expression`. */
  readonly attributes: ReadonlyMap<string, HclAttribute>;
  readonly blocks: readonly HclBlock[];
  readonly place: Place;
}

export interface HclAttribute {
  /** Words of the value; one for a single value. */
  readonly values: readonly string[];
  /** Whether all of it is literal, without references or functions. */
  readonly literal: boolean;
  readonly place: Place;
}

interface Token {
  readonly kind: 'name' | 'text' | 'symbol' | 'line';
  readonly text: string;
  readonly place: Place;
}

/**
 * Reads the plain part of a Terraform file: blocks, labels and literal attributes. Expressions are noted, not evaluated.
 * @throws CastellanError `invalid-terraform`
 */
export function parseHcl(file: string, text: string): HclBlock[] {
  const tokens = tokenise(file, text);
  let at = 0;
  const parseBody = (depth: number): { attributes: Map<string, HclAttribute>; blocks: HclBlock[] } => {
    if (depth > 32) throw invalid({ file }, 'blocks are nested more than 32 levels deep');
    const attributes = new Map<string, HclAttribute>();
    const blocks: HclBlock[] = [];
    for (let token = tokens[at]; token !== undefined; token = tokens[at]) {
      at += 1;
      if (token.text === '}' && token.kind === 'symbol') {
        if (depth === 0) throw invalid(token.place, 'a } closes nothing');
        return { attributes, blocks };
      }
      if (token.kind !== 'name' && token.kind !== 'text') continue;
      const labels: string[] = [];
      let next = tokens[at];
      while (next !== undefined && (next.kind === 'text' || next.kind === 'name')) {
        labels.push(next.text);
        at += 1;
        next = tokens[at];
      }
      if (next?.kind === 'symbol' && next.text === '{') {
        at += 1;
        blocks.push({ type: token.text, labels, ...parseBody(depth + 1), place: token.place });
      } else if (next?.kind === 'symbol' && next.text === '=') {
        at += 1;
        attributes.set(token.text, parseValue(token.place));
      }
    }
    if (depth > 0) throw invalid({ file, line: text.split('\n').length, column: 1 }, 'a { is not closed');
    return { attributes, blocks };
  };
  const parseValue = (place: Place): HclAttribute => {
    const values: string[] = [];
    let literal = true;
    let depth = 0;
    for (let token = tokens[at]; token !== undefined; token = tokens[at]) {
      if (token.kind === 'line' && depth === 0) break;
      if (token.kind === 'symbol' && depth === 0 && token.text === '}') break;
      at += 1;
      if (token.kind === 'line') continue;
      if (token.kind === 'symbol') {
        if ('[{('.includes(token.text)) depth += 1;
        else if (']})'.includes(token.text)) depth -= 1;
        else if (!',=:'.includes(token.text)) literal = false;
        if (token.text === '(') literal = false;
        continue;
      }
      if (token.kind === 'name' && !/^(?:true|false|null|-?[\d.]+)$/.test(token.text)) literal = false;
      if (token.text.includes('${')) literal = false;
      values.push(token.text);
    }
    return { values, literal, place };
  };
  return parseBody(0).blocks;
}

function tokenise(file: string, text: string): Token[] {
  const pattern =
    /#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/|<<-?([A-Za-z_]\w*)\n[^]*?\n[ \t]*\1(?=\n|$)|"(?:[^"\\\n]|\\.)*"|-?[\w][\w.\-[\]*]*|\n|[{}[\](),=:?!<>&|+*/%-]/g;
  const tokens: Token[] = [];
  let line = 1;
  let start = 0;
  for (const match of text.matchAll(pattern)) {
    const [word] = match;
    const place = { file, line, column: match.index - start + 1 };
    const breaks = word.split('\n').length - 1;
    if (breaks > 0) {
      line += breaks;
      start = match.index + word.lastIndexOf('\n') + 1;
    }
    if (word === '\n') tokens.push({ kind: 'line', text: word, place });
    else if (/^(?:#|\/\/|\/\*)/.test(word)) {
      if (breaks > 0) tokens.push({ kind: 'line', text: '\n', place });
    } else if (word.startsWith('"')) tokens.push({ kind: 'text', text: word.slice(1, -1), place });
    else if (word.startsWith('<<')) tokens.push({ kind: 'text', text: word, place });
    else if (/^-?\w/.test(word)) tokens.push({ kind: 'name', text: word, place });
    else tokens.push({ kind: 'symbol', text: word, place });
    if (tokens.length > 200_000) throw invalid(place, 'the file is too long');
  }
  return tokens;
}

function invalid(place: Place, why: string): CastellanError {
  return new CastellanError({
    code: 'invalid-terraform',
    message: `the file is not Terraform: ${why}`,
    place,
    mend: 'check it with terraform validate',
  });
}
