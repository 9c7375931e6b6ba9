/** What one answer gives away. Mutable while the answer is looked at; complete when the exchange ends. */
export interface HandedOut {
  /** Objects of lists, items of streams, lines of tables; 1 for a single object or file. */
  records: number;
  /** Bytes of the body. */
  bytes: number;
  /** Ids of objects by resource type; those without an id are not named. */
  readonly objects: Map<string, Set<string>>;
  /** How often a sensitive property was handed out, by its name. */
  readonly sensitive: Map<string, number>;
}

export function nothingHandedOut(): HandedOut {
  return { records: 0, bytes: 0, objects: new Map(), sensitive: new Map() };
}
