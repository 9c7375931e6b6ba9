import type { Operation } from '@castellan/contract';
import type { Attack } from '../attack.ts';
import { outgoingOf, type Values } from '../call.ts';
import { placedFor } from '../identity.ts';
import type { Outgoing } from '../target.ts';
import { opened } from './answers.ts';

/** Texts of which some are wrong for whatever a parameter may be. */
const texts = [
  'castellan',
  '-1',
  '0',
  '999999999999999999',
  '1.5',
  'true',
  '2026-13-45',
  '',
  'x'.repeat(5000),
  '\'"<>;',
];
/** Wrong texts that are sent for one parameter, and properties of a body that are made wrong. */
const perParameter = 6;
const perBody = 8;

/** API8:2023: a request that is answered is sent again with one value that the document does not allow. */
export const invalidInput: Attack = {
  name: 'invalid-input',
  control: 'input-validation',
  fix: 'refuse what the document does not allow, as a guard does',
  title: 'the same call with one value that the document does not allow',
  async *run(scene) {
    const { documented, target } = scene;
    for (const { call } of opened(scene)) {
      const { operation, values } = call;
      const identity = scene.identities.find(({ name }) => name === call.as);
      const placed = identity === undefined ? undefined : (placedFor(operation, identity) ?? []);
      if (placed === undefined) continue;
      const wrong = [...wrongParameters(operation), ...wrongBodies(values)];
      const count = new Map<string, number>();
      for (const { where, replaced, body } of wrong) {
        const outgoing: Outgoing | undefined = outgoingOf(
          operation,
          body === undefined ? values : { ...values, body },
          placed,
          replaced,
        );
        if (outgoing === undefined || documented.allows(operation, outgoing)) continue;
        const tried = count.get(where) ?? 0;
        if (tried >= (body === undefined ? perParameter : perBody)) continue;
        count.set(where, tried + 1);
        const answer = await target.send(outgoing, operation);
        const status = answer?.status ?? 0;
        yield {
          control: 'input-validation',
          attack: 'invalid-input',
          operation,
          verdict: status >= 400 && status < 500 ? 'held' : status >= 200 && status < 300 ? 'broken' : 'unclear',
          detail:
            answer === undefined
              ? 'there was no answer'
              : `answered ${status} with a value that is not allowed in ${where}`,
          call: { ...call, outgoing },
        };
      }
    }
  },
};

interface Wrong {
  readonly where: string;
  readonly replaced?: ReadonlyMap<string, string>;
  readonly body?: unknown;
}

function* wrongParameters(operation: Operation): Iterable<Wrong> {
  for (const { in: place, name } of operation.parameters)
    if (place === 'path' || place === 'query')
      for (const text of texts)
        if (text !== '' || place === 'query')
          yield { where: `${place} parameter ${name}`, replaced: new Map([[`${place}/${name}`, text]]) };
}

function* wrongBodies({ body }: Values): Iterable<Wrong> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const where = 'the body';
  for (const name of Object.keys(body)) {
    yield { where, body: { ...body, [name]: { castellan: [1] } } };
    yield { where, body: Object.fromEntries(Object.entries(body).filter(([key]) => key !== name)) };
  }
  yield { where, body: [] };
}
