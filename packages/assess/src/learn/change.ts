import type { MismatchRecord } from '@castellan/guard/learn';
import type { Editor } from './editor.ts';
import type { Seen } from './seen.ts';
import type { Judged } from './verdict.ts';

/** What kind of gap between the document and the API it is. */
type Cause =
  | 'undocumented operation'
  | 'undocumented parameter'
  | 'parameter'
  | 'undocumented body'
  | 'undocumented media type'
  | 'undocumented request property'
  | 'request'
  | 'undocumented status'
  | 'undocumented answer property'
  | 'answer'
  | 'authentication';

/** A change of the document that would make it say what was seen. */
export interface Change extends Judged {
  /** `GET /orders/{id}` */
  readonly operation: string;
  readonly cause: Cause;
  /** What the document would say then: a sentence without its subject. */
  readonly what: string;
  readonly seen: Seen;
  /** The mismatch that it mends: `answer /name type`; undefined where an operation is added. */
  readonly mismatch?: string | undefined;
  /**
   * Changes the document.
   * @returns false where it cannot be changed by an overlay
   */
  readonly apply: (editor: Editor) => boolean;
}

/** What a mismatch is called in a report. */
export function causeOf({ in: where, at, keyword }: Pick<MismatchRecord, 'in' | 'at' | 'keyword'>): string {
  return [where, at, keyword].filter((part) => part !== '').join(' ');
}
