import { randomInt } from 'node:crypto';

/** A token as one request carried it. */
export interface Presented {
  /** The `Authorization` field. */
  readonly field: string;
  readonly token: string;
  /** Whether it came as `Authorization: DPoP`. */
  readonly asDpop: boolean;
  /** The name under which it is remembered where it is good. */
  readonly digest: string;
}

/** Milliseconds after which all of them are forgotten. */
const kept = 10_000;

/**
 * The last good token of each connection: what a client sends with each of its requests is taken apart and hashed once
 * in ten seconds. It stands here as it came, so it stays no longer. It says nothing about whether the token is good still.
 */
export class LastPresented {
  #last = new WeakMap<object, Presented>();
  #timer: NodeJS.Timeout | undefined;

  /** The connection's last token, where this is it again. */
  recall(connection: object | null | undefined, field: string | undefined): Presented | undefined {
    if (connection === undefined || connection === null || field === undefined) return undefined;
    const last = this.#last.get(connection);
    return last !== undefined && same(last.field, field) ? last : undefined;
  }

  note(connection: object | null | undefined, presented: Presented): void {
    if (connection === undefined || connection === null) return;
    this.#last.set(connection, presented);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#forget(), kept).unref();
  }

  #forget(): void {
    this.#last = new WeakMap();
    this.#timer = undefined;
  }
}

/** Only the end of a field is certain to be secret: of a signed token, it is the signature. */
const tail = 40;

/** Distances from the end, a secret of this process. */
const places = samples(tail, 24);

/**
 * Whether two fields are the same, in a time that tells nothing about where they differ, because a connection may be
 * shared by several clients. Comparing all characters one by one would cost more than hashing them; so does a plain
 * comparison, which stops at the first difference, only after as many secret places agree as nobody can guess.
 */
function same(one: string, other: string): boolean {
  const { length } = one;
  if (length !== other.length) return false;
  let difference = 0;
  if (length <= 2 * tail) {
    for (let i = 0; i < length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
    return difference === 0;
  }
  for (const place of places) difference |= one.charCodeAt(length - place) ^ other.charCodeAt(length - place);
  return difference === 0 && one === other;
}

/** `count` different numbers of 1 to `most`. */
function samples(most: number, count: number): readonly number[] {
  const all = Array.from({ length: most }, (_, index) => index + 1);
  return Array.from({ length: count }, () => all.splice(randomInt(all.length), 1)[0] ?? 1);
}
