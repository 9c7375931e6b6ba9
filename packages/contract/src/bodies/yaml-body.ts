import { Buffer, isUtf8 } from 'node:buffer';
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Parser, type Node, type Scalar } from 'yaml';
import { pointerToken, Refused } from '../parameters/refused.ts';
import { RefusedBody } from './plain-value.ts';

/** Bytes of a YAML body at most: its parser reads some 2 MB in a second, and nobody else is served meanwhile. */
const longest = 64 * 1024;
const deepest = 64;

const tooLarge = new Refused('too-large', `has more than ${longest} bytes of YAML`, 'send less, or send JSON');
const notUtf8 = new Refused('utf8', 'is not UTF-8', 'encode the body as UTF-8');
const notYaml = new Refused('yaml', 'is not YAML', 'send one YAML 1.2 document');
const several = new Refused('yaml', 'is not one YAML document', 'send one document, without directives');
const tooDeep = new Refused('depth', `is nested more than ${deepest} levels deep`, 'send fewer levels');
const shared = new Refused('yaml', 'uses anchors, aliases, merge keys or tags', 'write each value out where it stands');
const doubtful = new Refused('yaml', 'is read otherwise by YAML 1.1 than by YAML 1.2', 'put it in quotes');
const badKey = new Refused('yaml', 'has a key that is no text', 'use texts as keys');
const duplicate = new Refused('duplicate-key', 'is given more than once', 'give each property once');

/** What readers of YAML 1.1 take for a boolean, and those of 1.2 for a text. */
const oldWords = /^(?:yes|no|on|off|true|false|null|~)$/i;
const words12 = /^(?:true|True|TRUE|false|False|FALSE|null|Null|NULL|~)$/;

/** What begins like a number, a date or a time: decimals and exponents with a dot are the same for everybody, and so are texts. */
const numberLike = /^[-+]?(?:\.?\d|\.(?:inf|nan)$)/i;
const plainNumber = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d+(?:[eE][-+]\d+)?)$/;
/** Addresses, versions, identifiers and dates begin with digits and are texts, or the same date, for everybody. */
const plainText =
  /^(?![-+]?[\d_,]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?$)(?![-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$)(?!0[xob][\da-fA-F_]+$)/i;

/**
 * Reads a YAML body so that only one reading of it is possible: one document, each value written where it stands, keys once, and no
 * plain scalar that YAML 1.1 (PyYAML, Go, SnakeYAML) takes for something else than YAML 1.2 does, as `no`, `0777` or `1:30`.
 * @throws RefusedBody
 */
export function decodeYaml(bytes: Uint8Array): unknown {
  if (bytes.length > longest) throw new RefusedBody(tooLarge, '');
  if (!isUtf8(bytes)) throw new RefusedBody(notUtf8, '');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  // The parser keeps its own stack; the composer recurses, so what could make it deep is counted between the two.
  const tokens = [...new Parser().parse(text)];
  if (tokens.some(({ type }) => type === 'directive')) throw new RefusedBody(several, '');
  if (deep(tokens)) throw new RefusedBody(tooDeep, '');
  const documents = [
    ...new Composer({
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    }).compose(tokens, true, text.length),
  ];
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw new RefusedBody(several, '');
  if (document.errors.length > 0) throw new RefusedBody(notYaml, '');
  return valueOf(document.contents, '');
}

function valueOf(node: unknown, pointer: string): unknown {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) throw new RefusedBody(shared, pointer);
  const { anchor, tag } = node as Node & { anchor?: string; tag?: string };
  if (anchor !== undefined || tag !== undefined) throw new RefusedBody(shared, pointer);
  if (isScalar(node)) return scalar(node, pointer);
  if (isSeq(node)) return node.items.map((item, at) => valueOf(item, `${pointer}/${at}`));
  if (!isMap(node)) throw new RefusedBody(notYaml, pointer);
  const members = new Map<string, unknown>();
  for (const item of node.items) {
    if (!isPair(item) || !isScalar(item.key)) throw new RefusedBody(badKey, pointer);
    const name = scalar(item.key, pointer);
    if (typeof name !== 'string') throw new RefusedBody(badKey, pointer);
    if (name === '<<' && item.key.type === 'PLAIN') throw new RefusedBody(shared, pointer);
    const below = `${pointer}/${pointerToken(name)}`;
    if (members.has(name)) throw new RefusedBody(duplicate, below);
    members.set(name, valueOf(item.value, below));
  }
  return members;
}

function scalar({ value, type, source, tag, anchor }: Scalar & { anchor?: string }, pointer: string): unknown {
  if (tag !== undefined || anchor !== undefined) throw new RefusedBody(shared, pointer);
  if (type !== 'PLAIN' || source === undefined || source === '') return value;
  if (oldWords.test(source) ? !words12.test(source) : numberLike.test(source) && !sameEverywhere(source, value))
    throw new RefusedBody(doubtful, pointer);
  if (source === '=') throw new RefusedBody(doubtful, pointer);
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return BigInt(source);
  return value;
}

function sameEverywhere(source: string, value: unknown): boolean {
  return typeof value === 'number' ? plainNumber.test(source) : plainText.test(source);
}

/** Walks the token tree with a stack of its own. */
function deep(tokens: readonly object[]): boolean {
  const stack: [object, number][] = tokens.map((token) => [token, 0]);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [token, depth] = next;
    const { value, key, items } = token as { value?: unknown; key?: unknown; items?: readonly object[] };
    if (items !== undefined && depth + 1 > deepest) return true;
    for (const inner of [value, key]) if (typeof inner === 'object' && inner !== null) stack.push([inner, depth]);
    for (const item of items ?? []) stack.push([item, depth + ('items' in token ? 1 : 0)]);
  }
  return false;
}
