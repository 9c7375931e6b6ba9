import { createDetection } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import { Random } from './simulator/random.ts';

const principals = 1_000_000;
const operations = [
  'getProduct',
  'getOrder',
  'listOrders',
  'listProducts',
  'updateUser',
  'search',
  'addToCart',
  'getUser',
];

/** Exchanges of a million principals, made beforehand in blocks so that making them is not measured. */
function block(random: Random, size: number, from: number, perSecond: number, next: () => number): Facts[] {
  return Array.from({ length: size }, (_, i) => {
    const who = next();
    const operation = random.pick(operations);
    const single = operation.startsWith('get') || operation === 'updateUser';
    const objects = Array.from({ length: single ? 1 : 5 }, (_unused, n) => ({
      type: 'Thing',
      id: single ? `thing-${who}-${random.below(9)}` : `shared-${random.below(50_000)}-${n}`,
      verdict: 'permitted' as const,
    }));
    return {
      id: `r${from + i}`,
      time: 1_770_000_000_000 + ((from + i) / perSecond) * 1000,
      duration: 5 + random.below(40),
      api: 'Shop',
      contract: '0123456789ab',
      operation,
      method: operation.startsWith('update') || operation.startsWith('add') ? 'POST' : 'GET',
      template: single ? `/${operation}/{id}` : `/${operation}`,
      status: random.chance(0.02) ? 404 : 200,
      address: `${10 + (who % 200)}.${(who >> 8) % 250}.${(who >> 4) % 250}.${who % 250}`,
      agent: `agent-${who % 40}`,
      principal: {
        subject: `user-${who}`,
        issuer: 'https://login.example.com',
        tenant: undefined,
        credentialKind: 'jwt',
        credentialId: `token-${who}`,
      },
      attempt: undefined,
      refused: undefined,
      observed: [],
      objects,
      objectCount: objects.length,
      records: objects.length,
      bytesIn: 0,
      bytesOut: 300 + random.below(2000),
      sensitive: single ? { email: 1 } : {},
      removed: 0,
      alarms: [],
      trace: undefined,
    };
  });
}

/** Events per second of one core with all detectors, while a million principals come by, and what that takes. */
export function speed(share = 1): void {
  const random = new Random(5);
  const detection = createDetection({ seed: 5 });
  globalThis.gc?.();
  const before = process.memoryUsage();
  const blockSize = 50_000;
  let from = 0;
  let who = 0;
  const rounds: { readonly name: string; readonly events: number; readonly next: () => number }[] = [
    { name: 'every principal for the first time', events: principals * share, next: () => who++ % principals },
    { name: 'a million known principals, by chance', events: 300_000 * share, next: () => random.below(principals) },
    { name: 'twenty thousand of them busy', events: 300_000 * share, next: () => random.below(20_000) },
  ];
  console.log('| all detectors, one core | events | events/s |\n| --- | --- | --- |');
  for (const { name, events, next } of rounds) {
    let spent = 0;
    for (let done = 0; done < events; done += blockSize) {
      const facts = block(random, blockSize, from, 25, next);
      from += blockSize;
      // Time of the processor, not of the wall: others may use the machine as well.
      const started = process.cpuUsage();
      for (const one of facts) detection.sink(one);
      const { user, system } = process.cpuUsage(started);
      spent += user + system;
    }
    console.log(`| ${name} | ${events} | ${Math.round(events / (spent / 1e6)).toLocaleString('en')} |`);
  }
  globalThis.gc?.();
  console.log('\naims: 50,000 events/s on one core, a million principals under 500 MB');
  const after = process.memoryUsage();
  const mb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  console.log(
    `\n${principals.toLocaleString('en')} principals and credentials: ${mb(detection.bytes)} of columns and filters; ${mb(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers)} in all`,
  );
}
