import { mutate, fieldMutations, framingMutations } from './mutate-fields.ts';
import { bodyMutations } from './mutate-body.ts';
import { targetMutations } from './mutate-target.ts';
import { bytesOf } from './message.ts';
import { randomOf } from './random.ts';
import { request } from './requests.ts';

/** Bytes for a connection, and how they must be sent. */
export interface Case {
  /** Stands in the field `Case` of the message; names the case to who makes it again. */
  readonly id: string;
  readonly bytes: Buffer;
  /** Whether it needs a connection of its own: a server may wait for more, or read more than one request from it. */
  readonly alone: boolean;
}

/** One case: a good request with up to three things spoilt. */
export function caseOf(seed: number, index: number): Case {
  const random = randomOf(seed, index);
  const message = request(random);
  // One in ten stays good: what the guard lets through is what is compared.
  for (let count = random.below(10) === 0 ? 0 : 1 + random.below(2); count > 0; count--) {
    if (random.once(40)) mutate(message, random, framingMutations);
    else mutate(message, random, targetMutations, targetMutations, fieldMutations, bodyMutations);
  }
  const id = `${seed}-${index}`;
  return { id, bytes: bytesOf(message, id), alone: message.alone };
}
