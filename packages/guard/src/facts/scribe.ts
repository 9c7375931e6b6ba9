import type { Operation } from '@castellan/contract';
import { compileOcsf, type OcsfLine, type OtherClass } from '../audit/ocsf/classes.ts';
import { compileRecord, type Recorder } from '../audit/record.ts';
import type { Ended } from '../audit/ended.ts';
import type { GuardCore } from '../core.ts';
import type { Facts } from './facts.ts';
import { compileFacts, type FactMaker } from './make-facts.ts';

/** What is told of the exchanges of one operation. */
export interface Scribe {
  /** The event as a JSON line, without the line end. */
  readonly line: Recorder;
  readonly facts: (ended: Ended) => Facts;
  /** The event in another class of OCSF; undefined where the class has nothing to say. @param fresh see {@link OcsfMaker} */
  readonly other: (name: OtherClass, ended: Ended, fresh: boolean) => OcsfLine | undefined;
}

/** Compiles what is told of an operation, or of requests that reach none. Facts cost nothing where nobody asks for them. */
export function compileScribe(core: GuardCore, operation: Operation | undefined): Scribe {
  let make: FactMaker | undefined;
  let others: ReturnType<typeof compileOcsf> | undefined;
  return {
    line: compileRecord(core, operation),
    facts: (ended) => (make ??= compileFacts(core, operation))(ended),
    other: (name, ended, fresh) => (others ??= compileOcsf(core, operation))[name](ended, fresh),
  };
}
