import type { BodyRecord, PlaceRecord } from '@castellan/guard/learn';
import { Counter } from './seen.ts';

/** Everything that was seen at one place, over many exchanges. */
export class MergedLook extends Counter {
  readonly types = new Map<string, number>();
  readonly forms = new Map<string, number>();
  undocumented = false;
  /** Of a parameter: whether one request had several. */
  repeated = false;

  merge(look: Omit<PlaceRecord, 'at'>, times: number, caller: string): void {
    this.add(times, caller);
    for (const [type, n] of Object.entries(look.types)) this.types.set(type, (this.types.get(type) ?? 0) + n * times);
    for (const [form, n] of Object.entries(look.forms ?? {}))
      this.forms.set(form, (this.forms.get(form) ?? 0) + n * times);
    if (look.undocumented === true) this.undocumented = true;
  }
}

/** What bodies of one kind looked like: by place. */
export class MergedBody extends Counter {
  readonly places = new Map<string, MergedLook>();
  /** Why bodies were not looked into. */
  readonly unread = new Set<string>();

  merge(body: BodyRecord, times: number, caller: string): void {
    this.add(times, caller);
    if (body.unread !== undefined) this.unread.add(body.unread);
    for (const { at, ...look } of body.places) {
      let merged = this.places.get(at);
      if (merged === undefined) this.places.set(at, (merged = new MergedLook()));
      merged.merge(look, times, caller);
    }
  }

  /** The names right below a place, as they are written in it. */
  childrenOf(at: string): string[] {
    const found: string[] = [];
    for (const place of this.places.keys())
      if (place.startsWith(`${at}/`) && !place.includes('/', at.length + 1)) found.push(place.slice(at.length + 1));
    return found;
  }
}

/** Tokens of a place, unescaped; `*` and `{}` stand for items and keys. */
export function tokensOf(at: string): string[] {
  return at === '' ? [] : at.slice(1).split('/');
}

/** The name that a token of a place stands for. */
export function nameOf(token: string): string {
  return token.replaceAll('~3', '{}').replaceAll('~2', '*').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The place above, and the last token. */
export function parentOf(at: string): readonly [parent: string, token: string] {
  const slash = at.lastIndexOf('/');
  return [at.slice(0, Math.max(0, slash)), at.slice(slash + 1)];
}
