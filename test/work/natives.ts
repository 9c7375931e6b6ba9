// Functions of the engine have no blocks that could be counted: while work is counted, each is charged what it has to read.

/** Charged so far, by function. */
export type Charges = Map<string, number>;

type Owner = object;
type Native = (this: never, ...given: never[]) => unknown;
/** What a call has to read, at most. */
type Cost = (self: never, given: readonly unknown[], result: unknown) => number;

const lengthOf = (value: unknown): number => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'object' && value !== null && 'size' in value) return Number(value.size);
  return 0;
};
const ofSelf: Cost = (self) => lengthOf(self);
const ofResult: Cost = (_self, _given, result) => lengthOf(result);
const ofFirst: Cost = (_self, [first]) => lengthOf(first);
const ofStep: Cost = () => 1;
/** Up to where something was found. */
const ofSearch: Cost = (self, _given, result) =>
  typeof result === 'number' && result >= 0 ? result + 1 : lengthOf(self);
const ofSearchFrom: Cost = (self, [, from = 0], result) =>
  Math.max(0, (typeof result === 'number' && result >= 0 ? result + 1 : lengthOf(self)) - Number(from));
const ofBackwards: Cost = (self, _given, result) => lengthOf(self) - Math.max(0, Number(result));
const ofPattern: Cost = (self: RegExp, [text], result) => {
  const length = String(text).length;
  const start = self.global || self.sticky ? self.lastIndex : 0;
  if (!Array.isArray(result)) return self.sticky ? 1 : Math.max(0, length - start) + 1;
  const found = result as unknown as RegExpExecArray;
  return Math.max(1, found.index + found[0].length - (self.global || self.sticky ? found.index : start));
};

const prototypeOf = (value: object): Owner => Object.getPrototypeOf(value) as Owner;
const typedArray = prototypeOf(Uint8Array.prototype);

const table: readonly (readonly [owner: Owner, label: string, names: string, cost: Cost])[] = [
  [String.prototype, 'String', 'indexOf includes', ofSearchFrom],
  [String.prototype, 'String', 'lastIndexOf', ofBackwards],
  [
    String.prototype,
    'String',
    'split replaceAll toLowerCase toUpperCase trim trimEnd normalize localeCompare padStart padEnd isWellFormed toWellFormed',
    ofSelf,
  ],
  [String.prototype, 'String', 'repeat', ofResult],
  [RegExp.prototype, 'RegExp', 'exec', ofPattern],
  [Array.prototype, 'Array', 'indexOf', ofSearch],
  [
    Array.prototype,
    'Array',
    'includes lastIndexOf join reverse sort toSorted toReversed flat fill shift unshift',
    ofSelf,
  ],
  [Array.prototype, 'Array', 'slice concat with splice toSpliced', ofResult],
  [typedArray, 'TypedArray', 'indexOf includes lastIndexOf fill slice join', ofSelf],
  [typedArray, 'TypedArray', 'set', ofFirst],
  [Buffer.prototype, 'Buffer', 'equals compare toString copy', ofSelf],
  [Buffer.prototype, 'Buffer', 'indexOf includes', ofSearchFrom],
  [Buffer, 'Buffer', 'concat alloc allocUnsafe from', ofResult],
  [Object, 'Object', 'keys entries values getOwnPropertyNames', ofResult],
  [Object, 'Object', 'assign', (_self, [, from]) => Object.keys((from ?? {}) as object).length],
  [JSON, 'JSON', 'parse', ofFirst],
  [JSON, 'JSON', 'stringify', ofResult],
  [TextDecoder.prototype, 'TextDecoder', 'decode', ofFirst],
  [TextEncoder.prototype, 'TextEncoder', 'encode', ofFirst],
  [prototypeOf([][Symbol.iterator]()), 'Array iterator', 'next', ofStep],
  [prototypeOf(new Map()[Symbol.iterator]()), 'Map iterator', 'next', ofStep],
  [prototypeOf(new Set()[Symbol.iterator]()), 'Set iterator', 'next', ofStep],
  [prototypeOf(''[Symbol.iterator]()), 'String iterator', 'next', ofStep],
];

/** Charges calls to `charges` until the function that it returns is called. Copies with `...` go through the iterators. */
export function chargeNatives(charges: Charges): () => void {
  const originals: (() => void)[] = [];
  // What the charging itself calls is free.
  let charging = false;
  for (const [owner, label, names, cost] of table) {
    for (const name of names.split(' ')) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name);
      const native = descriptor?.value as Native | undefined;
      if (descriptor === undefined || native === undefined) continue;
      const key = `${label}.${name}`;
      const charged = function (this: never, ...given: never[]): unknown {
        if (charging) return Reflect.apply(native, this, given);
        const result = Reflect.apply(native, this, given);
        charging = true;
        try {
          charges.set(key, (charges.get(key) ?? 0) + Math.max(1, cost(this, given, result)));
        } finally {
          charging = false;
        }
        return result;
      };
      Object.defineProperty(owner, name, { ...descriptor, value: charged });
      originals.push(() => Object.defineProperty(owner, name, descriptor));
    }
  }
  return () => {
    for (const restore of originals) restore();
  };
}
