import type { OverlayAction } from '../findings/finding.ts';

/** What a proposal rests on: an observe run, or what the document alone says. */
export type Basis = 'run' | 'document';

/** One change that a security engineer would make first, with its reason. */
export interface Proposal {
  /** Kebab case; of a policy, its `@id`. */
  readonly id: string;
  readonly kind: 'owner' | 'group' | 'tenant' | 'open' | 'authentication' | 'write' | 'read' | 'closed' | 'name';
  readonly basis: Basis;
  readonly title: string;
  readonly reason: string;
  /** Exchanges of the run that show it, and how many callers made them. */
  readonly rows: number;
  readonly callers: number;
  /** Exchanges of the run that it would have refused: the application did not answer them well either. */
  readonly refused: number;
  readonly operations: readonly string[];
  readonly cedar?: string | undefined;
  readonly overlay?: readonly OverlayAction[] | undefined;
  /** For `castellan policy test`: what the policy permits, and what it does not. */
  readonly scenarios?: readonly ProposedScenario[] | undefined;
}

/** A scenario as `castellan policy test` reads it. */
export interface ProposedScenario {
  readonly name: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: object | undefined;
  readonly entities: readonly object[];
  readonly expect: 'allow' | 'deny';
  readonly because?: string | undefined;
}

/** Proposals with one reason as one. */
export function asOne(found: readonly Proposal[], id: string, title: string): Proposal[] {
  const [first, ...more] = found;
  if (first === undefined || more.length === 0) return [...found];
  return [
    {
      ...first,
      id,
      title,
      basis: found.some(({ basis }) => basis === 'run') ? 'run' : 'document',
      rows: found.reduce((sum, { rows }) => sum + rows, 0),
      callers: Math.max(...found.map(({ callers }) => callers)),
      operations: found.flatMap(({ operations }) => operations),
      overlay: found.flatMap(({ overlay = [] }) => overlay),
    },
  ];
}

/** What only somebody who knows the API can say: nothing is written for it. */
export interface Question {
  readonly title: string;
  readonly reason: string;
  readonly operations: readonly string[];
}

/** All that is proposed for an API. */
export interface Proposals {
  readonly proposals: readonly Proposal[];
  readonly questions: readonly Question[];
}
