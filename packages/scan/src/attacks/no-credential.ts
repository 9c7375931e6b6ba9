import type { Attack } from '../attack.ts';
import { outgoingOf } from '../call.ts';
import { isOpen } from '../identity.ts';
import { opened } from './answers.ts';
import { refusalOf } from '../judge.ts';

/** API2:2023: what asks for a credential is called without one. */
export const noCredential: Attack = {
  name: 'no-credential',
  control: 'authentication',
  fix: 'refuse calls without a credential before anything else, as a guard does by the document',
  title: 'the same call without a credential',
  async *run(scene) {
    for (const { call } of opened(scene)) {
      const { operation, values } = call;
      const outgoing = isOpen(operation) ? undefined : outgoingOf(operation, values, []);
      if (outgoing === undefined) continue;
      const { verdict, detail } = refusalOf(await scene.target.send(outgoing, operation));
      yield {
        control: 'authentication',
        attack: 'no-credential',
        operation,
        verdict,
        detail: `${detail} without a credential`,
        call: { ...call, as: undefined, outgoing },
      };
    }
  },
};
