/** How often something was seen, and from how many callers. */
export interface Seen {
  readonly times: number;
  readonly callers: number;
}

/** Counts exchanges and their callers. */
export class Counter {
  times = 0;
  readonly callers = new Set<string>();

  add(times: number, caller: string): void {
    this.times += times;
    this.callers.add(caller);
  }

  get seen(): Seen {
    return { times: this.times, callers: this.callers.size };
  }
}

/** `17 times from 2 callers` */
export function seenText({ times, callers }: Seen): string {
  return `seen ${times === 1 ? 'once' : `${times} times`} from ${callers === 1 ? 'one caller' : `${callers} callers`}`;
}
