import type { Tree } from './convert.ts';
import { Refused } from './refused.ts';

/** Levels below the parameter's own name: qs reads five by default, and reads the rest as one odd name. */
const maxDepth = 5;
/** Highest index that is written out: beyond it, qs makes an object instead of a list. */
const maxIndex = 19;

const malformed = new Refused('style', 'has brackets that do not match', 'write name[property]=value');
const tooDeep = new Refused('style', `is nested more than ${maxDepth} levels deep`, 'send fewer levels');
const twice = new Refused('duplicate-parameter', 'gives the same property more than once', 'give each property once');
const mixed = new Refused(
  'style',
  'is a value and has properties at the same time',
  'give either the value or its properties',
);
const badIndex = new Refused(
  'style',
  'does not count its items from 0 upwards',
  'write [0], [1] and so on in order, or [] for each',
);
const forbidden = new Refused('forbidden-name', 'uses a name that no property may have', 'use another name');

/** `filter[price][gte]` below `filter`: `['price', 'gte']`. */
export function bracketPath(name: string, from: number): readonly string[] | Refused {
  const path: string[] = [];
  let at = from;
  while (at < name.length) {
    const close = name.indexOf(']', at);
    if (name[at] !== '[' || close === -1) return malformed;
    const part = name.slice(at + 1, close);
    if (part.includes('[')) return malformed;
    if (part === '__proto__') return forbidden;
    if (path.push(part) > maxDepth) return tooDeep;
    at = close + 1;
  }
  return path;
}

type Growing = Map<string, Growing | string | string[]>;

/** Collects `style: deepObject` values of one parameter (OpenAPI 3.2 section 4.12.4; nesting and lists as qs writes them). */
export class Brackets {
  private readonly root: Growing = new Map();
  private readonly isList: (path: readonly string[]) => boolean;

  /** @param isList says whether a list is documented at a path */
  constructor(isList: (path: readonly string[]) => boolean) {
    this.isList = isList;
  }

  /** @returns why the entry contradicts the ones before it */
  add(path: readonly string[], text: string): Refused | undefined {
    let node = this.root;
    const last = path.length - 1;
    for (const [depth, part] of path.entries()) {
      const key = part === '' ? String(node.size) : part;
      const known = node.get(key);
      if (depth === last) {
        if (known instanceof Map) return mixed;
        if (Array.isArray(known)) known.push(text);
        else node.set(key, known === undefined ? text : [known, text]);
      } else if (known === undefined) {
        const next: Growing = new Map();
        node.set(key, next);
        node = next;
      } else if (known instanceof Map) {
        node = known;
      } else {
        return mixed;
      }
    }
    return undefined;
  }

  tree(): Tree | Refused {
    return grown(this.root, [], this.isList);
  }
}

function grown(node: Growing, path: readonly string[], isList: (path: readonly string[]) => boolean): Tree | Refused {
  const entries: [string, Tree][] = [];
  for (const [name, child] of node) {
    const below = [...path, name];
    const value = child instanceof Map ? grown(child, below, isList) : listed(child, isList(below));
    if (value instanceof Refused) return value.below(name);
    entries.push([name, value]);
  }
  if (!isList(path)) return new Map(entries);
  const inOrder = entries.every(([name], index) => name === String(index));
  return inOrder && entries.length <= maxIndex + 1 ? (entries.map(([, value]) => value) as Tree) : badIndex;
}

/** `filter[ids]=1&filter[ids]=2`: a list where one is documented, a contradiction elsewhere. */
function listed(child: string | readonly string[], list: boolean): Tree | Refused {
  if (list) return typeof child === 'string' ? [child] : child;
  return typeof child === 'string' ? child : twice;
}
