import { randomUUID } from 'node:crypto';
import type { Facts } from '@castellan/guard';
import { registryRequests, type RegistryAddress } from './request.ts';

/** Events of one request. */
const most = 500;

/** Sends events to the detectors of a registry, in batches. */
export interface EventSender {
  add(facts: Facts): Promise<void>;
  /** Sends what is left. @returns how many were sent */
  end(): Promise<number>;
}

/** @param address with the key of a guard: all of it is of that guard's API */
export function eventSender(address: RegistryAddress): EventSender {
  const registry = registryRequests(address);
  let waiting: object[] = [];
  let sent = 0;
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    await registry.post('events', { id: `events-${randomUUID()}`, events });
    sent += events.length;
  };
  return {
    async add(facts) {
      waiting.push(sentOf(facts));
      if (waiting.length >= most) await send();
    },
    async end() {
      await send();
      return sent;
    },
  };
}

/** What the registry takes of an event: its API is that of the key. */
function sentOf(facts: Facts): object {
  const event: Partial<Record<keyof Facts, unknown>> = { ...facts };
  for (const name of ['api', 'trace', 'timings', 'changes'] as const) delete event[name];
  return JSON.parse(JSON.stringify(event)) as object;
}
