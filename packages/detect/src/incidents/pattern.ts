import type { Subject } from '../detector.ts';

/** What is not told again once an incident was dismissed: one detector, about one of the callers, and how far it went. */
export interface Pattern {
  readonly detector: string;
  readonly about: Subject;
  /** What exactly was touched, where touching something else is another thing. */
  readonly what?: string | undefined;
  /** How far beyond its limit the detector was at most. */
  readonly strength: number;
}

/** Whom or what a detection is about, as one text. */
export const subjectKey = ({ kind, id, issuer }: Subject): string => `${kind} ${issuer ?? ''} ${id}`;

/** Detector, whom it is about, and what was touched, as one text. */
export const patternKey = ({ detector, about, what }: Omit<Pattern, 'strength'>): string =>
  `${detector} ${what ?? ''} ${subjectKey(about)}`;
