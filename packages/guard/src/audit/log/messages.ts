import type { LogOptions } from './writer.ts';

/** What the thread is told that writes a log. */
export type ToWriter =
  | { readonly kind: 'open'; readonly options: LogOptions; readonly done: SharedArrayBuffer }
  | { readonly kind: 'lines'; readonly bytes: ArrayBuffer; readonly used: number; readonly lines: number }
  | { readonly kind: 'lose'; readonly lines: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'close' };

/** What it tells. */
export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly mend: string }
  /** Lines are written, or were lost. */
  | {
      readonly kind: 'written';
      readonly ok: boolean;
      readonly bytes: ArrayBuffer;
      readonly used: number;
      readonly lost: number;
    }
  | { readonly kind: 'head'; readonly line: string }
  | { readonly kind: 'closed' };
