import type { Issue } from '../compiled.ts';

/** A text that stands for no value of the wanted kind. Returned, not thrown: wrong input is no exception. */
export class Refused {
  readonly keyword: string;
  readonly message: string;
  readonly mend: string;
  /** Pointer below the parameter. */
  readonly pointer: string;

  constructor(keyword: string, message: string, mend: string, pointer = '') {
    this.keyword = keyword;
    this.message = message;
    this.mend = mend;
    this.pointer = pointer;
  }

  /** The same refusal, one level up. */
  below(token: string | number): Refused {
    return new Refused(this.keyword, this.message, this.mend, `/${pointerToken(String(token))}${this.pointer}`);
  }

  issue(pointer: string): Issue {
    return { pointer: pointer + this.pointer, keyword: this.keyword, message: this.message, mend: this.mend };
  }
}

/** RFC 6901 section 3. Names come from outside: long ones are cut. */
export function pointerToken(name: string): string {
  const short = name.length > 64 ? `${name.slice(0, 64)}…` : name;
  return short.replaceAll('~', '~0').replaceAll('/', '~1');
}
