/** What the value of a member must be. */
export type Kind =
  /** Data or prose: whatever it is, no request is decided by it, or a reader of its own checks it. */
  | { readonly is: 'any' }
  | { readonly is: 'boolean' | 'text' | 'prose' | 'number' | 'texts' | 'values' | 'types' | 'limit' }
  /** One object of a shape. */
  | { readonly is: 'object'; readonly of: () => Shape }
  /** Author-given names, each with a value of a kind; in some, `x-…` is no such name but an extension. */
  | { readonly is: 'map'; readonly of: Kind; readonly extensible?: boolean }
  | { readonly is: 'list'; readonly of: Kind }
  /** A schema, or true or false. */
  | { readonly is: 'schema'; readonly of: () => Shape; readonly closed: boolean }
  /** `items`: a schema, or a list of them. */
  | { readonly is: 'schemas'; readonly one: Kind; readonly several: Kind }
  /** `dependencies`: a schema, or a list of names. */
  | { readonly is: 'dependency'; readonly one: Kind };

/** One kind of object in a document: its fixed members, and what the others are. */
export interface Shape {
  /** As the standard calls it: `Parameter Object`. */
  readonly name: string;
  readonly members: Readonly<Record<string, Kind>>;
  /** Of members whose names the author chooses; undefined where only the fixed ones mean anything. */
  readonly others?: Kind | undefined;
  /**
   * What becomes of a `$ref` in its place: its readers follow it, the members of its target are put there, or its reader
   * refuses it.
   */
  readonly reference: 'followed' | 'expanded' | 'refused';
  /** Whether it is a schema: unknown keywords are then annotations, and members beside `$ref` may count. */
  readonly schema?: boolean | undefined;
  /** Members that are named without regard to case: the methods of a path item. */
  readonly anyCase?: ReadonlySet<string> | undefined;
}

export const any: Kind = { is: 'any' };
export const boolean: Kind = { is: 'boolean' };
export const text: Kind = { is: 'text' };
export const number: Kind = { is: 'number' };
/** A text that decides nothing: whatever stands there is read as one. */
export const prose: Kind = { is: 'prose' };
export const texts: Kind = { is: 'texts' };
export const map = (of: Kind): Kind => ({ is: 'map', of });
export const extensible = (of: Kind): Kind => ({ is: 'map', of, extensible: true });
export const list = (of: Kind): Kind => ({ is: 'list', of });
export const object = (of: () => Shape): Kind => ({ is: 'object', of });

/** A table without a prototype, so that a member called `constructor` is only a name. */
export function table(...parts: readonly Readonly<Record<string, Kind>>[]): Readonly<Record<string, Kind>> {
  return Object.assign(Object.create(null) as Record<string, Kind>, ...parts) as Record<string, Kind>;
}
