import type { Place } from '../error.ts';
import type { Location } from '../model.ts';
import { tokensOf } from './pointer.ts';
import type { Provenance } from './provenance.ts';
import { textAgain, type Source } from './source.ts';

/** Finds places in one text. */
export interface TextPositions {
  /** Line and column (from 1) of the value at a path, or of its nearest parent that exists. `key`: of the value's key instead. */
  at(tokens: readonly string[], key: boolean): { readonly line: number; readonly column: number };
}

/** Prepares a text for finding positions. Comes with the parser, so that JSON documents do not load the one for YAML. */
export type PositionsOf = (bytes: Uint8Array) => TextPositions;

/**
 * Places of locations, found when asked for: the file is read again, and only if its bytes are those that were loaded.
 * What was read is kept as long as memory is plentiful, since whoever asks for one place mostly asks for many.
 */
export class Positions {
  readonly #sources = new Map<string, Source>();
  readonly #texts = new Map<string, WeakRef<TextPositions>>();
  readonly #provenance: Provenance;

  constructor(provenance: Provenance) {
    this.#provenance = provenance;
  }

  add(source: Source): void {
    this.#sources.set(source.uri, source);
  }

  /** The place of a location; of its key where it is a member of an object, since that is what an author looks for. */
  place(location: Location): Place {
    const origin = this.#provenance.origin(location);
    const source = this.#sources.get(origin.document);
    if (source === undefined) return { file: origin.document };
    const positions = this.#positions(source);
    if (positions === undefined)
      return { file: origin.pointer === '' ? source.file : `${source.file}#${origin.pointer}` };
    return { file: source.file, ...positions.at(tokensOf(origin.pointer), true) };
  }

  #positions(source: Source): TextPositions | undefined {
    const known = this.#texts.get(source.uri)?.deref();
    if (known !== undefined) return known;
    const bytes = textAgain(source);
    if (bytes === undefined || source.positionsOf === undefined) return undefined;
    const made = source.positionsOf(bytes);
    this.#texts.set(source.uri, new WeakRef(made));
    return made;
  }
}
