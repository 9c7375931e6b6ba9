/** The type that a schema gives to a value. */
export type Shape =
  | { readonly kind: 'bool' | 'string' | 'long' | 'decimal' | 'ipaddr' | 'datetime' | 'duration' }
  | { readonly kind: 'entity'; readonly type: string }
  | { readonly kind: 'set'; readonly of: Shape | undefined }
  | RecordShape;

export interface RecordShape {
  readonly kind: 'record';
  readonly attributes: ReadonlyMap<string, { readonly shape: Shape; readonly required: boolean }>;
  /** Whether attributes that are not named are allowed. */
  readonly open: boolean;
}

/** A record of which nothing is known. */
export const emptyRecord: RecordShape = { kind: 'record', attributes: new Map(), open: false };
