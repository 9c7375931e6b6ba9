import type { Location, Place } from '@castellan/contract';
import type { OwaspRisk } from '../findings/risk.ts';
import type { ControlId } from './controls.ts';
import type { ApiSubject, ElementSubject, FlowSubject, OperationSubject } from './system/model.ts';

/** STRIDE (Microsoft): what an attack does to an element. */
export const stride = {
  spoofing: 'Spoofing',
  tampering: 'Tampering',
  repudiation: 'Repudiation',
  disclosure: 'Information disclosure',
  denial: 'Denial of service',
  elevation: 'Elevation of privilege',
} as const;
export type Stride = keyof typeof stride;

/** LINDDUN: what happens to the privacy of the people whom data is about. */
export const linddun = {
  linking: 'Linking',
  identifying: 'Identifying',
  'non-repudiation': 'Non-repudiation',
  detecting: 'Detecting',
  'data-disclosure': 'Data disclosure',
  unawareness: 'Unawareness and unintervenability',
  'non-compliance': 'Non-compliance',
} as const;
export type Linddun = keyof typeof linddun;

/** What is harmed first. Decides which facts the impact is read from. */
export type Harm = 'confidentiality' | 'integrity' | 'availability' | 'accountability' | 'privacy';

interface SubjectOf {
  readonly api: ApiSubject;
  readonly operation: OperationSubject;
  readonly actor: ElementSubject;
  readonly process: ElementSubject;
  readonly store: ElementSubject;
  readonly external: ElementSubject;
  readonly flow: FlowSubject;
}
export type SubjectKind = keyof SubjectOf;
export type Subject = SubjectOf[SubjectKind];

/** A control that a threat needs at one subject. */
export interface Need {
  readonly control: ControlId;
  /** Whether contract or deployment say that it is there. */
  readonly declared: boolean;
  /** What is missing, or what declares it; a clause without a full stop. */
  readonly why: string;
  /** Nodes of the document that the control is declared on: schemas, parameters. */
  readonly at?: readonly Location[] | undefined;
  /** Where in a deployment file. */
  readonly place?: Place | undefined;
}

/** One step of an attack, and the control that stops it, where one does. */
interface Step {
  readonly act: string;
  readonly stoppedBy?: ControlId | undefined;
}

/** A way to the goal: all of its steps must succeed. */
export interface Way {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What an example shows: parts of a document, and deployment files by path. */
export interface Example {
  readonly name: string;
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly schemas?: Readonly<Record<string, unknown>>;
  /** `x-castellan` of the document. */
  readonly root?: Readonly<Record<string, unknown>>;
  readonly servers?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** A threat: data about itself, and one pure function. Its examples are run as its tests and shown on its page. */
export interface ThreatDefinition<K extends SubjectKind = SubjectKind> {
  /** Stable, kebab case; its file is called so. */
  readonly id: string;
  readonly title: string;
  readonly subject: K;
  readonly stride: readonly [Stride, ...Stride[]] | readonly [];
  readonly owasp?: OwaspRisk | undefined;
  readonly linddun?: Linddun | undefined;
  readonly harm: Harm;
  /** −1 takes skill or luck, 1 takes a browser. */
  readonly ease: -1 | 0 | 1;
  /** `api`: whoever succeeds has come inside, so all that the API handles is at stake. */
  readonly reach?: 'api' | undefined;
  /** What the attacker does, in one sentence. */
  readonly attack: string;
  readonly ways: readonly [Way, ...Way[]];
  /** The controls that it needs here; undefined where it cannot happen. Pure. */
  readonly find: (subject: SubjectOf[K]) => readonly Need[] | undefined;
  readonly bad: readonly [Example, ...Example[]];
  readonly good: readonly [Example, ...Example[]];
}

/** A threat whatever its subject, as the engine holds it. */
export interface AnyThreat extends Omit<ThreatDefinition, 'find'> {
  readonly applies: (subject: Subject) => readonly Need[] | undefined;
}

/** Says that a value is a threat. Subjects of another kind never reach its function. */
export function threat<K extends SubjectKind>(definition: ThreatDefinition<K>): AnyThreat {
  const { find, ...facts } = definition;
  return {
    ...facts,
    applies: (subject) => (subject.kind === definition.subject ? find(subject as SubjectOf[K]) : undefined),
  };
}

/** A need: `declared` decides which of the two clauses is said. */
export function need(
  control: ControlId,
  declared: boolean,
  missing: string,
  there: string,
  more: Pick<Need, 'at' | 'place'> = {},
): Need {
  return { control, declared, why: declared ? there : missing, ...more };
}

/** A way with its steps: a text, or a text with the control that stops it. */
export function way(title: string, ...steps: readonly (string | readonly [string, ControlId])[]): Way {
  return {
    title,
    steps: steps.map((step) => (typeof step === 'string' ? { act: step } : { act: step[0], stoppedBy: step[1] })),
  };
}
