import type { Parameter, ParameterStyle } from '../model.ts';
import { percentDecoded } from './percent.ts';
import { Refused } from './refused.ts';

/** A value as text, cut into its parts but not yet converted. */
export type Loose = string | readonly string[] | ReadonlyMap<string, string>;

export type Kind = 'scalar' | 'array' | 'object';

/** How a value is written: the part of a Parameter that serialisation needs. */
export type Serialisation = Pick<Parameter, 'name' | 'in' | 'style' | 'explode'>;

/** Takes one occurrence of a parameter apart. Path captures arrive undecoded, everything else decoded. */
export type Cut = (text: string) => Loose | Refused;

const delimiters: Readonly<Record<ParameterStyle, string>> = {
  matrix: ',',
  label: ',',
  simple: ',',
  form: ',',
  cookie: ',',
  deepObject: ',',
  spaceDelimited: ' ',
  pipeDelimited: '|',
  tabDelimited: '\t',
};

const oddPairs = new Refused('style', 'does not alternate names and values', 'write name,value,name,value');
const noAssignment = new Refused('style', 'has a part without a name and =', 'write name=value for each property');
const twice = new Refused('duplicate-parameter', 'gives the same property more than once', 'give each property once');
const noDot = new Refused('style', 'does not begin with a dot', 'put a dot before the value (style: label)');

/**
 * The reading of one `style`, `explode` and kind of value (OpenAPI 3.2, section 4.12.4; RFC 6570 section 3.2).
 *
 * Lists are cut after percent-decoding. RFC 6570 would keep an encoded comma as data, but client libraries encode the
 * delimiters too, and every framework hands its handler decoded text: this is the reading that all of them share.
 */
export function cutBy(parameter: Serialisation, kind: Kind): Cut {
  switch (parameter.style) {
    case 'matrix':
      return matrix(parameter.name, parameter.explode, kind);
    case 'label':
      return label(parameter.explode, kind);
    default: {
      const delimiter = delimiters[parameter.style];
      const read = kindOf(kind, parameter.explode && kind === 'object', delimiter, parameter.in === 'header');
      return parameter.in === 'path' ? decodedFirst(read) : read;
    }
  }
}

function decodedFirst(read: Cut): Cut {
  return (text) => {
    const decoded = percentDecoded(text, false);
    return decoded instanceof Refused ? decoded : read(decoded);
  };
}

function kindOf(kind: Kind, assigned: boolean, delimiter: string, trimmed: boolean): Cut {
  if (kind === 'scalar') return (text) => text;
  if (kind === 'array') return (text) => parts(text, delimiter, trimmed);
  if (assigned) return (text) => assignments(parts(text, delimiter, trimmed));
  return (text) => alternating(parts(text, delimiter, trimmed));
}

/** The empty text is the empty list. In header fields, white space around items and empty items do not count (RFC 9110 section 5.6.1). */
function parts(text: string, delimiter: string, trimmed: boolean): readonly string[] {
  if (text === '') return [];
  if (!trimmed) return text.split(delimiter);
  return text
    .split(delimiter)
    .map((part) => part.replace(/^[ \t]+/, '').trimEnd())
    .filter((part) => part !== '');
}

function alternating(list: readonly string[]): ReadonlyMap<string, string> | Refused {
  if (list.length % 2 !== 0) return oddPairs;
  const properties = new Map<string, string>();
  for (let index = 0; index < list.length; index += 2) properties.set(list[index] ?? '', list[index + 1] ?? '');
  return properties.size * 2 === list.length ? properties : twice;
}

function assignments(list: readonly string[]): ReadonlyMap<string, string> | Refused {
  const properties = new Map<string, string>();
  for (const part of list) {
    const equals = part.indexOf('=');
    if (equals === -1) return noAssignment;
    properties.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return properties.size === list.length ? properties : twice;
}

/** `.blue`, `.blue,black`, exploded `.blue.black` and `.R=100.G=200`. */
function label(explode: boolean, kind: Kind): Cut {
  const read = kindOf(kind, explode && kind === 'object', explode ? '.' : ',', false);
  return decodedFirst((text) => (text.startsWith('.') ? read(text.slice(1)) : noDot));
}

/** `;color=blue`, `;color=blue,black`, exploded `;color=blue;color=black` and `;R=100;G=200`. Cut before decoding: nothing else reads `;`. */
function matrix(name: string, explode: boolean, kind: Kind): Cut {
  const wrong = new Refused(
    'style',
    `does not begin with ;${name}`,
    `write ;${name}= before the value (style: matrix)`,
  );
  const read = kindOf(kind, false, ',', false);
  return (text) => {
    if (!text.startsWith(';')) return wrong;
    const pairs: [string, string][] = [];
    for (const part of text.slice(1).split(';')) {
      const equals = part.indexOf('=');
      const key = percentDecoded(equals === -1 ? part : part.slice(0, equals), false);
      const value = percentDecoded(equals === -1 ? '' : part.slice(equals + 1), false);
      if (key instanceof Refused) return key;
      if (value instanceof Refused) return value;
      pairs.push([key, value]);
    }
    if (explode && kind === 'object') {
      const properties = new Map(pairs);
      return properties.size === pairs.length ? properties : twice;
    }
    if (pairs.some(([key]) => key !== name)) return wrong;
    if (explode && kind === 'array') return pairs.map(([, value]) => value);
    return pairs.length === 1 ? read(pairs[0]?.[1] ?? '') : twice;
  };
}
